/**
 * Strings of the page. `en.ts` is the source of the keys and of the names in braces; `zh-CN.ts` must have the
 * same keys or tsc fails, and a test holds the names in braces together.
 *
 * Sentences of rules, fields and errors are not here: see `sentences.ts`.
 */
import { en } from './en.js';
import { zhCN } from './zh-CN.js';

export type Lang = 'en' | 'zh-CN';
export const LANGS: readonly Lang[] = ['en', 'zh-CN'];

/** A string, or one a plural category of the parameter `n`. */
export type Message = string | { readonly one: string; readonly other: string };
export type Key = keyof typeof en;
/** What every catalogue but the English one must be. */
export type Messages = { readonly [K in Key]: Message };

type Templates<M> = M extends string ? M : M extends { one: infer A; other: infer B } ? A | B : never;
type Names<S> = S extends `${string}{${infer N}}${infer Rest}` ? N | Names<Rest> : never;
/** Parameters of a key: the names in braces of its English text, each required. */
export type Params<K extends Key> = { readonly [N in Names<Templates<(typeof en)[K]>>]: string | number };
type Args<K extends Key> = [keyof Params<K>] extends [never] ? [] : [Params<K>];

/** `t('host.profile', { name: 'linux' })` */
export type T = <K extends Key>(key: K, ...params: Args<K>) => string;

const catalogues: { readonly en: typeof en; readonly 'zh-CN': Messages } = { en, 'zh-CN': zhCN };
const plurals = { en: new Intl.PluralRules('en'), 'zh-CN': new Intl.PluralRules('zh-CN') };

/** The language nearest to a BCP 47 tag; English where there is none. */
export function nearest(tag: string | null | undefined): Lang {
  return tag?.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

/** The text behind a key, with the names in braces still in it. */
export function template(lang: Lang, key: Key, n?: number): string {
  return choose(catalogues[lang][key], lang, n);
}

function choose(message: Message, lang: Lang, n: number | undefined): string {
  if (typeof message === 'string') return message;
  return plurals[lang].select(n ?? 0) === 'one' ? message.one : message.other;
}

/** Puts `params` in the place of `{name}`; a name without a value stays as it is. */
export function fill(text: string, params: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

type Catalogue = Readonly<Record<string, Message>>;
type NamesOf<M> = M extends Message ? Names<Templates<M>> : never;
/** The `t` of a catalogue: its keys, and the names in braces of their English texts. */
export type TOf<C extends Catalogue> = <K extends keyof C>(
  key: K, ...params: [NamesOf<C[K]>] extends [never] ? [] : [{ readonly [N in NamesOf<C[K]>]: string | number }]) => string;

/** The translators of a catalogue, one a language. What is loaded late brings a catalogue of its own. */
export function translators<C extends Catalogue>(texts: { readonly en: C; readonly 'zh-CN': { readonly [K in keyof C]: Message } }): { readonly [L in Lang]: TOf<C> } {
  const make = (lang: Lang): TOf<C> => (key, ...args) => {
    const params: Readonly<Record<string, string | number>> = args[0] ?? {};
    const n = params['n'];
    return fill(choose(texts[lang][key], lang, typeof n === 'number' ? n : undefined), params);
  };
  return { en: make('en'), 'zh-CN': make('zh-CN') };
}

const made: { readonly [L in Lang]: T } = translators(catalogues);

/** The `t` of a language. */
export function translator(lang: Lang): T {
  return made[lang];
}
