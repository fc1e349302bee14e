import { expect, it } from 'vitest';
import { clock, count, duration, moment, seconds, seq } from './format.js';

const MS = 1e6;
it.each([
  [0, '0 ms'], [400, '400 ns'], [1500, '1.5 µs'], [0.65 * MS, '0.65 ms'], [2 * MS, '2.0 ms'], [202 * MS, '202 ms'],
  [1e9, '1.0 s'], [1.997e9, '1.997 s'], [63e9, '63 s'], [120e9, '120 s'], [Infinity, '∞'],
])('a duration of %d ns is %s', (ns, text) => expect(duration(ns)).toBe(text));

it('writes moments to the microsecond', () => {
  expect(clock(1.0073e9)).toBe('1.007\u202f300 s');
  expect(moment(3.0049e9)).toBe('3.0049 s');
  expect(moment(0)).toBe('0 s');
  expect(seconds(1.0024e9)).toBe('1.002');
});

it('counts sequence numbers from an ISN, round the corner too', () => {
  expect(seq(1001, null)).toBe('1001');
  expect(seq(1001, 1000)).toBe('1');
  expect(seq(3, 0xfffffffe)).toBe('5');
  expect(seq(999, 1000)).toBe('-1');
});

it('calls an unset ssthresh infinite', () => expect([count(0xffffffff), count(14480)]).toEqual(['∞', '14480']));
