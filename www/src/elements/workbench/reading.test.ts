import { describe, expect, it } from 'vitest';
import { type Due, digits, follower, hexOf, moved, order, placed, textOf } from './reading.js';

/** Frames by id: when due, for whom, and what they carry. */
const frames = (list: Readonly<Record<number, { ends: number; to?: number; from?: number; seq?: number; payload?: number; flags?: number; flow?: number }>>): Due => {
  const of = (key: keyof Due) => (i: number): number => list[i]?.[key] ?? 0;
  return { ends: of('ends'), to: of('to'), from: of('from'), seq: of('seq'), payload: of('payload'), flags: of('flags'), flow: of('flow') };
};

describe('data as text', () => {
  it.each([
    ['', ''], ['48656c6c6f', 'Hello'], ['e4b8ad', '中'], ['0d0a', '\r\n'], ['00', undefined], ['ff', undefined], ['1b', undefined],
  ])('%s', (hex, text) => {
    expect(textOf(hex)).toBe(text);
    if (text !== undefined) expect(hexOf(text, text)).toBe(hex);
  });
  it('a text area knows no CR; what had them gets them back', () => {
    expect(hexOf('a\nb', 'a\r\n')).toBe('610d0a62');
    expect(hexOf('a\nb', 'a')).toBe('610a62');
  });
  it.each([['0a 0B:ff', '0a0bff'], ['', ''], ['abc', undefined], ['zz', undefined]])('digits %s', (typed, want) => expect(digits(typed)).toBe(want));
});

describe('the order of what is on its way', () => {
  const f = frames({ 1: { ends: 30, to: 1 }, 2: { ends: 10, to: 1 }, 3: { ends: 20, to: 0 }, 4: { ends: 40, to: 1 } });
  const sorted = order(f, [1, 2, 3, 4]);
  it('is that of arrival', () => expect(sorted).toEqual([2, 3, 1, 4]));
  it('changes among those that go the same way', () => {
    expect(moved(f, sorted, 2, 1)).toEqual([1, 2, 4]);
    expect(moved(f, sorted, 4, -1)).toEqual([2, 4, 1]);
    expect(moved(f, sorted, 2, -1)).toBeUndefined();
    expect(moved(f, sorted, 3, 1)).toBeUndefined();
    expect(placed(f, sorted, 2, 4)).toEqual([1, 4, 2]);
    expect(placed(f, sorted, 4, 2)).toEqual([4, 2, 1]);
    expect(placed(f, sorted, 4, 3)).toBeUndefined();
  });
});

it('the frame whose data follows', () => {
  const f = frames({ 1: { ends: 1, seq: 100, payload: 10 }, 2: { ends: 1, seq: 110, payload: 5 }, 3: { ends: 1, seq: 110 }, 4: { ends: 1, seq: 110, payload: 5, flow: 1 } });
  expect(follower(f, [4, 3, 2, 1], 1, 10)).toBe(2);
  expect(follower(f, [4, 3, 1], 1, 10)).toBeUndefined();
});
