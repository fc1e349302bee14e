/** Columns and lanes: a column a node, in it a lane a connection; the lane's fill tells the state. */
import { Mark, NONE16 } from '../engine/records.js';
import type { MarkSource, Span } from './sources.js';

/** State as a lane shows it. The order of states is that of `tcp::State`. */
export type Fill = 'none' | 'hollow' | 'solid' | 'closing' | 'waiting';
const FILLS: readonly Fill[] = [
  'none', 'none', 'hollow', 'hollow', 'solid', 'closing', 'closing', 'closing', 'closing', 'closing', 'waiting',
];
/** Names of `tcp::State`, by number. */
export const STATES: readonly string[] = [
  'CLOSED', 'LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT',
  'CLOSING', 'LAST-ACK', 'TIME-WAIT',
];

export function fillOf(state: number): Fill {
  return FILLS[state] ?? 'none';
}

/** A stretch in which a connection's end was in one state. */
export interface LaneSpan extends Span {
  state: number;
  /** Step that began it. */
  step: number;
}

/** One end of one connection. */
export interface Lane {
  node: number;
  flow: number;
  /** Place within the column, from 0. */
  slot: number;
  spans: LaneSpan[];
}

/** A change of state, as a chip beside the lane tells it. */
export interface Change {
  time: number;
  step: number;
  node: number;
  flow: number;
  from: number;
  to: number;
}

/** Shorter than any pause that could be cut, ns. */
const CLOSE = 1000;

/** Marks sorted by what they tell. Grows with the list; a list that is another one needs a new `Told`. */
export class Told {
  readonly changes: Change[] = [];
  readonly timers: number[] = [];
  readonly queues: number[] = [];
  readonly refusals = new Map<number, number>();
  readonly holds = new Map<number, number[]>();
  readonly edits = new Map<number, number>();
  /** When something happened that is not a frame on a link. */
  readonly moments: Span[] = [];
  /** How many marks have been read. */
  read = 0;

  /** Reads what was added since. */
  take(marks: MarkSource): void {
    for (; this.read < marks.length; this.read++) this.#take(marks, this.read);
  }

  /** Moments close to each other are one: nothing is cut out between them. */
  #moment(time: number): void {
    const last = this.moments.at(-1);
    if (last && time >= last.from && time - last.to <= CLOSE) last.to = Math.max(last.to, time);
    else this.moments.push({ from: time, to: time });
  }

  #take(marks: MarkSource, i: number): void {
    const kind = marks.kind(i);
    const time = kind === Mark.held ? marks.since(i) : marks.time(i);
    const frame = marks.frame(i);
    if (kind !== Mark.command) this.#moment(time);
    if (kind === Mark.state) {
      this.changes.push({
        time, step: marks.step(i), node: marks.node(i), flow: marks.flow(i), from: marks.a(i), to: marks.b(i),
      });
    } else if (kind === Mark.refused) this.refusals.set(frame, i);
    else if (kind === Mark.timer) this.timers.push(i);
    else if (kind === Mark.queues) this.queues.push(i);
    else if (kind === Mark.edited) this.edits.set(frame, i);
    else if (kind === Mark.held) this.holds.set(frame, [...(this.holds.get(frame) ?? []), i]);
  }
}

/** The most lanes that a column has room for; connections beyond share the last. */
export const MOST_LANES = 6;

/**
 * Lanes of every node: from the first change of state until the connection is closed. A slot is used again
 * once the connection in it is gone.
 */
export function lanes(changes: readonly Change[]): Lane[] {
  const all: Lane[] = [];
  const open = new Map<number, Lane>();
  const taken = new Map<number, (Lane | undefined)[]>();
  for (const c of changes) {
    if (c.flow === NONE16) continue;
    const key = c.node * 65536 + c.flow;
    let lane = open.get(key);
    const before = lane?.spans.at(-1);
    if (before) before.to = c.time;
    if (fillOf(c.to) === 'none') {
      if (lane) leave(taken, open, key, lane);
      continue;
    }
    if (!lane) {
      lane = { node: c.node, flow: c.flow, slot: enter(taken, c.node), spans: [] };
      slots(taken, c.node)[lane.slot] = lane;
      open.set(key, lane);
      all.push(lane);
    }
    lane.spans.push({ from: c.time, to: Infinity, state: c.to, step: c.step });
  }
  return all;
}

function slots(taken: Map<number, (Lane | undefined)[]>, node: number): (Lane | undefined)[] {
  let of = taken.get(node);
  if (!of) taken.set(node, (of = []));
  return of;
}

function enter(taken: Map<number, (Lane | undefined)[]>, node: number): number {
  const of = slots(taken, node);
  const free = of.findIndex((l) => l === undefined);
  return Math.min(free < 0 ? of.length : free, MOST_LANES - 1);
}

function leave(taken: Map<number, (Lane | undefined)[]>, open: Map<number, Lane>, key: number, lane: Lane): void {
  open.delete(key);
  const of = slots(taken, lane.node);
  if (of[lane.slot] === lane) of[lane.slot] = undefined;
}

/** A node's column, or a narrow one for those that are folded. */
export interface Column {
  /** Of a fold, the first. */
  node: number;
  /** Nodes that stand here without lanes of their own. */
  folded?: readonly number[];
  /** Left edge and width of the band, px. */
  x: number;
  width: number;
  lanes: number;
}

export const LANE = { width: 5, pitch: 8 } as const;
const FOLD = 12;

/** A lifeline, or several that are folded. */
export type Life = number | readonly number[];

/** Columns from left to right, as wide as their lanes, with even gaps. */
export function columns(order: readonly Life[], all: readonly Lane[], left: number, right: number): Column[] {
  const count = new Map<number, number>();
  for (const lane of all) count.set(lane.node, Math.max(count.get(lane.node) ?? 0, lane.slot + 1));
  const widths = order.map((life) => (typeof life === 'number' ? Math.max(16, (count.get(life) ?? 1) * LANE.pitch) : FOLD));
  const gaps = Math.max(order.length - 1, 1);
  const room = (right - left - widths.reduce((a, b) => a + b, 0)) / gaps;
  let x = left;
  return order.map((life, i) => {
    const width = widths[i] as number;
    const column: Column = typeof life === 'number' ? { node: life, x, width, lanes: count.get(life) ?? 0 } : { node: life[0] ?? -1, folded: life, x, width, lanes: 0 };
    x += width + room;
    return column;
  });
}

/** Left edge of a lane, px. */
export function laneX(column: Column, slot: number): number {
  const used = Math.max(column.lanes, 1) * LANE.pitch - (LANE.pitch - LANE.width);
  return column.x + (column.width - used) / 2 + slot * LANE.pitch;
}

