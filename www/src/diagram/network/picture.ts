/** The network as geometry: nodes where they stand, links between them, frames where they are on their way. No DOM. */
import { Labels, type Place } from '../labels.js';
import { bars, cross, diamond, head, monoWidth, n, polyline, textWidth, text, type Piece, type Point, type Shape } from '../shapes.js';
import { glyph, HALF, type Kind } from './glyphs.js';

export interface Station {
  readonly kind: Kind;
  readonly name: string;
  /** Addresses, for under the name. */
  readonly lines: readonly string[];
  /** 0 to 1 of the picture. */
  readonly at: Point;
}

export interface Wire {
  readonly name: string;
  /** What the link does to frames: `5 ms · 1 % lost`. */
  readonly note: string;
  readonly down: boolean;
  /** Nodes, and what stands beside each end: the interface's address. */
  readonly ends: readonly { readonly node: number; readonly text: string }[];
}

/** What has become of a frame by now. */
export type Fortune = 'flying' | 'held' | 'arrived' | 'lost' | 'dropped';

export interface Crossing {
  readonly frame: number;
  readonly link: number;
  readonly from: number;
  /** Undefined: everybody on the link. */
  readonly to: number | undefined;
  /** How much of its way is behind it, 0 to 1. */
  readonly part: number;
  readonly fortune: Fortune;
  readonly head: 'filled' | 'hollow' | 'open';
  readonly payload: boolean;
  readonly edited: boolean;
  /** Which time its octets are sent. */
  readonly times: number;
  readonly label: readonly Piece[];
  /** Why it was dropped. */
  readonly reason: string;
}

export interface Input {
  readonly stations: readonly Station[];
  readonly wires: readonly Wire[];
  readonly crossings: readonly Crossing[];
  readonly width: number;
  readonly height: number;
  /** Node whose whole text is shown, however little room there is. */
  readonly chosen: number | undefined;
}

export interface Picture {
  /** Places of the nodes, px. */
  readonly at: readonly Point[];
  /** Nodes are drawn smaller, with less said of each. */
  readonly dense: boolean;
  readonly scale: number;
  readonly wires: readonly { readonly line: string; readonly shapes: readonly Shape[] }[];
  readonly stations: readonly { readonly shapes: readonly Shape[]; readonly texts: readonly Shape[]; readonly hit: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } }[];
  readonly crossings: readonly { readonly frame: number; readonly shapes: readonly Shape[]; readonly hit: string }[];
}

/** Nodes above which each has less room; height, px, below which it is the same. */
const MANY = 14;
const LOW = 240;
/** From the edge to the middle of the outermost node, px. */
const EDGE = { x: 66, top: 56, bottom: 58 } as const;
/** How far a frame keeps from the middle of its link, on the right as seen on its way, px. */
const KEEP = 7;
const LONG = 26;
const AROUND = 8;
const LINES = 2;

export function picture(input: Input): Picture {
  const { stations, wires, width, height } = input;
  const dense = stations.length > MANY || (height < LOW && stations.length > 3);
  const scale = dense ? Math.max(0.5, Math.min(0.8, Math.sqrt((width * height) / stations.length) / 110)) : 1;
  const [ex, eb] = dense ? [34, 36] : [EDGE.x, EDGE.bottom];
  const top = dense ? 24 : EDGE.top;
  const at = stations.map((s) => ({ x: ex + s.at.x * (width - 2 * ex), y: top + s.at.y * (height - top - eb) }));
  const labels = new Labels(2, width - 2, dense ? 8 : 24);
  const runs = wires.map((_, k) => run(wires, k, at));
  runs.forEach((r, k) => {
    for (const end of (wires[k] as Wire).ends) {
      const ways = way(r, at[end.node] as Point);
      for (let i = 1; i < ways.length; i++) labels.line(ways[i - 1] as Point, ways[i] as Point);
    }
  });
  const drawn = stations.map((s, i) => station(labels, s, at[i] as Point, scale, dense && i !== input.chosen,
    wires.flatMap((w, k) => (w.ends.some((e) => e.node === i) ? [(runs[k] as Run).middle] : []))));
  const crossings = input.crossings.map((c) => crossing(labels, c, stations, at, runs[c.link], scale));
  const lines = wires.map((wire, k) => ({
    line: runs[k]?.line ?? '', shapes: [...(runs[k]?.shapes ?? []), ...wireTexts(labels, wire, runs[k] as Run, stations, at, dense, scale)],
  }));
  return { at, dense, scale, wires: lines, stations: drawn, crossings };
}

/** How a link lies: two nodes by a straight line or, beside others between them, a bent one; more by a middle. */
interface Run {
  readonly middle: Point;
  readonly shared: boolean;
  readonly line: string;
  readonly shapes: readonly Shape[];
}

