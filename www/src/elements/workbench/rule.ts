/** A standing rule as a sentence, and as the fields of a form. Pure. */
import type { StandingRule, StandingThen, StandingWhen } from '../../engine/pkg/views.js';
import type { Lang } from '../../locales/index.js';
import { fieldLabel } from '../../locales/sentences.js';
import type { Words } from './words.js';

/** Frames that people name; what is said of them beyond is said one by one. */
export const KINDS = {
  any: {},
  syn: { set: 'SYN', clear: 'ACK' },
  synack: { set: 'SYN ACK' },
  ack: { set: 'ACK', clear: 'SYN FIN RST', data: false },
  data: { data: true },
  fin: { set: 'FIN' },
  rst: { set: 'RST' },
} as const satisfies Record<string, Partial<StandingWhen>>;
export type Kind = keyof typeof KINDS | 'flags';

/** Options by kind, with the name in the catalogue of fields. */
export const OPTIONS: readonly (readonly [number, string])[] = [
  [2, 'tcp.options.mss'], [3, 'tcp.options.wscale'], [4, 'tcp.options.sack_perm'], [5, 'tcp.options.sack'], [8, 'tcp.options.timestamp'], [34, 'tcp.options.tfo'],
];

export const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'AE'] as const;
/** Wireshark's names of the flags. */
const FLAG_FIELDS: Readonly<Record<string, string>> = {
  FIN: 'tcp.flags.fin', SYN: 'tcp.flags.syn', RST: 'tcp.flags.reset', PSH: 'tcp.flags.push', ACK: 'tcp.flags.ack', URG: 'tcp.flags.urg', ECE: 'tcp.flags.ece', CWR: 'tcp.flags.cwr', AE: 'tcp.flags.ae',
};

/** Fields that a rule can compare or set. */
export const FIELDS = [
  'tcp.seq', 'tcp.ack', 'tcp.window_size_value', 'tcp.srcport', 'tcp.dstport', 'tcp.urgent_pointer', 'tcp.hdr_len', 'tcp.checksum', 'tcp.options.mss_val', 'tcp.options.wscale.shift',
  'tcp.options.timestamp.tsval', 'ip.ttl', 'ip.len', 'ip.id', 'ip.dsfield.dscp', 'ip.dsfield.ecn', 'ip.proto', 'ip.flags.df',
] as const;

export const NOTHING: StandingWhen = { from: null, to: null, set: null, clear: null, data: null, option: null, again: null, field: null, nth: null, every: null };

/** What a form holds: all of it, whether or not the action asks for it. */
export interface Draft {
  readonly then: 'drop' | 'duplicate' | 'delay' | 'hold' | 'setFlag' | 'clearFlag' | 'set' | 'removeOption' | 'corrupt';
  readonly kind: Kind;
  readonly from: string;
  readonly to: string;
  readonly set: string;
  readonly clear: string;
  readonly which: 'all' | 'nth' | 'every';
  readonly n: string;
  readonly again: '' | 'yes' | 'no';
  readonly option: string;
  readonly field: string;
  readonly is: string;
  readonly value: string;
  readonly by: string;
  readonly flag: string;
  readonly of: string;
  readonly to_value: string;
  readonly taken: string;
  readonly mend: boolean;
}

export const EMPTY: Draft = {
  then: 'drop', kind: 'synack', from: '', to: '', set: '', clear: '', which: 'all', n: '2', again: '', option: '', field: '', is: '=', value: '0', by: '200', flag: 'SYN', of: 'tcp.window_size_value', to_value: '0', taken: '4', mend: true,
};

/** Rules to begin with; the machines are the scenario's first client and server. */
export function examples(client: string, server: string): readonly Draft[] {
  return [
    { ...EMPTY, then: 'drop', kind: 'ack', from: client, which: 'every', n: '2' },
    { ...EMPTY, then: 'removeOption', kind: 'syn', taken: '4' },
    { ...EMPTY, then: 'drop', kind: 'data', which: 'nth', n: '3' },
    { ...EMPTY, then: 'drop', kind: 'synack', from: server },
  ];
}

/** The rule that a form says; the numbers that are none are NaN, which the core refuses. */
export function ruleOf(d: Draft): StandingRule {
  const kind: Partial<StandingWhen> = d.kind === 'flags' ? { set: d.set || null, clear: d.clear || null } : KINDS[d.kind];
  const n = Number(d.n);
  return {
    when: {
      ...NOTHING, ...kind, from: d.from || null, to: d.to || null,
      again: d.again === '' ? null : d.again === 'yes', option: d.option === '' ? null : Number(d.option),
      field: d.field === '' ? null : { name: d.field, is: d.is, value: Number(d.value) },
      nth: d.which === 'nth' ? n : null, every: d.which === 'every' ? n : null,
    },
    then: thenOf(d),
  };
}

