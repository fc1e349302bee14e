/** The state diagram of RFC 9293 figure 5: where each state stands, and the edges between them. Pure. */
export interface Point { readonly x: number; readonly y: number }
export interface Edge {
  readonly from: string;
  readonly to: string;
  /** Event and action, as the RFC writes them. */
  readonly why: string;
}

export const SIZE = { width: 220, height: 166 } as const;

/** Middle of each state's name. */
export const STATES: Readonly<Record<string, Point>> = {
  CLOSED: { x: 110, y: 8 },
  LISTEN: { x: 36, y: 32 },
  'SYN-SENT': { x: 184, y: 32 },
  'SYN-RECEIVED': { x: 46, y: 62 },
  ESTABLISHED: { x: 176, y: 62 },
  'FIN-WAIT-1': { x: 38, y: 96 },
  'CLOSE-WAIT': { x: 180, y: 96 },
  CLOSING: { x: 112, y: 112 },
  'FIN-WAIT-2': { x: 38, y: 128 },
  'LAST-ACK': { x: 184, y: 128 },
  'TIME-WAIT': { x: 112, y: 143 },
};

export const EDGES: readonly Edge[] = [
  { from: 'CLOSED', to: 'LISTEN', why: 'passive OPEN' },
  { from: 'CLOSED', to: 'SYN-SENT', why: 'active OPEN, snd SYN' },
  { from: 'LISTEN', to: 'SYN-RECEIVED', why: 'rcv SYN, snd SYN,ACK' },
  { from: 'LISTEN', to: 'SYN-SENT', why: 'SEND, snd SYN' },
  { from: 'SYN-SENT', to: 'SYN-RECEIVED', why: 'rcv SYN, snd SYN,ACK' },
  { from: 'SYN-SENT', to: 'ESTABLISHED', why: 'rcv SYN,ACK, snd ACK' },
  { from: 'SYN-RECEIVED', to: 'ESTABLISHED', why: 'rcv ACK of SYN' },
  { from: 'SYN-RECEIVED', to: 'FIN-WAIT-1', why: 'CLOSE, snd FIN' },
  { from: 'ESTABLISHED', to: 'FIN-WAIT-1', why: 'CLOSE, snd FIN' },
  { from: 'ESTABLISHED', to: 'CLOSE-WAIT', why: 'rcv FIN, snd ACK' },
  { from: 'FIN-WAIT-1', to: 'FIN-WAIT-2', why: 'rcv ACK of FIN' },
  { from: 'FIN-WAIT-1', to: 'CLOSING', why: 'rcv FIN, snd ACK' },
  { from: 'FIN-WAIT-2', to: 'TIME-WAIT', why: 'rcv FIN, snd ACK' },
  { from: 'CLOSING', to: 'TIME-WAIT', why: 'rcv ACK of FIN' },
  { from: 'CLOSE-WAIT', to: 'LAST-ACK', why: 'CLOSE, snd FIN' },
  { from: 'LAST-ACK', to: 'CLOSED', why: 'rcv ACK of FIN' },
  { from: 'TIME-WAIT', to: 'CLOSED', why: '2 MSL' },
];

/** Edges that the figure leaves out while they are not taken: they would cross half of it. */
const LONG: ReadonlySet<string> = new Set(['LAST-ACK>CLOSED', 'TIME-WAIT>CLOSED', 'LISTEN>SYN-SENT']);

/** A child of a listener begins where that stands (RFC 9293 §3.10.7.2), not where a socket begins that is nothing yet. */
const begun = ([from, to]: readonly [string, string]): readonly [string, string] =>
  [from === 'CLOSED' && (to === 'SYN-RECEIVED' || to === 'ESTABLISHED') ? 'LISTEN' : from, to];

/** Edges to draw: those of the figure, and those of `changes` even where the figure has no such edge (a RST, a SYN cookie). */
export function edgesFor(changes: readonly (readonly [string, string])[]): (Edge & { readonly lit: boolean })[] {
  const taken = changes.map(begun);
  const lit = new Set(taken.map(([a, b]) => `${a}>${b}`));
  const drawn = EDGES.filter((e) => lit.has(`${e.from}>${e.to}`) || !LONG.has(`${e.from}>${e.to}`));
  const extra = taken.filter(([a, b]) => a !== b && a in STATES && b in STATES && !EDGES.some((e) => e.from === a && e.to === b));
  return [
    ...drawn.map((e) => ({ ...e, lit: lit.has(`${e.from}>${e.to}`) })),
    ...extra.map(([from, to]) => ({ from, to, why: to === 'CLOSED' ? 'RST' : 'rcv ACK of a SYN cookie', lit: true })),
  ];
}

/** Edges that go round the figure, along its right side. */
const AROUND: ReadonlySet<string> = new Set(['LAST-ACK>CLOSED', 'TIME-WAIT>CLOSED']);

function around(from: string, to: string): { readonly line: string; readonly head: string } {
  const [a, b] = [STATES[from] as Point, STATES[to] as Point];
  const end = b.x + box(to).w;
  return { line: `M${n(a.x + box(from).w)} ${a.y}H${SIZE.width - 1}V${b.y}H${n(end)}`, head: `M${n(end + 5)} ${b.y - 2.5}L${n(end)} ${b.y}L${n(end + 5)} ${b.y + 2.5}` };
}

/** Half of a name's box, px. */
export function box(state: string): { readonly w: number; readonly h: number } {
  return { w: (state.length * 6.9) / 2 + 3, h: 8 };
}

/** An arrow from box to box: its line and its head. */
export function arrow(from: string, to: string): { readonly line: string; readonly head: string } {
  if (AROUND.has(`${from}>${to}`)) return around(from, to);
  const a = STATES[from] as Point;
  const b = STATES[to] as Point;
  const p = leave(a, b, box(from));
  const q = leave(b, a, box(to));
  const angle = Math.atan2(q.y - p.y, q.x - p.x);
  const barb = (turn: number): string => `${n(q.x - 5 * Math.cos(angle + turn))} ${n(q.y - 5 * Math.sin(angle + turn))}`;
  return { line: `M${n(p.x)} ${n(p.y)}L${n(q.x)} ${n(q.y)}`, head: `M${barb(0.45)}L${n(q.x)} ${n(q.y)}L${barb(-0.45)}` };
}

/** Where the way from `a` to `b` leaves the box around `a`. */
function leave(a: Point, b: Point, { w, h }: { w: number; h: number }): Point {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const s = Math.min(dx === 0 ? Infinity : w / Math.abs(dx), dy === 0 ? Infinity : h / Math.abs(dy));
  return { x: a.x + dx * Math.min(s, 0.5), y: a.y + dy * Math.min(s, 0.5) };
}

function n(x: number): string {
  return x.toFixed(1);
}
