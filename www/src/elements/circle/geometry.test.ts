import { expect, it } from 'vitest';
import { angle, distance, rfcName, spots } from './geometry.js';

it.each([
  [1000, 1448, 448], [1448, 1000, -448], [0xffffff00, 0x100, 512], [0x100, 0xffffff00, -512],
  [0, 0x7fffffff, 0x7fffffff], [0, 0x80000000, -0x80000000], [7, 7, 0],
])('from %d to %d it is %d octets', (a, b, by) => expect(distance(a, b)).toBe(by));

it('what is after stands on the right, what is before on the left, and 2^31 at the foot', () => {
  expect(angle(0)).toBe(0);
  expect(angle(1)).toBeGreaterThan(0);
  expect(angle(-1)).toBeLessThan(0);
  expect(angle(1448)).toBeLessThan(angle(65535));
  expect(Math.abs(angle(-0x80000000))).toBeCloseTo(Math.PI, 5);
});

it('numbers are seen from the variable of the connection, and equal ones share a spot', () => {
  const seen = spots([{ name: 'SEG.SEQ', value: 5 }, { name: 'RCV.NXT', value: 0xfffffffb }, { name: 'SEG.ACK', value: 5 }]);
  expect(seen.map((s) => [s.names.join(), s.distance])).toEqual([['RCV.NXT', 0], ['SEG.SEQ,SEG.ACK', 10]]);
});

it('names are the RFC\'s', () => expect(rfcName('rcv_nxt')).toBe('RCV.NXT'));
