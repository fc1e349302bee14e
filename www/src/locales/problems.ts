/**
 * What is wrong with a file, in the reader's language. The core says it in English, with its place (`nodes[1].name: …`);
 * `crates/lab/locales/problems.<lang>.json` has the sentences of others by the English template, as have the catalogues
 * those of errors. The same as `lab::problems`. What nobody has translated stays English.
 */
import type { ErrorView, OperandView } from '../engine/pkg/views.js';
import type { Lang } from './index.js';
import { errorTemplates } from './sentences.js';

const files = import.meta.glob<Record<string, string>>('../../../crates/lab/locales/problems.*.json', { eager: true, import: 'default' });

interface Pair { readonly english: RegExp; readonly text: string; readonly fixed: number }
const known = new Map<Lang, readonly Pair[]>();

export function problem(lang: Lang, english: string): string {
  return lang === 'en' ? english : translated(pairs(lang), english);
}

/** The same error with its problem in the reader's language, for `errorSentence`. */
export function inLanguage(lang: Lang, { code, message, operands }: ErrorView): ErrorView {
  const inWords = (o: OperandView): OperandView =>
    o.name === 'problem' && o.value.kind === 'word' ? { ...o, value: { kind: 'word', value: problem(lang, o.value.value) } } : o;
  return { code, message, operands: operands.map(inWords) };
}

function pairs(lang: Lang): readonly Pair[] {
  const made = known.get(lang);
  if (made) return made;
  const own = Object.entries(files).filter(([path]) => path.endsWith(`problems.${lang}.json`)).flatMap(([, file]) => Object.entries(file));
  const theirs = errorTemplates(lang);
  const errors = [...errorTemplates('en')].flatMap(([code, english]): [string, string][] => {
    const text = theirs.get(code);
    return text === undefined ? [] : [[english, text]];
  });
  const all = [...own, ...errors].map(([english, text]) => pair(english, text)).filter((p) => p.fixed > 0).sort((a, b) => b.fixed - a.fixed);
  known.set(lang, all);
  return all;
}

function pair(english: string, text: string): Pair {
  const parts = english.split(/\{(\w+)\}/);
  // Some crates end their sentences with a full stop, some leave that to others.
  const source = parts.map((part, n) => (n % 2 === 0 ? escaped(part) : parts.indexOf(part) < n ? `\\k<${part}>` : `(?<${part}>[\\s\\S]*?)`)).join('').replace(/\\\.$/, '\\.?');
  return { english: new RegExp(`^${source}$`), text, fixed: parts.filter((_, n) => n % 2 === 0).join('').trim().length };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function translated(all: readonly Pair[], english: string): string {
  const [, place, rest] = /^([\w.[\]-]+): ([\s\S]*)$/.exec(english) ?? [];
  if (place !== undefined && rest !== undefined) return `${place}: ${translated(all, rest)}`;
  for (const { english: template, text } of all) {
    const found = template.exec(english);
    if (found) return text.replace(/\{(\w+)\}/g, (as, name: string) => (found.groups?.[name] === undefined ? as : translated(all, found.groups[name])));
  }
  return english;
}