function run(wires: readonly Wire[], k: number, at: readonly Point[]): Run {
  const wire = wires[k] as Wire;
  const points = wire.ends.map((e) => at[e.node] as Point).filter(Boolean);
  const cls = `wire${wire.down ? ' down' : ''}`;
  const mean = { x: points.reduce((s, p) => s + p.x, 0) / (points.length || 1), y: points.reduce((s, p) => s + p.y, 0) / (points.length || 1) };
  const [a, b] = points;
  if (points.length === 2 && a && b) {
    const middle = bent(wires, k, a, b, mean);
    const line = `M${n(a.x)} ${n(a.y)}Q${n(2 * middle.x - mean.x)} ${n(2 * middle.y - mean.y)} ${n(b.x)} ${n(b.y)}`;
    return { middle, shared: false, line, shapes: [{ kind: 'path', cls, d: line }] };
  }
  const line = points.map((p) => `M${n(mean.x)} ${n(mean.y)}L${n(p.x)} ${n(p.y)}`).join('');
  return { middle: mean, shared: true, line, shapes: [{ kind: 'path', cls, d: line }, { kind: 'circle', cls: 'joint', x: mean.x, y: mean.y, r: 3.5 }] };
}

/** Links between the same two nodes keep off each other. */
function bent(wires: readonly Wire[], k: number, a: Point, b: Point, mean: Point): Point {
  const pair = (w: Wire): string => w.ends.map((e) => e.node).sort((x, y) => x - y).join();
  const mine = pair(wires[k] as Wire);
  const same = wires.flatMap((w, i) => (pair(w) === mine ? [i] : []));
  if (same.length < 2) return mean;
  const off = (same.indexOf(k) - (same.length - 1) / 2) * 34;
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  // The side must not depend on which end is named first.
  const turn = a.x < b.x || (a.x === b.x && a.y < b.y) ? 1 : -1;
  return { x: mean.x - (turn * (b.y - a.y) * off) / length, y: mean.y + (turn * (b.x - a.x) * off) / length };
}

/** From a node to the middle of the run. */
function way(r: Run, from: Point): Point[] {
  return [from, r.middle];
}

function station(labels: Labels, s: Station, at: Point, scale: number, brief: boolean, towards: readonly Point[]): Picture['stations'][number] {
  const half = { x: HALF[s.kind].x * scale, y: HALF[s.kind].y * scale };
  labels.block(at.x - half.x, at.y - half.y, 2 * half.x, 2 * half.y);
  const size = brief ? 11 : 15;
  const shown = brief ? [] : s.lines.length > LINES ? [...s.lines.slice(0, LINES - 1), `${s.lines[LINES - 1]} …`] : s.lines;
  const rows = [{ cls: brief ? 'station brief' : 'station', what: s.name, px: size }, ...shown.map((what) => ({ cls: 'address', what, px: 11 }))];
  const tall = size + 2 + shown.length * 14;
  const side = brief ? 'below' : freest(at, towards);
  const anchor = side === 'right' ? 'start' as const : side === 'left' ? 'end' as const : 'middle' as const;
  const x = side === 'right' ? at.x + half.x + 7 : side === 'left' ? at.x - half.x - 7 : at.x;
  let y = side === 'below' ? at.y + half.y + size + 2 : side === 'above' ? at.y - half.y - 6 - shown.length * 14 : at.y - tall / 2 + size;
  const texts: Shape[] = [];
  const top = Math.min(y - size, at.y - half.y);
  for (const { cls, what, px } of rows) {
    const wide = cls === 'address' ? monoWidth(what, px) : textWidth(what, px);
    texts.push(text(cls, x, y, what, anchor));
    labels.block(anchor === 'start' ? x : anchor === 'end' ? x - wide : x - wide / 2, y - px + 2, wide, px);
    y += 14;
  }
  const wide = Math.max(2 * half.x + 8, anchor === 'middle' ? textWidth(s.name, size) + 8 : 0);
  return { shapes: glyph(s.kind), texts, hit: { x: at.x - wide / 2, y: top - 3, width: wide, height: Math.max(y - 14 + 5, at.y + half.y + 3) - top + 3 } };
}

