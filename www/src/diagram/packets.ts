/** The signs for packets: a line and a head that tell the kind, marks on it that tell what became of it. */
import { Bits, Fate, NONE16, Tcp } from '../engine/records.js';
import { columnOf, facing, type Foreseen, type Scene } from './scene.js';
import {
  along, bars, cross, diamond, head, n, polyline, ribbon, text, type PacketShapes, type Point, type Shape,
} from './shapes.js';
import { phaseOf, points, split, type WorldLine } from './worldline.js';

/** How thick a ribbon may be, px. */
const THIN = 4;
const THICK = 14;
/** A held or edited packet on the now line. */
const TOKEN = 5;

/** Everything that is drawn of one frame. */
export function packetShapes(scene: Scene, line: WorldLine): PacketShapes {
  const { frames } = scene;
  const { frame, phase } = line;
  const selected = frame === scene.selected;
  const past = points(scene, line.past);
  const shapes: Shape[] = [];
  if (selected && phase !== 'held') shapes.push(...halo(past));
  body(scene, line, shapes);
  if (line.rest.length) shapes.push({ kind: 'path', cls: 'rest', d: polyline(points(scene, line.rest)) });
  for (const wait of line.waits) {
    const at = { x: wait.x, y: scene.warp.y(wait.from) };
    shapes.push({ kind: 'path', cls: 'wait', d: `M${n(wait.x)} ${n(at.y)}V${n(scene.warp.y(wait.to))}` }, bars(at));
  }
  ends(scene, line, past, shapes);
  if (frames.bits(frame) & (Bits.ruled | Bits.impaired)) shapes.push(ruled(past));
  if (frames.resent(frame) > 0) shapes.push(...ring(past, frames.resent(frame) + 1));
  const cls = [
    'packet', phase, selected ? 'selected' : '', frames.flow(frame) === scene.flow ? 'own' : '',
    frames.bits(frame) & Bits.injected ? 'injected' : '', scene.dense ? 'dense' : '',
  ].filter(Boolean).join(' ');
  const whole = [...past, ...points(scene, line.rest)];
  return { frame, cls, shapes, hit: polyline(whole), sent: frames.sent(frame) };
}

/** A frame between two nodes of one fold: a stroke across it, where it left; a cross where it was lost or dropped. */
export function within(scene: Scene, frame: number): PacketShapes | undefined {
  const { frames } = scene;
  const column = columnOf(scene, frames.from(frame));
  if (!column?.folded || columnOf(scene, frames.to(frame)) !== column) return undefined;
  const y = scene.warp.y(frames.sent(frame));
  const [a, b] = [{ x: column.x, y }, { x: column.x + column.width, y }];
  const fate = frames.fate(frame);
  const gone = fate === Fate.lost || fate === Fate.droppedByPerson || fate === Fate.droppedByHost;
  const shapes: Shape[] = [{ kind: 'path', cls: 'line', d: polyline([a, b]) }];
  if (gone && frames.stepEnded(frame) <= scene.step) shapes.push(cross({ x: (a.x + b.x) / 2, y }, 3));
  const cls = ['packet inside', phaseOf(scene, frame), frame === scene.selected ? 'selected' : '', frames.flow(frame) === scene.flow ? 'own' : ''].filter(Boolean).join(' ');
  if (frame === scene.selected) shapes.unshift(...halo([a, b]));
  return { frame, cls, shapes, hit: polyline([a, b]), sent: frames.sent(frame) };
}

/** Blue outline of what is selected. */
function halo(past: readonly Point[]): Shape[] {
  const d = polyline(past);
  return [{ kind: 'path', cls: 'halo', d }, { kind: 'path', cls: 'halo-in', d }];
}

/** The line itself, plum after an edit. */
function body(scene: Scene, line: WorldLine, shapes: Shape[]): void {
  const { frames } = scene;
  const thick = frames.payload(line.frame) > 0 && !scene.dense
    ? Math.min(THICK, Math.max(THIN, frames.duration(line.frame) * scene.warp.scale)) : 0;
  const draw = (corners: WorldLine['past'], cls: string): void => {
    const at = points(scene, corners);
    for (let i = 1; i < at.length; i++) {
      const [a, b] = [at[i - 1] as Point, at[i] as Point];
      if (a.x === b.x) continue;
      if (thick) shapes.push({ ...ribbon(a, b, thick), cls: `ribbon${cls}` });
      else shapes.push({ kind: 'path', cls: `line${cls}`, d: polyline([a, b]) });
    }
  };
  const last = line.past.at(-1)?.t ?? 0;
  if (line.edited === undefined || line.edited >= last) return draw(line.past, '');
  const [before, after] = split(line.past, line.edited);
  draw(before, '');
  draw(after, ' edited');
  const at = points(scene, before).at(-1);
  if (at) shapes.push(diamond(at, TOKEN, 'token edited'));
}

