import { expect, it } from 'vitest';
import { current, timeOfDay } from './reading.js';

it.each([[[1, 2, 2, 5], 2, 2], [[1, 2, 2, 5], 4, 2], [[1], 0, -1], [[], 3, -1]])('of steps %j, at %d it is line %d', (steps, at, index) => {
  expect(current(steps.map((step) => ({ step })), at)).toBe(index);
});

it('writes a moment to the microsecond', () => expect(timeOfDay(1_007_300_000)).toBe('1.007300'));