/** The side of a node on which the fewest links leave; below, if it can be. */
function freest(at: Point, towards: readonly Point[]): 'below' | 'above' | 'right' | 'left' {
  const sides = [['below', 0, 1, 0], ['above', 0, -1, 0.3], ['right', 1, 0, 0.5], ['left', -1, 0, 0.6]] as const;
  let best: { side: (typeof sides)[number][0]; cost: number } | undefined;
  for (const [side, dx, dy, bias] of sides) {
    const near = Math.cos(side === 'below' || side === 'above' ? 0.95 : 0.6);
    const cost = bias + towards.reduce((sum, p) => {
      const length = Math.hypot(p.x - at.x, p.y - at.y) || 1;
      return sum + (((p.x - at.x) * dx + (p.y - at.y) * dy) / length > near ? 1 : 0);
    }, 0);
    if (!best || cost < best.cost) best = { side, cost };
  }
  return best?.side ?? 'below';
}

/** Names of a link and its ends, where there is room. */
function wireTexts(labels: Labels, wire: Wire, r: Run, stations: readonly Station[], at: readonly Point[], dense: boolean, scale: number): Shape[] {
  const shapes: Shape[] = [];
  for (const end of wire.ends) {
    if (!end.text || dense) continue;
    const from = at[end.node] as Point;
    const start = edge(from, r.middle, HALF[(stations[end.node] as Station).kind], scale);
    const length = Math.hypot(r.middle.x - start.x, r.middle.y - start.y) || 1;
    const [ux, uy] = [(r.middle.x - start.x) / length, (r.middle.y - start.y) / length];
    const placed = labels.place('end', [{ text: end.text }], beside({ x: start.x + ux * 12, y: start.y + uy * 12 }, ux, uy), { width: monoWidth(end.text) });
    if (placed) shapes.push(placed);
  }
  if (dense) return shapes;
  const [a, b] = [at[wire.ends[0]?.node ?? 0] ?? r.middle, r.middle];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
  const whole = wire.note ? `${wire.name}  ${wire.note}` : wire.name;
  for (const pieces of [[{ text: wire.name, cls: 'name' }, ...(wire.note ? [{ text: `  ${wire.note}` }] : [])], [{ text: wire.note || wire.name }]]) {
    if (whole === '') break;
    const placed = labels.place('wire-name', pieces, beside(r.middle, ux, uy), {});
    if (placed) {
      shapes.push(placed);
      break;
    }
  }
  return shapes;
}

/** Places for a text beside a line through `p`. */
function beside(p: Point, ux: number, uy: number): Place[] {
  const flat = Math.abs(uy) < 0.35;
  if (flat) return [-6, 15, -20, 29].map((dy, i) => ({ x: p.x, y: p.y + dy, anchor: 'middle' as const, turn: 0, cost: i }));
  const slant = (ux * uy < 0 ? -1 : 1);
  return [0, 10, -10, 22].flatMap((dy, i) => [
    { x: p.x + 8, y: p.y + 4 + dy - slant * 5, anchor: 'start' as const, turn: 0, cost: i },
    { x: p.x - 8, y: p.y + 4 + dy + slant * 5, anchor: 'end' as const, turn: 0, cost: i + 0.5 },
  ]);
}

/** Where the line from the middle of a node leaves its glyph. */
function edge(from: Point, to: Point, half: { x: number; y: number }, scale: number): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const f = Math.min(((half.x + 3) * scale) / (Math.abs(dx) || 1e-6), ((half.y + 3) * scale) / (Math.abs(dy) || 1e-6), 1);
  return { x: from.x + dx * f, y: from.y + dy * f };
}

/** The whole way of a frame, px: on the right of the link as seen on its way. */
function track(c: Crossing, stations: readonly Station[], at: readonly Point[], r: Run | undefined, scale: number): Point[] {
  const a = at[c.from];
  if (!a) return [];
  const middle = r?.middle;
  const b = c.to === undefined ? undefined : at[c.to];
  const start = edge(a, middle ?? b ?? a, HALF[(stations[c.from] as Station).kind], scale);
  const end = b && c.to !== undefined ? edge(b, middle ?? a, HALF[(stations[c.to] as Station).kind], scale) : middle ?? a;
  const raw = !middle || c.to === undefined ? [start, end] : [start, middle, end];
  return raw.map((p, i) => {
    const [q, s] = i + 1 < raw.length ? [p, raw[i + 1] as Point] : [raw[i - 1] as Point, p];
    const length = Math.hypot(s.x - q.x, s.y - q.y) || 1;
    return { x: p.x - ((s.y - q.y) / length) * KEEP, y: p.y + ((s.x - q.x) / length) * KEEP };
  });
}

