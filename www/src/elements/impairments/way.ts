/** What a link does one way, as people type it: fields with their units, and what the core is asked for. Pure. */
import type { Impairing } from '../../engine/pkg/views.js';

/** A field of the form. A measure is typed in units of `scale` of the core's. */
export interface Field {
  readonly key: string;
  /** Its place in an `Impairing`. */
  readonly path: readonly [keyof Impairing] | readonly ['burst' | 'codel' | 'red', string];
  readonly scale: number;
  readonly whole?: true;
}

export type Queue = 'droptail' | 'codel' | 'red';

const MS = 1_000;
const PERCENT = 0.01;

/** Fields that are always there, in the order in which a frame meets them. */
export const FIELDS: readonly Field[] = [
  { key: 'mtu', path: ['mtu'], scale: 1, whole: true },
  { key: 'rate', path: ['rate_bps'], scale: 1e6, whole: true },
  { key: 'queue', path: ['queue_bytes'], scale: 1, whole: true },
  { key: 'delay', path: ['delay_us'], scale: MS, whole: true },
  { key: 'jitter', path: ['jitter_us'], scale: MS, whole: true },
  { key: 'reorder', path: ['reorder'], scale: PERCENT },
  { key: 'loss', path: ['loss'], scale: PERCENT },
  { key: 'burst.p', path: ['burst', 'p'], scale: PERCENT },
  { key: 'burst.r', path: ['burst', 'r'], scale: PERCENT },
  { key: 'burst.bad_loss', path: ['burst', 'bad_loss'], scale: PERCENT },
  { key: 'burst.good_loss', path: ['burst', 'good_loss'], scale: PERCENT },
  { key: 'duplicate', path: ['duplicate'], scale: PERCENT },
  { key: 'corrupt', path: ['corrupt'], scale: PERCENT },
];

/** Fields of a way of managing the queue. */
export const MANAGED: Readonly<Record<Queue, readonly Field[]>> = {
  droptail: [],
  codel: [
    { key: 'codel.target', path: ['codel', 'target_us'], scale: MS, whole: true },
    { key: 'codel.interval', path: ['codel', 'interval_us'], scale: MS, whole: true },
  ],
  red: [
    { key: 'red.min', path: ['red', 'min_bytes'], scale: 1, whole: true },
    { key: 'red.max', path: ['red', 'max_bytes'], scale: 1, whole: true },
    { key: 'red.max_p', path: ['red', 'max_p'], scale: PERCENT },
    { key: 'red.weight', path: ['red', 'weight'], scale: PERCENT },
  ],
};

/** As it begins where nobody has said anything: RFC 8289 §4, Floyd and Jacobson 1993 §6 with a queue of ten frames. */
const BEGINS = {
  burst: { p: 0, r: 1, bad_loss: 1, good_loss: 0 },
  codel: { target_us: 5_000, interval_us: 100_000, ecn: false },
  red: { min_bytes: 7_500, max_bytes: 22_500, max_p: 0.02, weight: 0.002, ecn: false },
} as const;

export const queueOf = (way: Impairing): Queue => (way.codel ? 'codel' : way.red ? 'red' : 'droptail');

/** The number in a field, as it is typed; empty where nothing is asked for. */
export function shown(way: Impairing, field: Field): string {
  const [first, second] = field.path as readonly string[];
  const outer = (way as Record<string, unknown>)[first as string];
  const value = second === undefined ? outer : (outer as Record<string, unknown> | undefined)?.[second];
  return typeof value === 'number' ? String(+(value / field.scale).toPrecision(12)) : '';
}

/** The most that a field takes: of all frames there are no more than all of them. */
export const mostOf = (field: Field): number => (field.scale === PERCENT ? 100 : Infinity);

/** With another number in a field. Undefined: what is typed is no number that it takes. */
export function typed(way: Impairing, field: Field, text: string): Impairing | undefined {
  const trimmed = text.trim();
  const number = Number(trimmed);
  if (trimmed !== '' && !(Number.isFinite(number) && number >= 0 && number <= mostOf(field))) return undefined;
  const scaled = number * field.scale;
  const value = trimmed === '' ? undefined : field.whole ? Math.round(scaled) : +scaled.toPrecision(12);
  const [first, second] = field.path as readonly string[];
  if (second === undefined) return without({ ...way, [first as string]: value });
  const group = first as 'burst' | 'codel' | 'red';
  // A burst that never begins is none.
  if (group === 'burst' && second === 'p' && !value) return without({ ...way, burst: undefined });
  const next = { ...BEGINS[group], ...way[group], ...(value === undefined ? {} : { [second]: value }) };
  return without({ ...way, [group]: next });
}

/** With the queue managed another way. */
export function managed(way: Impairing, queue: Queue, ecn: boolean): Impairing {
  const { codel, red, ...rest } = way;
  if (queue === 'codel') return { ...rest, codel: { ...BEGINS.codel, ...codel, ecn } };
  if (queue === 'red') return { ...rest, red: { ...BEGINS.red, ...red, ecn } };
  return rest;
}

export const marks = (way: Impairing): boolean => way.codel?.ecn ?? way.red?.ecn ?? false;

/** With a switch on or off. */
export const switched = (way: Impairing, key: 'in_order' | 'down', on: boolean): Impairing => without({ ...way, [key]: on || undefined });

/** Whether two ask for the same. */
export const same = (a: Impairing, b: Impairing): boolean => canonical(a) === canonical(b);

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) => (v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v));
}

function without(way: { [K in keyof Impairing]?: Impairing[K] | undefined }): Impairing {
  return Object.fromEntries(Object.entries(way).filter(([, v]) => v !== undefined && v !== null));
}
