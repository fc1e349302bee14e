/** What packets are drawn upon: axis, bands, folds, lanes, timers, the occupancy of queues, the now line. */
import { fillOf, LANE, laneX, type Column } from './lanes.js';
import type { Labels, Place } from './labels.js';
import { openColumn, type Scene } from './scene.js';
import { n, text, type Shape } from './shapes.js';
import { tickStep, ticks, type Fold } from './warp.js';

const DIGITS = 9;
/** Characters that the flag on the axis has room for. */
const FLAG = 7;

/** Seconds, with as many digits as the scale tells apart. */
export function seconds(t: number, step: number): string {
  const digits = Math.min(DIGITS, Math.max(0, DIGITS - Math.floor(Math.log10(step))));
  return (t / 1e9).toFixed(digits);
}

/** Stretches of height that are not cut. */
function uncut(folds: readonly Fold[], y0: number, y1: number): [number, number][] {
  const out: [number, number][] = [];
  let top = y0;
  for (const f of folds) {
    if (f.y > top) out.push([top, Math.min(f.y, y1)]);
    top = f.y + f.height;
  }
  if (top < y1) out.push([top, y1]);
  return out;
}

export function bands(scene: Scene, y0: number, y1: number): Shape[] {
  const shapes: Shape[] = [];
  for (const [a, b] of uncut(scene.warp.foldsWithin(y0, y1), y0, y1)) {
    for (const c of scene.columns) {
      if (c.folded) shapes.push({ kind: 'path', cls: 'folded', d: `M${n(c.x + 2)} ${n(a)}V${n(b)}M${n(c.x + c.width / 2)} ${n(a)}V${n(b)}M${n(c.x + c.width - 2)} ${n(a)}V${n(b)}` });
      else shapes.push({ kind: 'rect', cls: 'band', x: c.x, y: a, width: c.width, height: b - a });
    }
  }
  return shapes;
}

export function axis(scene: Scene, y0: number, y1: number, flagY: number): Shape[] {
  const shapes: Shape[] = [];
  const x = scene.axis;
  const marks = ticks(scene.warp, y0, y1);
  const unit = tickStep(scene.warp);
  for (const [a, b] of uncut(scene.warp.foldsWithin(y0, y1), y0, y1)) {
    shapes.push({ kind: 'path', cls: 'axis', d: `M${n(x)} ${n(a)}V${n(b)}` });
  }
  for (const { t, y, label } of marks) {
    shapes.push({ kind: 'path', cls: 'axis', d: `M${n(x - (label ? 4 : 3))} ${n(y)}H${n(x)}` });
    if (label && Math.abs(y - flagY) > 14 && y > 4) shapes.push(text('axis-label', x - 7, y + 4, seconds(t, unit), 'end'));
  }
  for (const fold of scene.warp.foldsWithin(y0, y1)) shapes.push(...wave(scene, fold));
  return shapes;
}

function wave(scene: Scene, fold: Fold): Shape[] {
  const line = (y: number): Shape => {
    let d = `M${n(scene.axis - 6)} ${n(y)}`;
    for (let x = scene.axis - 6; x < scene.width - 2; x += 12) d += 'q3 -3 6 0t6 0';
    return { kind: 'path', cls: 'wave', d };
  };
  const length = scene.words.duration(fold.to - fold.from);
  return [
    line(fold.y), line(fold.y + fold.height),
    text('fold', scene.axis - 9, fold.y + fold.height / 2 + 4, length, 'end'),
  ];
}

export function laneShapes(scene: Scene, y0: number, y1: number): Shape[] {
  const shapes: Shape[] = [];
  const { warp } = scene;
  const visible = uncut(warp.foldsWithin(y0, y1), y0, y1);
  for (const lane of scene.lanes) {
    const column = openColumn(scene, lane.node);
    const first = lane.spans[0];
    if (!column || !first || warp.y(first.from) > y1) continue;
    const x = laneX(column, lane.slot);
    for (const span of lane.spans) {
      const top = warp.y(span.from);
      const bottom = Math.min(span.to === Infinity ? y1 : warp.y(span.to), y1);
      const cls = `lane ${fillOf(span.state)}${lane.flow === scene.flow ? ' own' : ''}`;
      for (const [a, b] of visible) {
        const [from, to] = [Math.max(a, top), Math.min(b, bottom)];
        if (to > from) shapes.push(...bar(cls, x, from, to, span.step > scene.step, warp.y(scene.now)));
      }
    }
  }
  return shapes;
}

/** A piece of a lane; what is ahead of now is pale. */
function bar(cls: string, x: number, from: number, to: number, ahead: boolean, now: number): Shape[] {
  const rect = (a: number, b: number, c: string): Shape =>
    ({ kind: 'rect', cls: c, x, y: a, width: LANE.width, height: b - a });
  if (ahead || from >= now) return [rect(from, to, `${cls} ahead`)];
  if (to <= now) return [rect(from, to, cls)];
  return [rect(from, now, cls), rect(now, to, `${cls} ahead`)];
}

/** Letters of the connections, above their lanes. */
export function laneLetters(scene: Scene, y0: number, y1: number, letter: (flow: number) => string): Shape[] {
  return scene.lanes.flatMap((lane) => {
    const column = openColumn(scene, lane.node);
    const y = scene.warp.y(lane.spans[0]?.from ?? 0);
    if (!column || y < y0 || y > y1) return [];
    const own = lane.flow === scene.flow ? ' own' : '';
    const pale = (lane.spans[0]?.step ?? 0) > scene.step ? ' ahead' : '';
    return [text(`letter${own}${pale}`, laneX(column, lane.slot) + LANE.width / 2, y - 2, letter(lane.flow), 'middle')];
  });
}