function thenOf(d: Draft): StandingThen {
  switch (d.then) {
    case 'delay': return { kind: 'delay', us: Number(d.by) * 1000 };
    case 'setFlag': return { kind: 'set', name: FLAG_FIELDS[d.flag] ?? '', value: '1', mend: d.mend };
    case 'clearFlag': return { kind: 'set', name: FLAG_FIELDS[d.flag] ?? '', value: '0', mend: d.mend };
    case 'set': return { kind: 'set', name: d.of, value: d.to_value, mend: d.mend };
    case 'removeOption': return { kind: 'removeOption', option: Number(d.taken), mend: d.mend };
    default: return { kind: d.then };
  }
}

// ---- as a sentence

export function optionName(lang: Lang, t: Words, kind: number): string {
  const name = OPTIONS.find(([k]) => k === kind)?.[1];
  return name === undefined ? t('option.unknown', { kind }) : fieldLabel(lang, name, false);
}

/** What a rule says, in a sentence. */
export function sentenceOf(lang: Lang, t: Words, { when, then }: StandingRule): string {
  const what = frames(lang, t, when);
  const kept = (then.kind === 'set' || then.kind === 'removeOption') && !then.mend ? `${lang === 'en' ? ' ' : ''}${t('say.kept')}` : '';
  switch (then.kind) {
    case 'delay': return t('say.delay', { what, by: then.us / 1000 });
    case 'removeOption': return t('say.removeOption', { what, option: optionName(lang, t, then.option) }) + kept;
    case 'set': {
      const flag = Object.entries(FLAG_FIELDS).find(([, field]) => field === then.name)?.[0];
      if (flag !== undefined) return t(then.value === '1' ? 'say.setFlag' : 'say.clearFlag', { what, flag }) + kept;
      return t('say.set', { what, field: fieldLabel(lang, then.name, false), value: then.value }) + kept;
    }
    default: return t(`say.${then.kind}`, { what });
  }
}

/** `every second SYN-ACK from Server`. */
function frames(lang: Lang, t: Words, w: StandingWhen): string {
  const more = [
    w.from == null ? '' : t('say.from', { name: w.from }),
    w.to == null ? '' : t('say.to', { name: w.to }),
    w.again == null ? '' : t(w.again ? 'say.again' : 'say.first'),
    w.option == null ? '' : t('say.option', { option: optionName(lang, t, w.option) }),
    w.field == null ? '' : t('say.field', { field: fieldLabel(lang, w.field.name, false), is: w.field.is, value: w.field.value }),
  ].join('');
  const kind = kindOf(t, w);
  if (w.nth != null && w.every != null) return t('say.everyNth', { nth: ordinal(lang, w.nth), every: w.every, kind, more });
  if (w.nth != null) return t('say.nth', { nth: ordinal(lang, w.nth), kind, more });
  if (w.every != null && w.every !== 1) return t('say.every', { nth: ordinal(lang, w.every), kind, more });
  return t('say.all', { kind, more });
}

function kindOf(t: Words, w: StandingWhen): string {
  const flags = (names: string | null | undefined): string => (names ?? '').split(/[\s,]+/).filter(Boolean).sort().join(' ');
  const same = (k: Partial<StandingWhen>): boolean => flags(k.set) === flags(w.set) && flags(k.clear) === flags(w.clear) && (k.data ?? null) === (w.data ?? null);
  const known = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((k) => same(KINDS[k]));
  if (known) return t(`kind.${known}`);
  const [set, clear] = [w.set ?? '', w.clear ?? ''];
  const said = set && clear ? t('say.flagsBoth', { set, clear }) : set ? t('say.flags', { set }) : clear ? t('say.flagsWithout', { clear }) : t('kind.any');
  return w.data == null ? said : w.data ? `${t('kind.data')}, ${said}` : `${t('say.dataless')}, ${said}`;
}

const ORDINALS: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const WORDS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];
const rules = new Intl.PluralRules('en', { type: 'ordinal' });

export function ordinal(lang: Lang, n: number): string {
  if (lang !== 'en') return String(n);
  return WORDS[n] || `${n}${ORDINALS[rules.select(n)] ?? 'th'}`;
}
