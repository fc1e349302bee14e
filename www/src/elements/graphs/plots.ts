/** What each graph shows, as numbers: from records and samples to series along time. Pure. */
import { Bits, Fate, Tcp } from '../../engine/records.js';
import type { FrameSource } from '../../diagram/sources.js';
import { Sample, type SampleSource } from './samples.js';

/** How a series is drawn, by what it means; the element knows the colours. */
export type Ink = 'ink' | 'ink2' | 'ink3' | 'you' | 'lost' | 'time' | 'edit';

export interface Series {
  readonly name: string;
  readonly ink: Ink;
  readonly dashed?: boolean;
  /** Beside `Plot.x`; null where there is none. */
  readonly values: readonly (number | null)[];
  /** A value holds until the next one; otherwise points are joined. */
  readonly steps: boolean;
}

/** Strokes that are no line: from `y` to `to` at `x` (a point where both are the same). */
export interface Strokes {
  readonly name: string;
  readonly ink: Ink;
  readonly mark: 'bar' | 'cross' | 'dot';
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly to: readonly number[];
}

export interface Plot {
  /** s. */
  readonly x: readonly number[];
  readonly series: readonly Series[];
  readonly strokes: readonly Strokes[];
  readonly unit: 'seq' | 'octets' | 'ms' | 'rate' | 'entries';
}

export interface World {
  readonly frames: FrameSource;
  readonly samples: SampleSource;
  /** The furthest time known, ns. */
  readonly end: number;
}

/** An end of a connection that sends: its node, the flow, its ISN. */
export interface End {
  readonly node: number;
  readonly flow: number;
  readonly isn: number;
}

const S = 1e9;
const NEVER = 0xffffffff;

class Pen {
  readonly x: number[] = [];
  readonly y: number[] = [];
  readonly to: number[] = [];
  put(time: number, y: number, to = y): void {
    this.x.push(time / S);
    this.y.push(y);
    this.to.push(to);
  }
}

/** Samples of one series, in order. */
function* of({ samples }: World, kind: number, node: number, flow: number): Generator<number> {
  for (let i = 0; i < samples.length; i++) {
    if (samples.kind(i) === kind && samples.of(i) === flow && samples.node(i) === node) yield i;
  }
}

/** Stevens' time-sequence graph with tcptrace's lines: segments, what is acknowledged, what may be sent, SACK blocks. */
export function sequence(world: World, end: End): Plot & { segments: number; again: number; acked: number } {
  const { frames, samples } = world;
  const first = new Pen();
  const again = new Pen();
  const lost = new Pen();
  const sack = new Pen();
  const base = (seq: number): number => (seq - end.isn) >>> 0;
  let segments = 0;
  for (let i = 0; i < frames.length; i++) {
    if (frames.flow(i) !== end.flow || frames.from(i) !== end.node || frames.bits(i) & Bits.injected) continue;
    const length = frames.payload(i) + (frames.flags(i) & (Tcp.syn | Tcp.fin) ? 1 : 0);
    if (!length) continue;
    segments++;
    const from = base(frames.seq(i));
    (frames.resent(i) ? again : first).put(frames.sent(i), from, from + length);
    const fate = frames.fate(i);
    if (fate === Fate.lost || fate === Fate.droppedByPerson || fate === Fate.droppedByHost) lost.put(frames.sent(i), from + length / 2);
  }
  for (let i = 0; i < samples.length; i++) {
    if (samples.kind(i) === Sample.sack && samples.of(i) === end.flow && samples.node(i) !== end.node) {
      sack.put(samples.time(i), base(samples.a(i)), base(samples.b(i)));
    }
  }
  const { x, values } = lines(world, end, [(i) => base(samples.a(i)), (i) => base(samples.a(i)) + samples.c(i)]);
  const [ack = [], window = []] = values;
  return {
    x, unit: 'seq', segments, again: again.x.length, acked: Math.max(0, ...ack.slice(-1).map(Number)),
    series: [{ name: 'ack', ink: 'you', values: ack, steps: true }, { name: 'window', ink: 'ink3', dashed: true, values: window, steps: true }],
    strokes: [
      { name: 'sack', ink: 'edit', mark: 'bar', ...sack }, { name: 'segment', ink: 'ink', mark: 'bar', ...first },
      { name: 'again', ink: 'time', mark: 'bar', ...again }, { name: 'lost', ink: 'lost', mark: 'cross', ...lost },
    ],
  };
}

