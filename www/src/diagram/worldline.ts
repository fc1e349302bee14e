/** Where a frame was, when: its line through space and time, with the waits in somebody's hand. */
import { Bits, Fate, NONE16 } from '../engine/records.js';
import { columnOf, facing, type Scene } from './scene.js';
import { some } from './sources.js';
import type { Point } from './shapes.js';

/** Room between a lane and a packet that is held beside it, px. */
const ELBOW = 18;

/** What is to be told of a frame at the step we stand at. */
export type Phase = 'done' | 'flying' | 'held' | 'ahead';

/** A corner of the line: at time `t` it is at `x`. */
interface Corner {
  t: number;
  x: number;
}

export interface WorldLine {
  frame: number;
  phase: Phase;
  /** Corners up to now (or to its end). */
  past: readonly Corner[];
  /** From now to where it will arrive; empty unless it is flying. */
  rest: readonly Corner[];
  /** Where it was caught, and until when. */
  waits: readonly { x: number; from: number; to: number }[];
  /** When it was edited. */
  edited: number | undefined;
  /** Whether it leaves from or arrives at its column's edge (a copy starts in mid-air, a lost one ends there). */
  arrives: boolean;
}

export function phaseOf(scene: Scene, frame: number): Phase {
  const { frames, step } = scene;
  if (frames.stepSent(frame) > step) return 'ahead';
  if (frames.stepEnded(frame) <= step) return 'done';
  return scene.held.has(frame) ? 'held' : 'flying';
}

/** Undefined where an end of it is not on the drawing. */
export function worldLine(scene: Scene, frame: number): WorldLine | undefined {
  const { frames, told, marks } = scene;
  const from = columnOf(scene, frames.from(frame));
  const to = columnOf(scene, frames.to(frame)) ?? elsewhere(scene, frames.from(frame), frames.to(frame));
  if (!from || !to || from === to) return undefined;
  const [xa, xb] = facing(from, to);
  const phase = phaseOf(scene, frame);
  const sent = frames.sent(frame);
  const ends = Math.max(frames.ends(frame), sent);
  // A hold that nobody has ended yet lasts until now; one that has not begun yet does not count.
  const holds = (told.holds.get(frame) ?? []).map((m) => ({ from: marks.since(m), to: marks.time(m), step: marks.step(m) }))
    .filter((h) => (phase === 'held' ? h.step <= scene.step : Number.isFinite(h.to)));
  const fate = frames.fate(frame);
  const f0 = startOf(scene, frame, xa, xb);
  const { end, flight } = reach(scene, frame, holds, f0);
  const x = (f: number): number => xa + (xb - xa) * f;

  // Corners of the whole line, as far as it is known.
  const corners: Corner[] = [{ t: sent, x: x(f0) }];
  const waits: { x: number; from: number; to: number }[] = [];
  let waited = 0;
  for (const hold of holds) {
    // What was caught as it left, or just before it arrived, must still be seen beside the lane.
    const at = inside(x(f0 + ((end - f0) * (hold.from - sent - waited)) / (flight || 1)), xa, xb);
    const open = phase === 'held' && hold === holds.at(-1);
    const until = open ? scene.now : hold.to;
    corners.push({ t: hold.from, x: at }, { t: until, x: at });
    waits.push({ x: at, from: hold.from, to: until });
    waited += until - hold.from;
    if (open) return { frame, phase, past: corners, rest: [], waits, edited: editTime(scene, frame), arrives: false };
  }
  corners.push({ t: ends, x: x(end) });
  const arrives = fate !== Fate.lost && fate !== Fate.droppedByPerson;
  const edited = editTime(scene, frame);
  if (phase === 'done' || phase === 'ahead') return { frame, phase, past: corners, rest: [], waits, edited, arrives };
  const [past, rest] = split(corners, scene.now);
  return { frame, phase, past, rest, waits: waits.filter((w) => w.from <= scene.now), edited, arrives };
}

/** Where on its way it ends, 0 to 1, and how long it flew until there, waits not counted. */
function reach(
  scene: Scene, frame: number, holds: readonly { from: number; to: number }[], f0: number,
): { end: number; flight: number } {
  const { frames } = scene;
  const sent = frames.sent(frame);
  const waited = holds.reduce((sum, h) => sum + (h.to <= frames.ends(frame) ? h.to - h.from : 0), 0);
  const flight = Math.max(frames.ends(frame) - sent - waited, 0);
  const fate = frames.fate(frame);
  const usual = scene.index.flight(frames.from(frame), frames.to(frame)) ?? flight * 2;
  // A link loses half-way, or at once where its queue is full.
  if (fate === Fate.lost) return { end: flight > 0 ? Math.max(0.5, f0) : 0.06, flight };
  if (fate === Fate.droppedByPerson) return { end: Math.min(0.94, Math.max(0.06, f0 + flight / (usual || 1))), flight };
  return { end: 1, flight };
}

function inside(x: number, xa: number, xb: number): number {
  return Math.min(Math.max(x, Math.min(xa, xb) + ELBOW), Math.max(xa, xb) - ELBOW);
}

/** A copy starts where the original was. */
function startOf(scene: Scene, frame: number, xa: number, xb: number): number {
  const { frames } = scene;
  const original = some(frames.copyOf(frame));
  if (original === undefined || !(frames.bits(frame) & Bits.copy) || original === frame) return 0;
  const line = worldLine(scene, original);
  if (!line) return 0;
  const at = positionAt([...line.past, ...line.rest], frames.sent(frame));
  return Math.min(0.95, Math.max(0, (at - xa) / (xb - xa || 1)));
}

function elsewhere(scene: Scene, from: number, to: number): Scene['columns'][number] | undefined {
  // Addressed to nobody on the drawing: it flies towards the nearest neighbour.
  return to === NONE16 ? scene.columns.find((c) => c.node !== from && !(c.folded?.includes(from) ?? false)) : undefined;
}

function editTime(scene: Scene, frame: number): number | undefined {
  const mark = scene.told.edits.get(frame);
  return mark === undefined ? undefined : scene.marks.time(mark);
}

function positionAt(corners: readonly Corner[], t: number): number {
  for (let i = 1; i < corners.length; i++) {
    const a = corners[i - 1] as Corner;
    const b = corners[i] as Corner;
    if (t <= b.t) return b.t === a.t ? b.x : a.x + ((b.x - a.x) * Math.max(0, t - a.t)) / (b.t - a.t);
  }
  return corners.at(-1)?.x ?? 0;
}

/** A line cut in two at a time. */
export function split(corners: readonly Corner[], t: number): [Corner[], Corner[]] {
  const at = { t, x: positionAt(corners, t) };
  const before = corners.filter((c) => c.t <= t);
  const after = corners.filter((c) => c.t > t);
  if (!before.length) return [[corners[0] as Corner, corners[0] as Corner], [...corners]];
  return [[...before, at], after.length ? [at, ...after] : []];
}

/** Corners as points of the drawing. A straight flight stays straight, whatever was cut out of time elsewhere. */
export function points(scene: Scene, corners: readonly Corner[]): Point[] {
  return corners.map((c) => ({ x: c.x, y: scene.warp.y(c.t) }));
}
