/** The sequence diagram as geometry: lists and view in, shapes out. Draws only what is asked for. */
import {
  axis, bands, laneLetters, laneShapes, nowLine, occupancy, outward, timers,
} from './ground.js';
import { alongArrow, Labels, type Place } from './labels.js';
import { columns, fillOf, lanes, STATES, Told, type Change, type Life } from './lanes.js';
import { foreseenShapes, packetShapes, within } from './packets.js';
import { columnOf, facing, openColumn, type Foreseen, type Scene, type Words } from './scene.js';
import { FrameIndex, type FrameSource, type MarkSource, type Span } from './sources.js';
import { textWidth, type Drawing, type PacketShapes, type Point, type Shape } from './shapes.js';
import { points, worldLine, type WorldLine } from './worldline.js';
import { Warp, WARP } from './warp.js';
import { Fate } from '../engine/records.js';

export interface Input {
  frames: FrameSource;
  marks: MarkSource;
  /** Goes up when the lists grow; where we stand in them may change without. */
  known: number;
  /** Another one when the marks are another list rather than a longer one. */
  list: unknown;
  step: number;
  now: number;
  held: readonly number[];
  selected: number | undefined;
  flow: number | undefined;
  foreseen: Foreseen | undefined;
  /** Node ids from left to right, those folded together in lists. */
  order: readonly Life[];
  letter(flow: number): string;
  words: Words;
  width: number;
  /** Times the scale that is chosen by itself. */
  zoom: number;
  /** A listener whose queues are to be drawn along time, if there is room. */
  listener: { node: number; backlog: number } | undefined;
}

/** Height of a usual flight, px: the arrow's slope, and room for a label above it. */
const FLIGHT = 40;
/** Height between two frames that leave one after the other, px, as far as flights don't get longer than this by it. */
const GAP = 6;
const LONG_FLIGHT = 240;
/** Closer than this, px, frames are drawn thin and labels keep off them. */
const DENSE = 8;
/** Where nothing is known: a flight of a millisecond. */
const UNKNOWN_FLIGHT = 1e6;
/** Room above the first event and below the last. */
export const MARGIN = { top: 22, bottom: 96 } as const;
const AXIS = 54;
const QUEUES = 92;
/** Room for the lane's glyph before the name of a state. */
const GLYPH = 11;
/** Least width of the figure that leaves room for the queues. */
const ROOMY = 480;

export class Diagram {
  #told = new Told();
  #index = new FrameIndex();
  #list: unknown;
  #key = '';
  #scene: Scene | undefined;
  #letter: (flow: number) => string = String;

  /** Takes what is to be drawn; cheap where nothing of the world has changed. */
  update(input: Input): void {
    if (input.list !== this.#list || input.marks.length < this.#told.read) {
      this.#told = new Told();
      this.#index = new FrameIndex();
      this.#list = input.list;
      this.#key = '';
    }
    this.#letter = (flow) => input.letter(flow);
    const foreseen = input.foreseen ? `${input.foreseen.arrives} ${input.foreseen.replies.length}` : '';
    const key = [input.known, input.width, input.zoom, JSON.stringify(input.order), foreseen].join(' ');
    const kept = key === this.#key ? this.#scene : undefined;
    this.#key = key;
    this.#scene = { ...(kept ?? this.#build(input)), ...changing(input) };
  }

  /** Height of all that is known, px. */
  get height(): number {
    const { warp } = this.scene;
    return MARGIN.top + Math.max(warp.height, warp.y(this.scene.now)) + MARGIN.bottom;
  }