/** The stretch of a line between two parts of its length. */
export function stretch(line: readonly Point[], from: number, to: number): Point[] {
  const lengths = line.slice(1).map((p, i) => Math.hypot(p.x - (line[i] as Point).x, p.y - (line[i] as Point).y));
  const whole = lengths.reduce((a, b) => a + b, 0);
  const out: Point[] = [];
  let done = 0;
  lengths.forEach((length, i) => {
    const [a, b] = [line[i] as Point, line[i + 1] as Point];
    const [f, t] = [from * whole, to * whole].map((x) => Math.min(1, Math.max(0, (x - done) / (length || 1)))) as [number, number];
    const along = (x: number): Point => ({ x: a.x + (b.x - a.x) * x, y: a.y + (b.y - a.y) * x });
    if (done + length >= from * whole && done <= to * whole) {
      if (!out.length) out.push(along(f));
      out.push(along(t));
    }
    done += length;
  });
  return out;
}

/** A frame on its way: a short arrow at its place, with the marks of what became of it. */
function crossing(labels: Labels, c: Crossing, stations: readonly Station[], at: readonly Point[], r: Run | undefined, scale: number): Picture['crossings'][number] {
  const line = track(c, stations, at, r, scale);
  const whole = line.slice(1).reduce((s, p, i) => s + Math.hypot(p.x - (line[i] as Point).x, p.y - (line[i] as Point).y), 0) || 1;
  // Near its beginning the arrow is as long as the way that it has come, but never nothing.
  const part = Math.max(c.part, Math.min(1, 10 / whole));
  const past = stretch(line, Math.max(0, part - LONG / whole), part);
  for (let i = 1; i < line.length; i++) labels.line(line[i - 1] as Point, line[i] as Point);
  const tip = past.at(-1) ?? line[0] ?? { x: 0, y: 0 };
  const before = past.at(-2) ?? line[0] ?? tip;
  const edited = c.edited ? ' edited' : '';
  const shapes: Shape[] = [{ kind: 'path', cls: 'trail', d: polyline(stretch(line, 0, c.fortune === 'lost' || c.fortune === 'dropped' ? part : 1)) }];
  if (c.payload) shapes.push(band(before, tip, `ribbon${edited}`));
  else shapes.push({ kind: 'path', cls: `line${edited}`, d: polyline(past) });
  if (c.fortune === 'held') shapes.push(bars(before), c.edited ? diamond(tip, 6, 'token edited') : { kind: 'rect', cls: 'token', x: tip.x - 4, y: tip.y - 4, width: 8, height: 8 });
  else if (c.fortune === 'lost' || c.fortune === 'dropped') shapes.push(cross(tip, 5));
  else {
    const shape = head(before, tip, c.head);
    shapes.push({ ...shape, cls: `${shape.cls}${edited}` });
    if (c.edited) shapes.push(diamond({ x: (before.x + tip.x) / 2, y: (before.y + tip.y) / 2 }, 5, 'token edited'));
  }
  if (c.times > 1) shapes.push({ kind: 'circle', cls: 'ring', x: before.x, y: before.y, r: 6.5 }, text('ring-count', before.x, before.y + 4, String(c.times), 'middle'));
  labels.block(Math.min(before.x, tip.x) - AROUND / 2, Math.min(before.y, tip.y) - AROUND / 2, Math.abs(tip.x - before.x) + AROUND, Math.abs(tip.y - before.y) + AROUND);
  const [ux, uy] = [(tip.x - before.x) / (Math.hypot(tip.x - before.x, tip.y - before.y) || 1), (tip.y - before.y) / (Math.hypot(tip.x - before.x, tip.y - before.y) || 1)];
  const middle = { x: (before.x + tip.x) / 2 - uy * 8, y: (before.y + tip.y) / 2 + ux * 8 };
  // On its own side of the link first.
  const down = ux > 0 || (ux === 0 && uy < 0);
  const places = [middle, tip, before].flatMap((p, k) => [down ? 12 : -5, down ? 26 : -19, down ? -14 : 20, down ? 40 : -33]
    .flatMap((dy, i) => (['middle', 'start', 'end'] as const).map((anchor, j) => ({ x: p.x, y: p.y + dy, anchor, turn: 0, cost: i + k * 0.5 + j * 0.3 }))));
  const label = labels.place('frame-name', c.label, places, { must: true });
  if (label) shapes.push(label);
  if (c.reason) {
    const why = labels.place('reason', [{ text: c.reason }], places, { must: true });
    if (why) shapes.push(why);
  }
  return { frame: c.frame, shapes, hit: polyline(past.length > 1 ? past : [before, tip]) };
}

/** A segment with payload: a ribbon in the direction of its flight. */
function band(from: Point, to: Point, cls: string): Shape {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const end = { x: to.x - ux * 7, y: to.y - uy * 7 };
  const side = (p: Point, f: number): Point => ({ x: p.x - uy * f, y: p.y + ux * f });
  return { kind: 'path', cls, d: `${polyline([side(from, -3), side(end, -3), side(end, 3), side(from, 3)])}Z` };
}
