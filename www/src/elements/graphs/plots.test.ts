/** Graphs as numbers: stories of frames and samples in, series along time out. */
import { expect, it } from 'vitest';
import { framesOf, ms } from '../../diagram/fixture.js';
import { Fate, Tcp } from '../../engine/records.js';
import { congestion, links, nice, queues, roundTrip, sequence, throughput, type World } from './plots.js';
import type { SampleSource } from './samples.js';

interface One { time: number; kind?: number; node?: number; of?: number; values: readonly number[] }

function samplesOf(all: readonly One[]): SampleSource {
  const value = (n: number) => (i: number): number => all[i]?.values[n] ?? 0;
  return {
    length: all.length, time: (i) => all[i]?.time ?? 0, kind: (i) => all[i]?.kind ?? 0, node: (i) => all[i]?.node ?? 0, of: (i) => all[i]?.of ?? 0,
    a: value(0), b: value(1), c: value(2), d: value(3), e: value(4), f: value(5), g: value(6),
  };
}

type Sent = Parameters<typeof framesOf>[0][number] & { seq?: number; ack?: number };
const NEVER = 0xffffffff;
const END = { node: 0, flow: 0, isn: 1000 };
const sent: readonly Sent[] = [
  { at: 0, from: 0, to: 1, flags: Tcp.syn, seq: 1000 },
  { at: ms, from: 1, to: 0, flags: Tcp.syn | Tcp.ack, ack: 1001 },
  { at: 2 * ms, from: 0, to: 1, payload: 100, seq: 1001 },
  { at: 2 * ms, from: 0, to: 1, payload: 100, seq: 1101, fate: Fate.lost },
  { at: 3 * ms, from: 1, to: 0, ack: 1101 },
  { at: 10 * ms, from: 0, to: 1, payload: 100, seq: 1101, resent: 1 },
  { at: 11 * ms, from: 1, to: 0, ack: 1201 },
];
const world: World = {
  frames: { ...framesOf(sent), seq: (i: number) => sent[i]?.seq ?? 0, ack: (i: number) => sent[i]?.ack ?? 0 },
  samples: samplesOf([
    { time: 0, values: [1000, 1001, 0, 1448, NEVER, NEVER, 1e6] },
    { time: 2 * ms, values: [1001, 1001, 500, 1448, NEVER, 2000, 2e5] },
    { time: 2 * ms, values: [1001, 1201, 500, 1448, NEVER, 2000, 2e5] },
    { time: 3 * ms, kind: 1, node: 1, values: [1101, 1201] },
    { time: 4 * ms, values: [1101, 1201, 600, 1500, 2896, 2000, 2e5] },
    { time: 12 * ms, values: [1201, 1201, 600, 1500, 2896, 2000, 2e5] },
    { time: 2 * ms, kind: 2, node: 0, values: [0, 154, 1000] },
    { time: 2.5 * ms, kind: 2, node: 0, values: [77, 231, 1500] },
    { time: ms, kind: 3, node: 1, of: 7, values: [1, 0] },
    { time: 1.5 * ms, kind: 3, node: 1, of: 8, values: [5, 5] },
    { time: 2 * ms, kind: 3, node: 1, of: 7, values: [0, 1] },
  ]),
  end: 12 * ms,
};

it('a time-sequence graph has each segment once, what was lost, what was sent again, and what SACK blocks tell', () => {
  const { strokes, series, x, ...rest } = sequence(world, END);
  expect(rest).toMatchObject({ segments: 4, again: 1, acked: 201 });
  expect(strokes.map((s) => `${s.name} ${s.x.map((time, i) => `${time * 1000}:${s.y[i]}-${s.to[i]}`).join(' ')}`)).toEqual([
    'sack 3:101-201', 'segment 0:0-1 2:1-101 2:101-201', 'again 10:101-201', 'lost 2:151-151',
  ]);
  expect(x).toEqual([0, 0.002, 0.004, 0.012]);
  expect(series.map((s) => s.values)).toEqual([[0, 1, 101, 201], [0, 501, 701, 801]]);
});

it('of what changes at one moment the last holds; ssthresh that is not yet is no number', () => {
  expect(congestion(world, END).series.map((s) => `${s.name} ${s.values.join()}`)).toEqual([
    'inflight 1,200,100,0', 'cwnd 1448,1448,1500,1500', 'ssthresh ,,2896,2896', 'sndwnd 0,500,600,600',
  ]);
});

it('round trips are seen where a segment was sent once (Karn)', () => {
  const { strokes, series } = roundTrip(world, END);
  expect(strokes[0]?.y.map((y) => Number(y.toFixed(3)))).toEqual([2, 2]);
  expect(series[0]?.values).toEqual([null, 2, 2, 2]);
});

it('octets are counted in steps of time', () => {
  const { bin, mean, series } = throughput(world, END);
  expect(bin).toBe(0.1 * ms);
  expect(Math.round(mean)).toBe(Math.round((201 * 8) / 0.012));
  const total = (n: number): number => (series[n]?.values ?? []).reduce((sum: number, v) => sum + (v ?? 0), 0) * (bin / 8e9);
  expect([total(0), Math.round(total(1))]).toEqual([300, 201]);
});

it('queues go on for a while; a link empties at its rate', () => {
  const q = queues(world, { node: 1, port: 7, holds: { syn: 3, accept: 3 } });
  expect([q.x, q.most, q.series.map((s) => s.values)]).toEqual([[0.001, 0.002, 0.0021], [1, 1], [[1, 0, 0], [0, 1, 1], [3, 3, 3], [3, 3, 3]]]);
  const link = links(world);
  expect(link.most).toBe(231);
  expect(link.series[0]?.values).toEqual([0, 154, 77, 231, 0]);
});

it.each([[0.3, 0.5], [1, 1], [7, 10], [12, 20], [1e5 / 120, 1000]])('steps are round: %d becomes %d', (x, n) => expect(nice(x)).toBeCloseTo(n, 9));