  get scene(): Scene {
    if (!this.#scene) throw new Error('nothing has been given to draw');
    return this.#scene;
  }

  /** Height of a time, from the top. */
  y(time: number): number {
    return this.scene.warp.y(time) + MARGIN.top;
  }

  /** Everything between two heights. Coordinates count from the first event: shift by `MARGIN.top`. */
  draw(top: number, bottom: number): Drawing {
    const { scene } = this;
    const [y0, y1] = [Math.max(top - MARGIN.top, -MARGIN.top), bottom - MARGIN.top];
    const span: Span = { from: scene.warp.t(Math.max(y0, 0)), to: scene.warp.t(y1) };
    // A held packet waits on the now line, long after it would have arrived.
    const seen = new Set([...scene.index.within(span), ...scene.held]);
    const lines = [...seen].map((f) => worldLine(scene, f)).filter((l) => l !== undefined);
    const labels = new Labels(2, scene.width - 2, scene.dense ? 6 : undefined);
    const now = scene.warp.y(scene.now);
    labels.block(0, now - 8, scene.axis, 16);
    labels.line({ x: scene.axis, y: now }, { x: scene.width, y: now });
    const packets = lines.map((line) => packetShapes(scene, line));
    for (const line of lines) register(scene, labels, line);
    for (const c of scene.columns) labels.block(c.x, y0, c.width, y1 - y0);
    const foreseen = this.#foreseen(lines, labels);
    const reasons = lines.map((line) => reason(scene, labels, line)).filter((s) => s !== undefined);
    const timing = timers(scene, labels, y0, y1);
    const named = lines.map((line, i) => {
      const label = packetLabel(scene, labels, line);
      const shapes = packets[i] as PacketShapes;
      return label ? { ...shapes, shapes: [...shapes.shapes, label] } : shapes;
    });
    const inside = [...seen].map((f) => within(scene, f)).filter((p) => p !== undefined);
    const chips = scene.told.changes.flatMap((c) => chip(scene, labels, c, y0, y1));
    return {
      ground: [
        ...bands(scene, y0, y1), ...laneShapes(scene, y0, y1), ...occupancy(scene, y0, y1),
        ...axis(scene, y0, y1, now), ...nowLine(scene), ...timing,
      ],
      packets: [...named, ...inside],
      marks: [...laneLetters(scene, y0, y1, this.#letter), ...foreseen, ...chips, ...reasons, ...below(scene, labels, y1)],
    };
  }

  #foreseen(lines: readonly WorldLine[], labels: Labels): Shape[] {
    const { scene } = this;
    const { foreseen } = scene;
    const line = foreseen && lines.find((l) => l.frame === foreseen.frame);
    if (!foreseen || !line) return [];
    const from = points(scene, line.past).at(-1) as Point;
    const shapes = foreseenShapes(scene, foreseen, from);
    if (foreseen.change) {
      const pieces = [{ text: foreseen.change }];
      const around = [{ y: 20, c: 0 }, { y: 34, c: 1 }, { y: -12, c: 2 }].flatMap(({ y, c }) => [
        { x: from.x, y: from.y + y, anchor: 'middle' as const, turn: 0, cost: c },
        { x: from.x + 14, y: from.y + y, anchor: 'start' as const, turn: 0, cost: c + 0.5 },
      ]);
      const label = labels.place('change', pieces, around, { must: true });
      if (label) shapes.push(label);
    }
    for (const reply of foreseen.replies) {
      const [a, b] = [columnOf(scene, reply.from), columnOf(scene, reply.to)];
      if (!a || !b || a === b) continue;
      const [xa, xb] = facing(a, b);
      const ends = [{ x: xa, y: scene.warp.y(reply.sent) }, { x: xb, y: scene.warp.y(reply.arrives) }] as const;
      const places = alongArrow(ends[0], ends[1], [0.72, 0.5, 0.3]);
      const label = labels.place('change', [{ text: reply.text }], places, { must: true });
      if (label) shapes.push(label);
    }
    return shapes;
  }

  #build(input: Input): Scene {
    const { frames, marks, width } = input;
    this.#told.take(marks);
    const extra: Span[] = [...this.#told.moments];
    const { foreseen } = input;
    if (foreseen) {
      const end = Math.max(foreseen.arrives, ...foreseen.replies.map((r) => r.arrives));
      extra.push({ from: Math.min(input.now, end), to: end });
    }
    const index = this.#index.update(frames);
    const scale = natural(index) * input.zoom;
    const warp = new Warp(index.busy(extra), { scale, ...WARP });
    const all = lanes(this.#told.changes);
    const last = input.order.at(-1);
    const queues = input.listener && input.listener.node === last && width >= ROOMY ? QUEUES : 0;
    const right = width - (queues || 10);
    const placed = columns(input.order, all, AXIS, right);
    return {
      frames, marks, told: this.#told, index, warp, dense: (index.typicalGap ?? Infinity) * scale < DENSE && frames.length > 40, lanes: all, columns: placed, width, axis: AXIS,
      queues: queues && input.listener
        ? { ...input.listener, x: right + 20, width: queues - 20 } : undefined,
      ...changing(input),
    };
  }
}

/** Pixels a ns at which flights slant as they should; where many frames leave in one flight, more, to tell them apart. */
function natural(index: FrameIndex): number {
  const flight = index.typicalFlight ?? UNKNOWN_FLIGHT;
  const gap = index.typicalGap ?? flight;
  return Math.min(Math.max(FLIGHT / flight, GAP / gap), LONG_FLIGHT / flight);
}

function changing(input: Input): Pick<Scene, 'step' | 'now' | 'held' | 'selected' | 'flow' | 'foreseen' | 'words'> {
  const { step, now, selected, flow, foreseen, words } = input;
  return { step, now, held: new Set(input.held), selected, flow, foreseen, words };
}

function register(scene: Scene, labels: Labels, line: WorldLine): void {
  const at = [...points(scene, line.past), ...points(scene, line.rest)];
  for (let i = 1; i < at.length; i++) labels.line(at[i - 1] as Point, at[i] as Point);
  if (scene.frames.resent(line.frame) > 0 && at[0] && at[1]) {
    const x = at[0].x + Math.sign(at[1].x - at[0].x) * 14;
    labels.block(x - 8, at[0].y - 6, 16, 14);
  }
}

/** Name of a packet, along its line: near the client's end; a pure ACK near where it arrives. */
function packetLabel(scene: Scene, labels: Labels, line: WorldLine): Shape | undefined {
  const at = points(scene, [...line.past, ...line.rest]);
  const pair = longest(at);
  if (!pair) return undefined;
  const [a, b] = pair;
  const leftward = b.x < a.x;
  const room = Math.hypot(b.x - a.x, b.y - a.y);
  const selected = line.frame === scene.selected;
  const cls = ['label', line.phase, selected ? 'selected' : '', scene.frames.flow(line.frame) === scene.flow ? 'own' : '']
    .filter(Boolean).join(' ');
  const ring = scene.frames.resent(line.frame) > 0 ? 0.12 : 0;
  const near = leftward ? [0.04, 0.3, 0.5, 0.7, 0.96 - ring] : [0.04 + ring, 0.3, 0.5, 0.7, 0.96];
  let fallback: Shape | undefined;
  for (const pieces of scene.words.packet(line.frame)) {
    if (textWidth(pieces) > room - 8) continue;
    fallback = labels.place(cls, pieces, alongArrow(a, b, near), { must: selected });
    if (fallback) return fallback;
  }
  return fallback;
}

function longest(at: readonly Point[]): [Point, Point] | undefined {
  let best: [Point, Point] | undefined;
  let length = 0;
  for (let i = 1; i < at.length; i++) {
    const [a, b] = [at[i - 1] as Point, at[i] as Point];
    if (Math.abs(b.x - a.x) > length) {
      best = [a, b];
      length = Math.abs(b.x - a.x);
    }
  }
  return best;
}

/** Why a host refused a frame, beside its cross. */
function reason(scene: Scene, labels: Labels, line: WorldLine): Shape | undefined {
  const { frames, told, marks } = scene;
  const { frame } = line;
  const fate = frames.fate(frame);
  if (line.phase !== 'done' && line.phase !== 'ahead') return undefined;
  const mark = told.refusals.get(frame);
  if (mark === undefined || (fate !== Fate.droppedByHost && fate !== Fate.lost)) return undefined;
  const what = scene.words.reason(marks.b(mark), marks.x(mark), marks.y(mark));
  if (!what) return undefined;
  const at = points(scene, line.past);
  const [tip, before] = [at.at(-1) as Point, at.at(-2) as Point];
  const inward = Math.sign(before.x - tip.x) || 1;
  const anchor = inward < 0 ? 'end' as const : 'start' as const;
  const places: Place[] = [
    { x: tip.x + inward * 2, y: tip.y + 15, anchor, turn: 0, cost: 0 },
    { x: tip.x + inward * 14, y: tip.y + 9, anchor, turn: 0, cost: 1 },
    { x: tip.x + inward * 2, y: tip.y + 28, anchor, turn: 0, cost: 3 },
  ];
  // Where there is little room, the cross must do for the connections that nobody looks at.
  const must = scene.width >= ROOMY || frames.flow(frame) === scene.flow;
  return labels.place(`reason${line.phase === 'ahead' ? ' ahead' : ''}`, [{ text: what }], places, { must });
}

/** The state that a connection's end came into, in the notch between cause and effect. */
function chip(scene: Scene, labels: Labels, change: Change, y0: number, y1: number): Shape[] {
  const y = scene.warp.y(change.time);
  const column = openColumn(scene, change.node);
  if (!column || y < y0 || y > y1 || fillOf(change.to) === 'none') return [];
  const name = STATES[change.to] ?? '';
  const out = outward(scene, column) === 'right' ? -1 : 1;
  const edge = out < 0 ? column.x : column.x + column.width;
  const span = scene.width - scene.axis;
  const width = textWidth(name);
  const places: Place[] = [0.02, 0.1, 0.16, 0.22, 0.28, 0.34, 0.42].flatMap((f, i) => [0, 9, -9].map((dy, j) => ({
    x: out < 0 ? edge - f * span - width : edge + f * span + GLYPH, y: y + 4 + dy,
    anchor: 'start' as const, turn: 0, cost: i * 0.6 + j * 0.4,
  })));
  const ahead = change.step > scene.step ? ' ahead' : '';
  const own = change.flow === scene.flow ? ' own' : '';
  const label = labels.place(`chip${ahead}${own}`, [{ text: name }], places, { lead: GLYPH });
  if (label?.kind !== 'text') return [];
  const glyph: Shape = {
    kind: 'rect', cls: `lane glyph ${fillOf(change.to)}${ahead}${own}`, x: label.x - GLYPH + 1.5, y: label.y - 9.5, width: 5, height: 10,
  };
  return [glyph, label];
}

/** A word under the now line where the future is known already. */
function below(scene: Scene, labels: Labels, y1: number): Shape[] {
  const y = scene.warp.y(scene.now);
  if (!scene.words.ahead || y > y1) return [];
  const [first, last] = [scene.columns[0], scene.columns.at(-1)];
  const left = (first?.x ?? scene.axis) + (first?.width ?? 0) + 10;
  const right = (last?.x ?? scene.width) - 10;
  const places = Array.from({ length: 12 }, (_, i) => [
    { x: right, y: y + 16 + i * 14, anchor: 'end' as const, turn: 0, cost: i },
    { x: left, y: y + 16 + i * 14, anchor: 'start' as const, turn: 0, cost: i + 0.5 },
  ]).flat();
  const label = labels.place('note', [{ text: scene.words.ahead }], places, { size: 13 });
  return label ? [label] : [];
}