/** Head, cross or token at the end that we know of. */
function ends(scene: Scene, line: WorldLine, past: readonly Point[], shapes: Shape[]): void {
  const { frames } = scene;
  const { frame } = line;
  const tip = past.at(-1) as Point;
  const before = past.findLast((p) => p.x !== tip.x) ?? past[0] ?? tip;
  const edited = line.edited !== undefined ? ' edited' : '';
  if (line.phase === 'held') {
    const foreseen = scene.foreseen?.frame === frame ? scene.foreseen : undefined;
    if (edited || foreseen?.change) shapes.push(diamond(tip, TOKEN + 1, 'token edited'));
    else shapes.push({ kind: 'rect', cls: 'token', x: tip.x - 4, y: tip.y - 4, width: 8, height: 8 });
    if (frame === scene.selected) shapes.push(diamond(tip, TOKEN + 5, 'outline'));
    return;
  }
  const flags = frames.flags(frame);
  const pure = frames.flow(frame) !== NONE16 && frames.payload(frame) === 0
    && (flags & (Tcp.syn | Tcp.fin | Tcp.rst | Tcp.ack)) === Tcp.ack;
  const late = frames.bits(frame) & Bits.outOfOrder;
  const tipShape = head(before, tip, pure ? 'open' : late ? 'hollow' : 'filled');
  if (line.phase === 'flying') {
    shapes.push({ ...tipShape, cls: `${tipShape.cls}${edited}` });
    if (scene.foreseen?.frame === frame && scene.foreseen.change) shapes.push(diamond(tip, TOKEN + 1, 'token edited'));
    return;
  }
  const fate = frames.fate(frame);
  if (fate === Fate.lost || fate === Fate.droppedByPerson) shapes.push(cross(tip));
  else if (fate === Fate.droppedByHost) shapes.push(cross({ x: tip.x + Math.sign(before.x - tip.x) * 5, y: tip.y }));
  else shapes.push({ ...tipShape, cls: `${tipShape.cls}${edited}` });
}

/** A standing rule acted: a square where it left. */
function ruled(past: readonly Point[]): Shape {
  const [a, b] = [past[0] as Point, (past[1] ?? past[0]) as Point];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const at = along(a, b, Math.min(0.5, 28 / length));
  return { kind: 'rect', cls: 'token edited', x: at.x - 3.5, y: at.y - 3.5, width: 7, height: 7 };
}

/** Sent again: which time this is, at the tail. */
function ring(past: readonly Point[], count: number): Shape[] {
  const [a, b] = [past[0] as Point, (past[1] ?? past[0]) as Point];
  const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
  const at = along(a, b, Math.min(0.5, 14 / length));
  return [
    { kind: 'circle', cls: 'ring', x: at.x, y: at.y, r: count > 9 ? 8 : 6.5 },
    text('ring-count', at.x, at.y + 4, String(count), 'middle'),
  ];
}

/** What delivering the selected packet would do, dashed: not yet true. */
export function foreseenShapes(scene: Scene, foreseen: Foreseen, from: Point): Shape[] {
  const { frames, warp } = scene;
  const shapes: Shape[] = [];
  const a = columnOf(scene, frames.from(foreseen.frame));
  const b = columnOf(scene, frames.to(foreseen.frame));
  if (a && b && a !== b) {
    const to = { x: facing(a, b)[1], y: warp.y(foreseen.arrives) };
    shapes.push({ kind: 'path', cls: 'foreseen', d: polyline([from, to]) });
    shapes.push(foreseen.refused ? cross({ x: to.x + Math.sign(from.x - to.x) * 5, y: to.y }) : tip(from, to));
  }
  for (const reply of foreseen.replies) {
    const ra = columnOf(scene, reply.from);
    const rb = columnOf(scene, reply.to);
    if (!ra || !rb || ra === rb) continue;
    const [xa, xb] = facing(ra, rb);
    const start = { x: xa, y: warp.y(reply.sent) };
    const end = { x: xb, y: warp.y(reply.arrives) };
    shapes.push({ kind: 'path', cls: 'foreseen', d: polyline([start, end]) }, tip(start, end));
  }
  return shapes;
}

function tip(from: Point, to: Point): Shape {
  const shape = head(from, to, 'filled');
  return { ...shape, cls: `${shape.cls} edited` };
}
