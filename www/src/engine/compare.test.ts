/** Two timelines as stories: what only one of them has, and what became of what both have. */
import { expect, it } from 'vitest';
import { framesOf, ms } from '../diagram/fixture.js';
import { compare, type Side } from './compare.js';
import { Bits, Fate, Tcp } from './records.js';

const flows = ['10.0.0.1:40000 10.0.0.2:80'];
type Sent = Parameters<typeof framesOf>[0][number] & { seq?: number; ack?: number };
const side = (sent: readonly Sent[], of = flows): Side => ({
  frames: { ...framesOf(sent), seq: (i: number) => sent[i]?.seq ?? 0, ack: (i: number) => sent[i]?.ack ?? 0 }, flows: of,
});
const told = (a: Side, b: Side, until = Infinity): string[] =>
  compare(a, b, until).differences.map((d) => `${d.time / ms} ${d.kind} ${d.a ?? '-'} ${d.b ?? '-'} ${d.what.join()}`.trim());

const data = (at: number, seq: number, more: Partial<Sent> = {}): Sent => ({ at: at * ms, from: 0, to: 1, payload: 100, seq, ...more });
const ack = (at: number, n: number, more: Partial<Sent> = {}): Sent => ({ at: at * ms, from: 1, to: 0, ack: n, seq: 7, ...more });
const fin = (at: number, seq: number, more: Partial<Sent> = {}): Sent => ({ at: at * ms, from: 0, to: 1, flags: Tcp.fin | Tcp.ack, seq, ...more });

it('the same is the same', () => {
  const both = side([data(0, 1), ack(1, 101), fin(2, 101)]);
  expect(compare(both, both, Infinity)).toEqual({ differences: [], shifted: 0 });
});

it('a FIN that was lost here arrives there: its fate first, then what each led to', () => {
  const here = side([data(0, 1), fin(2, 101, { fate: Fate.lost }), fin(202, 101, { resent: 1 }), ack(203, 102)]);
  const there = side([data(0, 1), fin(2, 101), ack(3, 102)]);
  expect(told(here, there)).toEqual(['3 changed 1 1 fate', '202 missing 2 -']);
  expect(compare(here, there, Infinity).shifted, 'the ACK came earlier').toBe(1);
});

it('the second sending of a segment is held against the second', () => {
  const here = side([data(0, 1, { fate: Fate.lost }), data(200, 1, { resent: 1, fate: Fate.lost }), data(600, 1, { resent: 2 })]);
  const there = side([data(0, 1, { fate: Fate.lost }), data(200, 1, { resent: 1 })]);
  expect(told(here, there)).toEqual(['201 changed 1 1 fate', '600 missing 2 -']);
});

it('what was edited or delayed says so, and what only the other has', () => {
  const here = side([data(0, 1), data(1, 101), ack(2, 201)]);
  const there = side([data(0, 1, { bits: Bits.edited }), data(1, 101, { bits: Bits.delayed, takes: 9 * ms }), ack(2, 101), ack(11, 201)]);
  expect(told(here, there)).toEqual(['1 changed 0 0 edited', '2 changed 1 1 delayed', '2 added - 2']);
});

it('connections are known by their ends, not by their numbers', () => {
  const two = ['10.0.0.1:50000 10.0.0.2:80', ...flows];
  expect(told(side([data(0, 1)]), side([data(0, 1, { flow: 1 })], two))).toEqual([]);
  expect(told(side([data(0, 1)]), side([data(0, 1, { flow: 0 })], two))).toHaveLength(2);
});

it('nothing is said of what only one of them has come to', () => {
  const here = side([data(0, 1), data(5, 101)]);
  const there = side([data(0, 1)]);
  expect(told(here, there, 3 * ms)).toEqual([]);
});

it('a hundred thousand packets are compared in a moment', () => {
  const many = (loss: number): Side => side(Array.from({ length: 100_000 }, (_, i) => data(i, i * 100, i === loss ? { fate: Fate.lost } : {})));
  const start = performance.now();
  expect(told(many(50_000), many(-1))).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(5000);
});
