/** What the geometry hands out: plain shapes with class names; the element turns them into SVG. */

export interface Point {
  x: number;
  y: number;
}
export interface Piece {
  text: string;
  cls?: string;
}
export type Shape =
  | { kind: 'path'; cls: string; d: string }
  | { kind: 'rect'; cls: string; x: number; y: number; width: number; height: number }
  | { kind: 'circle'; cls: string; x: number; y: number; r: number }
  | {
      kind: 'text';
      cls: string;
      x: number;
      y: number;
      anchor: 'start' | 'middle' | 'end';
      /** Degrees about (x, y). */
      turn: number;
      pieces: readonly Piece[];
    };

/** A packet as it is drawn. */
export interface PacketShapes {
  frame: number;
  /** `ahead`, `selected`, `edited`, … */
  cls: string;
  shapes: Shape[];
  /** Where it can be clicked. */
  hit: string;
  /** For the list that screen readers read: when it left. */
  sent: number;
}

/** A drawing of a stretch of height; y counts from the top of the whole diagram. */
export interface Drawing {
  /** Beneath the packets: bands, folds, lanes, ticks, timers. */
  ground: Shape[];
  packets: PacketShapes[];
  /** Above them: states, reasons, the now line. */
  marks: Shape[];
}

/** A number in a path: a tenth of a pixel is enough. */
export function n(v: number): string {
  return String(Math.round(v * 10) / 10);
}

export function polyline(points: readonly Point[]): string {
  return points.map((p, i) => `${i ? 'L' : 'M'}${n(p.x)} ${n(p.y)}`).join('');
}

export function text(
  cls: string, x: number, y: number, pieces: string | readonly Piece[],
  anchor: 'start' | 'middle' | 'end' = 'start', turn = 0,
): Shape {
  return { kind: 'text', cls, x, y, anchor, turn, pieces: typeof pieces === 'string' ? [{ text: pieces }] : pieces };
}

/** About how wide a text is, px, at a size: enough to keep labels apart without asking a font. */
export function textWidth(of: string | readonly Piece[], size = 11): number {
  const whole = typeof of === 'string' ? of : of.map((p) => p.text).join('');
  let width = 0;
  for (const c of whole) {
    const code = c.codePointAt(0) ?? 0;
    if (code > 0x2e7f) width += 1;
    else if (c === ' ' || 'ijl.,:;|!\'’'.includes(c)) width += 0.29;
    else if (c >= 'A' && c <= 'Z') width += 0.68;
    else if (c >= '0' && c <= '9') width += 0.556;
    else width += 0.53;
  }
  return width * size;
}

/** As {@link textWidth}, of a text in letters of one width. */
export function monoWidth(text: string, size = 11): number {
  return text.length * size * 0.602;
}

export function along(a: Point, b: Point, f: number): Point {
  return { x: a.x + (b.x - a.x) * f, y: a.y + (b.y - a.y) * f };
}

/** An arrow's head at `to`, pointing away from `from`: filled, hollow, or open for a pure ACK. */
export function head(from: Point, to: Point, form: 'filled' | 'hollow' | 'open'): Shape {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const ux = (to.x - from.x) / length;
  const uy = (to.y - from.y) / length;
  const size = form === 'open' ? 7 : 8;
  const half = form === 'open' ? 3.5 : 2.75;
  const back = { x: to.x - ux * size, y: to.y - uy * size };
  const a = { x: back.x - uy * half, y: back.y + ux * half };
  const b = { x: back.x + uy * half, y: back.y - ux * half };
  const d = form === 'open' ? polyline([a, to, b]) : `${polyline([a, to, b])}Z`;
  return { kind: 'path', cls: `head ${form}`, d };
}

export function cross(at: Point, size = 4): Shape {
  const { x, y } = at;
  const d = `M${n(x - size)} ${n(y - size)}L${n(x + size)} ${n(y + size)}`
    + `M${n(x - size)} ${n(y + size)}L${n(x + size)} ${n(y - size)}`;
  return { kind: 'path', cls: 'cross', d };
}

export function diamond(at: Point, size: number, cls: string): Shape {
  const { x, y } = at;
  const d = `M${n(x)} ${n(y - size)}L${n(x + size)} ${n(y)}L${n(x)} ${n(y + size)}L${n(x - size)} ${n(y)}Z`;
  return { kind: 'path', cls, d };
}

/** Bars where a packet is held. */
export function bars(at: Point): Shape {
  const { x, y } = at;
  return { kind: 'path', cls: 'bars', d: `M${n(x - 2.5)} ${n(y - 5)}v10M${n(x + 2.5)} ${n(y - 5)}v10` };
}

/** A ribbon from `a` to `b`, as thick as the segment lasts. */
export function ribbon(a: Point, b: Point, thick: number): Shape {
  const down = { x: 0, y: thick };
  const shift = (p: Point, f: number): Point => ({ x: p.x + down.x * f, y: p.y + down.y * f });
  const d = `${polyline([shift(a, -0.5), shift(b, -0.5), shift(b, 0.5), shift(a, 0.5)])}Z`;
  return { kind: 'path', cls: 'ribbon', d };
}
