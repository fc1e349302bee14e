/** A plot as uPlot draws it: thin lines, quiet grid, the strokes that are no lines, in the colours of the page. */
import uPlot from 'uplot';
import type { Ink, Plot, Strokes } from './plots.js';

export interface Paint {
  readonly width: number;
  readonly height: number;
  readonly colour: (name: Ink | 'hair' | 'paper') => string;
  readonly mono: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Values of very different size: a logarithmic axis. */
  readonly log: boolean;
  /** How a value of the y axis is written. */
  readonly y: (value: number) => string;
  /** Where a click was, s. */
  readonly clicked: (time: number) => void;
  /** The part that is looked at has changed: what lies over the figure must move. */
  readonly moved: () => void;
}

/** Strokes closer than this, px, would be one blot: they are drawn thinner. */
const DENSE = 3;

export function draw(plot: Plot, paint: Paint, into: HTMLElement): uPlot {
  const { colour } = paint;
  const axis = (label: string, size: number): uPlot.Axis => ({
    stroke: colour('ink3'), font: paint.mono, labelFont: paint.mono, label, labelSize: 16, labelGap: 0, size, gap: 4,
    grid: { stroke: colour('hair'), width: 1 }, ticks: { stroke: colour('hair'), width: 1, size: 4 },
  });
  const [low, high] = paint.log ? decades(plot) : extent(plot);
  const [from, to] = span(plot);
  const options: uPlot.Options = {
    width: paint.width, height: paint.height, legend: { show: false }, padding: [8, 12, 0, 0],
    cursor: { y: false, drag: { x: true, y: false, dist: 6 }, points: { show: false } },
    scales: { x: { time: false, range: (_, a, b) => (a === null || b === null || a === from && b === to || a === b ? [from, to] : [a, b]) }, y: { range: () => [low, high], ...(paint.log ? { distr: 3 as const } : {}) } },
    axes: [{ ...axis(paint.xLabel, 24), values: (_, ticks) => ticks.map(seconds) }, { ...axis(paint.yLabel, 44), values: (_, ticks) => ticks.map((v) => (v === null ? null : paint.y(v))) }],
    series: [{}, ...plot.series.map((s): uPlot.Series => ({
      stroke: colour(s.ink), width: s.dashed ? 1 : 1.5, points: { show: false }, ...(s.dashed ? { dash: [5, 3] } : {}),
      ...(s.steps ? { paths: stepped } : {}), spanGaps: true,
    }))],
    hooks: {
      drawSeries: [(u, i) => { if (i === plot.series.length) for (const s of plot.strokes) strokes(u, s, colour(s.ink)); }],
      draw: [(u) => { if (!plot.series.length) for (const s of plot.strokes) strokes(u, s, colour(s.ink)); }, () => paint.moved()],
    },
  };
  const x = plot.x.length ? plot.x : [from, to];
  const figure = new uPlot(options, [x as number[], ...plot.series.map((s) => s.values as (number | null)[])], into);
  let pressed: number | undefined;
  figure.over.addEventListener('pointerdown', (e) => { pressed = e.clientX; });
  figure.over.addEventListener('click', (e) => {
    if (pressed !== undefined && Math.abs(e.clientX - pressed) > 4) return;
    paint.clicked(figure.posToVal(e.clientX - figure.over.getBoundingClientRect().left, 'x'));
  });
  return figure;
}

const stepped: uPlot.Series.PathBuilder = (u, i, from, to) => uPlot.paths.stepped?.({ align: 1 })(u, i, from, to) ?? null;

/** A limit further off than this, times what is drawn against it, is left above the figure. */
const FAR = 3;

/** From zero to above the highest value; limits (dashed) count unless they would press everything else flat. */
function extent({ series, strokes: all, unit }: Plot): [number, number] {
  const top = (lists: readonly (readonly (number | null)[])[]): number => {
    let most = 0;
    for (const values of lists) for (const v of values) if (v !== null && v > most) most = v;
    return most;
  };
  let high = top([...series.filter((s) => !s.dashed).map((s) => s.values), ...all.map((s) => s.to)]);
  for (const s of series.filter((one) => one.dashed)) {
    const limit = top([s.values]);
    if (unit === 'entries' || !high || limit <= FAR * high) high = Math.max(high, limit);
  }
  return [0, high > 0 ? high * 1.06 : 1];
}

/** From below the least value above zero to above the highest. */
function decades({ series, strokes: all }: Plot): [number, number] {
  let [low, high] = [Infinity, 0];
  for (const values of [...series.map((s) => s.values), ...all.map((s) => s.y)]) {
    for (const v of values) {
      if (v === null || v <= 0) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  return high > 0 ? [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high * 1.01))] : [0.1, 1000];
}

function span({ x, strokes: all }: Plot): [number, number] {
  let [from, to] = [x[0] ?? Infinity, x.at(-1) ?? 0];
  for (const s of all) {
    for (const v of s.x) {
      if (v < from) from = v;
      if (v > to) to = v;
    }
  }
  if (!(to > from)) return [Math.max(0, (Number.isFinite(from) ? from : 0) - 0.001), (Number.isFinite(from) ? from : 0) + 0.001];
  const room = (to - from) * 0.02;
  return [Math.max(0, from - room), to + room];
}

function strokes(u: uPlot, s: Strokes, colour: string): void {
  const { ctx, bbox } = u;
  const scale = uPlot.pxRatio;
  const [left, right] = [u.scales.x?.min ?? 0, u.scales.x?.max ?? 1];
  const seen = s.x.reduce((n, x) => n + (x >= left && x <= right ? 1 : 0), 0);
  const dense = seen > bbox.width / scale / (s.mark === 'cross' ? 4 * DENSE : DENSE);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.setLineDash([]);
  ctx.lineWidth = (dense ? 1 : s.mark === 'cross' ? 1.5 : 2) * scale;
  ctx.beginPath();
  const arm = (dense ? 1.5 : 3.5) * scale;
  for (let i = 0; i < s.x.length; i++) {
    const time = s.x[i] as number;
    if (time < left || time > right) continue;
    const x = u.valToPos(time, 'x', true);
    const y = u.valToPos(s.y[i] as number, 'y', true);
    if (s.mark === 'bar') {
      const end = u.valToPos(s.to[i] as number, 'y', true);
      ctx.moveTo(x, y);
      // A single octet is seen too.
      ctx.lineTo(x, Math.abs(end - y) < 2 * scale ? y - 2 * scale : end);
    } else if (s.mark === 'cross') {
      ctx.moveTo(x - arm, y - arm);
      ctx.lineTo(x + arm, y + arm);
      ctx.moveTo(x - arm, y + arm);
      ctx.lineTo(x + arm, y - arm);
    } else {
      const r = (dense ? 1 : 1.75) * scale;
      ctx.rect(x - r, y - r, 2 * r, 2 * r);
    }
  }
  if (s.mark === 'dot') ctx.fill();
  else ctx.stroke();
  ctx.restore();
}

/** As few digits as the ticks need. */
function seconds(value: number): string {
  return String(Number(value.toFixed(6)));
}