/** cwnd, ssthresh, what is in flight, what the receiver allows. */
export function congestion(world: World, end: End): Plot {
  const { samples } = world;
  const octets = (value: number): number | null => (value >= 0x7fffffff ? null : value);
  const { x, values } = lines(world, end, [
    (i) => samples.d(i), (i) => octets(samples.e(i)), (i) => (samples.b(i) - samples.a(i)) >>> 0, (i) => samples.c(i),
  ]);
  const [cwnd = [], ssthresh = [], inflight = [], wnd = []] = values;
  return {
    x, unit: 'octets', strokes: [],
    series: [
      { name: 'inflight', ink: 'you', values: inflight, steps: true }, { name: 'cwnd', ink: 'ink', values: cwnd, steps: true },
      { name: 'ssthresh', ink: 'time', dashed: true, values: ssthresh, steps: true }, { name: 'sndwnd', ink: 'ink3', dashed: true, values: wnd, steps: true },
    ],
  };
}

/** SRTT and RTO as the sender has them, and the round trips that were to be seen (none of what was sent twice: Karn). */
export function roundTrip(world: World, end: End): Plot {
  const { samples } = world;
  const ms = (us: number): number | null => (us === NEVER ? null : us / 1000);
  const { x, values } = lines(world, end, [(i) => ms(samples.f(i)), (i) => ms(samples.g(i))]);
  const [srtt = [], rto = []] = values;
  const seen = new Pen();
  for (const [time, trip] of trips(world.frames, end)) seen.put(time, trip / 1e6);
  return {
    x, unit: 'ms', strokes: [{ name: 'rtt', ink: 'ink2', mark: 'dot', ...seen }],
    series: [{ name: 'srtt', ink: 'you', values: srtt, steps: true }, { name: 'rto', ink: 'time', dashed: true, values: rto, steps: true }],
  };
}

/** When an ACK came back for the last octet of a segment that was sent once, and how long that took, ns. */
function trips(frames: FrameSource, end: End): [number, number][] {
  const sent = new Map<number, number>();
  const arrivals: { at: number; ack: number }[] = [];
  for (let i = 0; i < frames.length; i++) {
    if (frames.flow(i) !== end.flow) continue;
    if (frames.from(i) === end.node) {
      const length = frames.payload(i) + (frames.flags(i) & (Tcp.syn | Tcp.fin) ? 1 : 0);
      const next = (frames.seq(i) + length) >>> 0;
      if (length && frames.resent(i)) sent.set(next, NaN);
      else if (length) sent.set(next, frames.sent(i));
    } else if (frames.fate(i) === Fate.delivered && frames.flags(i) & Tcp.ack) arrivals.push({ at: frames.ends(i), ack: frames.ack(i) });
  }
  arrivals.sort((a, b) => a.at - b.at);
  const found: [number, number][] = [];
  for (const { at, ack } of arrivals) {
    const since = sent.get(ack);
    if (since !== undefined && at > since) found.push([at, at - since]);
    sent.delete(ack);
  }
  return found;
}

/** Steps of time in which octets are counted. */
const BINS = 120;

/** Bits a second: payload as it left, and as it was acknowledged. */
export function throughput(world: World, end: End): Plot & { bin: number; mean: number } {
  const { frames, samples } = world;
  let [from, to] = [Infinity, 0];
  for (let i = 0; i < frames.length; i++) {
    if (frames.flow(i) !== end.flow) continue;
    from = Math.min(from, frames.sent(i));
    to = Math.max(to, frames.ends(i));
  }
  if (!(to > from)) return { x: [], unit: 'rate', series: [], strokes: [], bin: 0, mean: 0 };
  const bin = nice((to - from) / BINS);
  const first = Math.floor(from / bin);
  const count = Math.floor(to / bin) - first + 1;
  const sent = new Array<number>(count).fill(0);
  const acked = new Array<number>(count).fill(0);
  const add = (list: number[], time: number, octets: number): void => {
    const at = Math.floor(time / bin) - first;
    if (at >= 0 && at < count) list[at] = (list[at] ?? 0) + octets;
  };
  for (let i = 0; i < frames.length; i++) {
    if (frames.flow(i) === end.flow && frames.from(i) === end.node) add(sent, frames.sent(i), frames.payload(i));
  }
  let una: number | undefined;
  let total = 0;
  for (const i of of(world, Sample.connection, end.node, end.flow)) {
    const now = samples.a(i);
    const step = una === undefined ? 0 : (now - una) >>> 0;
    // What goes back, or leaps, is another connection between the same ends.
    if (step < 2 ** 30) {
      add(acked, samples.time(i), step);
      total += step;
    }
    una = now;
  }
  const rate = (list: number[]): number[] => list.map((octets) => (octets * 8 * S) / bin);
  return {
    x: sent.map((_, i) => ((first + i) * bin) / S), unit: 'rate', strokes: [], bin, mean: (total * 8 * S) / (to - from),
    series: [{ name: 'sent', ink: 'ink3', values: rate(sent), steps: true }, { name: 'acked', ink: 'you', values: rate(acked), steps: true }],
  };
}

