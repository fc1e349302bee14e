/** What a link does to frames, field by field: how each is typed and what stands in the file for it. */
import type { Impairing } from '../../engine/pkg/views.js';
import type { Words } from './words.js';

export interface LinkField {
  /** `loss`, `burst.p`: the place in an `Impairing`. */
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  /** Said by a mark that is there or not. */
  readonly flag: boolean;
  show(value: unknown): string;
  /** Undefined: nothing is asked for. What cannot be read stays as it was typed: the core says why. */
  read(text: string): unknown;
}

/** A group of fields; those of a queue's discipline are there where it is chosen. */
export interface FieldGroup {
  readonly title: string;
  readonly open: boolean;
  readonly fields: readonly LinkField[];
}

const number = (key: string, label: string, hint: string, scale = 1, whole = false): LinkField => ({
  key, label, hint, flag: false,
  show: (value) => (typeof value === 'number' ? String(+(value / scale).toPrecision(12)) : typeof value === 'string' ? value : ''),
  read: (text) => {
    if (text === '') return undefined;
    const value = Number(text);
    if (!Number.isFinite(value)) return text;
    const scaled = value * scale;
    return whole ? Math.round(scaled) : +scaled.toPrecision(12);
  },
});
const flag = (key: string, label: string): LinkField => ({
  key, label, hint: '', flag: true, show: (value) => (value === true ? '1' : ''), read: (text) => (text === '' ? undefined : true),
});

/** All that can be asked of a link, the usual first. */
export function fieldGroups(t: Words, discipline: Discipline): readonly FieldGroup[] {
  const percent = (key: string, label: string): LinkField => number(key, label, '0', 0.01);
  return [
    { title: '', open: true, fields: [
      number('delay_us', t('edit.delay'), '0', 1000, true), number('rate_bps', t('edit.rate'), t('edit.rate.none'), 1e6, true),
      number('queue_bytes', t('edit.queue'), t('edit.rate.none'), 1, true), percent('loss', t('edit.loss')), flag('down', t('edit.down')),
    ] },
    { title: t('edit.more'), open: false, fields: [
      number('jitter_us', t('edit.jitter'), '0', 1000, true), flag('in_order', t('edit.inOrder')), percent('reorder', t('edit.reorder')),
      percent('duplicate', t('edit.duplicate')), percent('corrupt', t('edit.corrupt')), number('mtu', t('edit.linkMtu'), t('edit.rate.none'), 1, true),
      percent('burst.p', t('edit.burst.p')), percent('burst.r', t('edit.burst.r')), percent('burst.bad_loss', t('edit.burst.bad')), percent('burst.good_loss', t('edit.burst.good')),
    ] },
    ...(discipline === 'codel' ? [{ title: 'CoDel', open: true, fields: [
      number('codel.target_us', t('edit.codel.target'), '5', 1000, true), number('codel.interval_us', t('edit.codel.interval'), '100', 1000, true), flag('codel.ecn', t('edit.ecn')),
    ] }] : discipline === 'red' ? [{ title: 'RED', open: true, fields: [
      number('red.min_bytes', t('edit.red.min'), '', 1, true), number('red.max_bytes', t('edit.red.max'), '', 1, true), percent('red.max_p', t('edit.red.maxP')), number('red.weight', t('edit.red.weight'), '0.002'), flag('red.ecn', t('edit.ecn')),
    ] }] : []),
  ];
}

export const DISCIPLINES = ['tail', 'codel', 'red'] as const;
export type Discipline = (typeof DISCIPLINES)[number];

export function disciplineOf(asked: Impairing): Discipline {
  return asked.codel ? 'codel' : asked.red ? 'red' : 'tail';
}

/** Another discipline for the queue, with the numbers that its makers advise. */
export function withDiscipline(asked: Impairing, discipline: Discipline): Impairing {
  const { codel: _c, red: _r, ...rest } = asked;
  if (discipline === 'codel') return { ...rest, codel: { target_us: 5000, interval_us: 100_000, ecn: false } };
  if (discipline === 'red') return { ...rest, red: { min_bytes: 30_000, max_bytes: 90_000, max_p: 0.02, weight: 0.002, ecn: false } };
  return rest;
}

type Bag = Readonly<Record<string, unknown>>;

export function valueOf(asked: Impairing, key: string): unknown {
  const [outer = '', inner] = key.split('.');
  const value = (asked as Bag)[outer];
  return inner === undefined ? value : (value as Bag | undefined)?.[inner];
}

/** The same with another value; of bursts, without either probability there are none. */
export function withValue(asked: Impairing, key: string, value: unknown): Impairing {
  const [outer = '', inner] = key.split('.');
  if (inner === undefined) return own({ ...asked, [outer]: value });
  const bag = own({ ...((asked as Bag)[outer] as Bag | undefined), [inner]: value });
  if (outer === 'burst' && bag['p'] === undefined && bag['r'] === undefined) return own({ ...asked, burst: undefined });
  const whole = outer === 'burst' ? { p: 0, r: 1, ...bag } : bag;
  return { ...asked, [outer]: whole };
}

function own(value: Bag): Impairing & Bag {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
}