/** Timers that fired: a bracket from when they were set, beside the lane. */
export function timers(scene: Scene, labels: Labels, y0: number, y1: number): Shape[] {
  const { marks, warp } = scene;
  const shapes: Shape[] = [];
  for (const m of scene.told.timers) {
    const top = warp.y(marks.since(m));
    const bottom = warp.y(marks.time(m));
    const column = openColumn(scene, marks.node(m));
    if (!column || bottom < y0 || top > y1 || bottom - top < 4) continue;
    const right = outward(scene, column) === 'left';
    // Timers of several connections stand side by side.
    const lane = scene.lanes.find((l) => l.node === column.node && l.flow === marks.flow(m));
    const out = 4 + ((lane?.slot ?? 0) % 3) * 3;
    const x = right ? column.x + column.width + out : column.x - out;
    const ahead = marks.step(m) > scene.step ? ' ahead' : '';
    const tick = right ? -3 : 3;
    shapes.push({
      kind: 'path', cls: `timer${ahead}`, d: `M${n(x + tick)} ${n(top)}H${n(x)}V${n(bottom)}H${n(x + tick)}`,
    });
    const what = scene.words.timer(marks.a(m), marks.time(m) - marks.since(m), marks.flow(m));
    const side = (gap: number): Pick<Place, 'anchor' | 'x'> => (right ? { anchor: 'start', x: x + gap } : { anchor: 'end', x: x - gap });
    const folds = warp.foldsWithin(top, bottom);
    const inFold = folds.flatMap((f) => [5, 24, 48].map((gap, i) => ({ ...side(gap), y: f.y + f.height / 2 + 4, turn: 0, cost: i })));
    const beside = [0.5, 0.3, 0.7].map((f) => ({ ...side(5), y: top + (bottom - top) * f + 4, turn: 0, cost: 2 }));
    const label = labels.place(`timer-label${ahead}`, [{ text: what }], [...inFold, ...beside], { must: inFold.length > 0 });
    if (label) shapes.push(label);
  }
  return shapes;
}

/** The side of a column on which nothing flies. */
export function outward(scene: Scene, column: Column): 'left' | 'right' {
  return column === scene.columns.at(-1) && scene.columns.length > 1 ? 'right' : 'left';
}

/** Half-open and waiting connections along time, an entry a little lane; what is over the backlog is red. */
export function occupancy(scene: Scene, y0: number, y1: number): Shape[] {
  const { queues, told, marks, warp } = scene;
  if (!queues) return [];
  const of = told.queues.filter((m) => marks.node(m) === queues.node);
  const most = of.reduce((max, m) => Math.max(max, marks.x(m), marks.y(m)), 1);
  const half = queues.width / 2;
  const pitch = Math.min(7, (half - 8) / most);
  const shapes: Shape[] = [];
  const visible = uncut(warp.foldsWithin(y0, y1), y0, y1);
  const draw = (x: number, entries: number, kind: string, top: number, bottom: number, ahead: boolean, limit: number): void => {
    for (const [a, b] of visible) {
      const [from, to] = [Math.max(a, top), Math.min(b, bottom)];
      if (to <= from) continue;
      const wide = pitch >= 4;
      for (let k = 0; k < (wide ? entries : Math.min(entries, 1)); k++) {
        shapes.push({
          kind: 'rect', cls: `slot ${kind}${ahead ? ' ahead' : ''}${k >= limit ? ' over' : ''}`,
          x: x + k * pitch, y: from, width: wide ? pitch - 2 : entries * pitch, height: to - from,
        });
      }
    }
  };
  of.forEach((m, i) => {
    const next = of[i + 1];
    const top = warp.y(marks.time(m));
    const bottom = next === undefined ? y1 : warp.y(marks.time(next));
    if (bottom < y0 || top > y1) return;
    const now = warp.y(scene.now);
    const parts: [number, number, boolean][] = marks.step(m) > scene.step || top >= now ? [[top, bottom, true]]
      : bottom <= now ? [[top, bottom, false]] : [[top, now, false], [now, bottom, true]];
    for (const [a, b, ahead] of parts) {
      draw(queues.x, marks.x(m), 'half-open', a, b, ahead, Infinity);
      draw(queues.x + half, marks.y(m), 'waiting', a, b, ahead, queues.backlog);
    }
  });
  return shapes;
}

/** Now: a line across, its time on the axis. */
export function nowLine(scene: Scene): Shape[] {
  const y = scene.warp.y(scene.now);
  const label = seconds(scene.now, 4 / scene.warp.scale).slice(0, FLAG);
  const left = 0;
  const d = `M${n(left)} ${n(y - 9)}H${n(scene.axis - 6)}L${n(scene.axis)} ${n(y)}L${n(scene.axis - 6)} ${n(y + 9)}H${n(left)}Z`;
  return [
    { kind: 'path', cls: 'now', d: `M${n(scene.axis)} ${n(y)}H${n(scene.width)}` },
    { kind: 'path', cls: 'now-flag', d },
    text('now-label', scene.axis - 8, y + 4, label, 'end'),
  ];
}