/** 1, 2 or 5 times a power of ten, not less than `x`. */
export function nice(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map((n) => n * power).find((n) => n >= x) ?? x;
}

/** How far the last lengths of queues are drawn on, of what was drawn. */
const TAIL = 0.1;

/** A listener, with what each of its queues holds where that is known. */
export interface Listening {
  readonly node: number;
  readonly port: number;
  readonly holds: { readonly syn: number; readonly accept: number } | undefined;
}

/** Lengths of a listener's two queues. */
export function queues({ samples, end }: World, { node, port, holds }: Listening): Plot & { most: [number, number] } {
  const x: number[] = [];
  const syn: number[] = [];
  const accept: number[] = [];
  for (let i = 0; i < samples.length; i++) {
    if (samples.kind(i) !== Sample.queues || samples.node(i) !== node || samples.of(i) !== port) continue;
    x.push(samples.time(i) / S);
    syn.push(samples.a(i));
    accept.push(samples.b(i));
  }
  if (x.length) {
    // A long silence after the last change would press all before it flat.
    const last = x.at(-1) ?? 0;
    x.push(Math.min(Math.max(end / S, last), last + (last - (x[0] ?? 0)) * TAIL));
    syn.push(syn.at(-1) ?? 0);
    accept.push(accept.at(-1) ?? 0);
  }
  const flat = (n: number): number[] => x.map(() => n);
  return {
    x, unit: 'entries', strokes: [], most: [highest(syn), highest(accept)],
    series: [
      { name: 'syn', ink: 'you', values: syn, steps: true }, { name: 'accept', ink: 'ink', values: accept, steps: true },
      ...(holds ? [
        { name: 'synMax', ink: 'you', dashed: true, values: flat(holds.syn), steps: true },
        { name: 'acceptMax', ink: 'lost', dashed: true, values: flat(holds.accept), steps: true },
      ] as const : []),
    ],
  };
}

/** Octets that wait for a link, a series a sender: they come at once and leave at the link's rate. */
export function links(world: World): Plot & { most: number; nodes: number[] } {
  const { samples } = world;
  const at = new Map<number, Pen>();
  const empty = new Map<number, number>();
  for (let i = 0; i < samples.length; i++) {
    if (samples.kind(i) !== Sample.link) continue;
    const node = samples.node(i);
    let pen = at.get(node);
    if (!pen) at.set(node, (pen = new Pen()));
    const time = samples.time(i);
    const free = empty.get(node);
    if (free !== undefined && free < time) pen.put(free, 0);
    // It comes at once: a nanosecond before, it was not there.
    pen.put(time - 1, samples.a(i));
    pen.put(time, samples.b(i));
    empty.set(node, time + samples.c(i) * 1000);
  }
  const nodes = [...at.keys()].sort((a, b) => a - b);
  for (const node of nodes) at.get(node)?.put(empty.get(node) ?? 0, 0);
  const x = [...new Set(nodes.flatMap((n) => at.get(n)?.x ?? []))].sort((a, b) => a - b);
  const place = new Map(x.map((t, i) => [t, i]));
  const inks: readonly Ink[] = ['ink', 'you', 'time', 'edit'];
  let most = 0;
  const series = nodes.map((node, n): Series => {
    const values: (number | null)[] = x.map(() => null);
    const pen = at.get(node);
    pen?.x.forEach((t, i) => {
      const here = place.get(t) ?? 0;
      // Of what changes at one moment the highest is seen.
      values[here] = Math.max(values[here] ?? 0, pen.y[i] ?? 0);
      most = Math.max(most, values[here] ?? 0);
    });
    return { name: `waits ${node}`, ink: inks[n % inks.length] as Ink, values, steps: false };
  });
  return { x, unit: 'octets', strokes: [], series, most, nodes };
}

function lines(world: World, end: End, get: readonly ((i: number) => number | null)[]): { x: number[]; values: (number | null)[][] } {
  const x: number[] = [];
  const values: (number | null)[][] = get.map(() => []);
  for (const i of of(world, Sample.connection, end.node, end.flow)) {
    const time = world.samples.time(i) / S;
    // Of what changes at one moment the last is what holds.
    const same = x.length > 0 && x.at(-1) === time;
    if (!same) x.push(time);
    get.forEach((value, n) => {
      const list = values[n] as (number | null)[];
      if (same) list[list.length - 1] = value(i);
      else list.push(value(i));
    });
  }
  return { x, values };
}

function highest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}
