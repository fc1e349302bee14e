/**
 * A window drawn on the sequence line: where its edges stand, and what lies between them. Not to scale (a byte
 * in flight beside a window of 64 KiB would be invisible), but in order; breaks in the line say so. Pure.
 */

/** An edge: a sequence number with the names of those that stand at it. */
export interface Edge {
  /** Octets from the first edge; negative for what lies before it. */
  readonly offset: number;
  readonly names: readonly string[];
  readonly changed: boolean;
  /** A packet's number, not a variable's. */
  readonly packet: boolean;
}

export interface Tick extends Edge {
  readonly x: number;
  /** The number as it is written below. */
  readonly label: string;
}

export interface Span {
  readonly kind: 'inflight' | 'usable' | 'forbidden' | 'unread';
  readonly x: number;
  readonly width: number;
}

export interface Line {
  readonly ticks: readonly Tick[];
  readonly spans: readonly Span[];
  /** Where the line is broken. */
  readonly breaks: readonly number[];
}

export interface Request {
  readonly edges: readonly Edge[];
  /** `[kind, from, to]` in offsets. */
  readonly spans: readonly (readonly [Span['kind'], number, number])[];
  /** A number at an offset, in full. */
  readonly number: (offset: number) => string;
  readonly width: number;
}

/** Advance of a digit and of a letter at the size of labels, px. */
const DIGIT = 6.7;
const LETTER = 6.2;
const GAP = 6;
const MARGIN = 4;

export function line({ edges, spans, number, width }: Request): Line {
  const merged = merge(edges);
  const full = merged.map((e) => number(e.offset));
  // Where ten digits at each edge do not fit, all but the first count from it.
  const labels = room(merged, full, width) ? full : full.map((text, i) => (i === 0 ? text : `+${(merged[i] as Edge).offset - (merged[0] as Edge).offset}`));
  const least = gaps(merged, labels);
  const first = half(merged[0], labels[0]);
  const last = half(merged.at(-1), labels.at(-1));
  const spare = Math.max(0, width - 2 * MARGIN - first - last - sum(least));
  const weights = merged.slice(1).map((e, i) => Math.log2(1 + e.offset - (merged[i] as Edge).offset));
  const whole = sum(weights) || 1;

  let x = MARGIN + first;
  const ticks = merged.map((e, i): Tick => {
    if (i > 0) x += (least[i - 1] as number) + (spare * (weights[i - 1] as number)) / whole;
    return { ...e, x: Math.round(x), label: labels[i] as string };
  });
  const at = new Map(ticks.map((t) => [t.offset, t.x]));
  return {
    ticks,
    spans: spans.flatMap(([kind, from, to]) => {
      const [a, b] = [at.get(from), at.get(to)];
      return a === undefined || b === undefined || b <= a ? [] : [{ kind, x: a, width: b - a }];
    }),
    breaks: breaks(ticks),
  };
}

/** Edges at the same number stand together; in order. */
function merge(edges: readonly Edge[]): Edge[] {
  const out: Edge[] = [];
  for (const edge of [...edges].sort((a, b) => a.offset - b.offset)) {
    const last = out.at(-1);
    if (last?.offset === edge.offset) {
      out[out.length - 1] = { ...last, names: [...last.names, ...edge.names], changed: last.changed || edge.changed, packet: last.packet || edge.packet };
    } else out.push(edge);
  }
  return out;
}

function half(edge: Edge | undefined, label: string | undefined): number {
  if (!edge || label === undefined) return 0;
  return Math.max(label.length * DIGIT, edge.names.join(' ').length * LETTER) / 2;
}

function gaps(edges: readonly Edge[], labels: readonly string[]): number[] {
  return edges.slice(1).map((e, i) => half(edges[i], labels[i]) + half(e, labels[i + 1]) + GAP);
}

function room(edges: readonly Edge[], labels: readonly string[], width: number): boolean {
  return sum(gaps(edges, labels)) + half(edges[0], labels[0]) + half(edges.at(-1), labels.at(-1)) + 2 * MARGIN <= width;
}

/** A break in the middle of each stretch that is drawn much shorter than the shortest one's scale would have it. */
function breaks(ticks: readonly Tick[]): number[] {
  const stretches = ticks.slice(1).map((t, i) => ({ from: ticks[i] as Tick, to: t, octets: t.offset - (ticks[i] as Tick).offset }));
  const scale = Math.max(...stretches.map((s) => (s.to.x - s.from.x) / s.octets));
  return stretches.filter((s) => (s.to.x - s.from.x) / s.octets < scale / 4).map((s) => Math.round((s.from.x + s.to.x) / 2));
}

function sum(all: readonly number[]): number {
  return all.reduce((a, b) => a + b, 0);
}

/** The variables that a send window is made of. */
export interface SendVariables {
  readonly una: number;
  readonly nxt: number;
  readonly wnd: number;
  readonly cwnd: number | undefined;
  readonly changed: ReadonlySet<string>;
}

/** Sequence space from `a` to `b`, round the corner too. */
export function distance(a: number, b: number): number {
  return (b - a) | 0;
}

export function sendWindow(v: SendVariables, packet?: number): Pick<Request, 'edges' | 'spans'> {
  const nxt = distance(v.una, v.nxt);
  const cwnd = v.cwnd === undefined || v.cwnd >= 0x7fffffff ? undefined : v.cwnd;
  const may = Math.max(nxt, Math.min(v.wnd, cwnd ?? v.wnd));
  const most = Math.max(v.wnd, cwnd ?? 0);
  const edge = (offset: number, name: string, ...variables: string[]): Edge =>
    ({ offset, names: [name], changed: variables.some((n) => v.changed.has(n)), packet: false });
  const edges = [edge(0, 'UNA', 'SND.UNA'), edge(nxt, 'NXT', 'SND.NXT'), edge(v.wnd, 'WND', 'SND.WND', 'SND.UNA')];
  if (cwnd !== undefined) edges.push(edge(cwnd, 'cwnd', 'cwnd', 'SND.UNA'));
  if (packet !== undefined) edges.push({ offset: distance(v.una, packet), names: ['SEQ'], changed: false, packet: true });
  return { edges, spans: [['inflight', 0, nxt], ['usable', nxt, may], ['forbidden', may, most]] };
}

/** The variables that a receive window is made of; `unread` octets wait before it. */
export interface ReceiveVariables {
  readonly nxt: number;
  readonly wnd: number;
  readonly unread: number;
  readonly changed: ReadonlySet<string>;
}

export function receiveWindow(v: ReceiveVariables, packet?: number): Pick<Request, 'edges' | 'spans'> {
  const edges: Edge[] = [
    { offset: 0, names: ['NXT'], changed: v.changed.has('RCV.NXT'), packet: false },
    { offset: v.wnd, names: ['WND'], changed: v.changed.has('RCV.WND') || v.changed.has('RCV.NXT'), packet: false },
  ];
  if (v.unread > 0) edges.push({ offset: -v.unread, names: ['read'], changed: false, packet: false });
  if (packet !== undefined) edges.push({ offset: distance(v.nxt, packet), names: ['SEQ'], changed: false, packet: true });
  return { edges, spans: [['unread', -v.unread, 0], ['usable', 0, v.wnd]] };
}
