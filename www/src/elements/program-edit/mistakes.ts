/**
 * What is wrong with a program, in the reader's language. The compiler of `host::program` says it in English, and its
 * templates are the keys here, as msgids are in gettext; a test reads them from its sources, so that none is missing.
 */
import type { Lang } from '../../locales/index.js';
import { mistakes } from './mistakes.zh-CN.js';

interface Reading {
  readonly pattern: RegExp;
  /** How much of a sentence the template explains: of two that fit, the one that says more, and leaves smaller places, is right. */
  readonly said: number;
  readonly text: string;
}

const HOLE = /\{\w*\}/g;

function reading([template, text]: readonly [string, string]): Reading {
  const parts = template.replaceAll('{{', '\u0001').replaceAll('}}', '\u0002').split(HOLE);
  const literal = parts.map((p) => p.replaceAll('\u0001', '{').replaceAll('\u0002', '}'));
  const escaped = literal.map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return { pattern: new RegExp(`^${escaped.join('([^]*?)')}$`), said: literal.join('').length + 2 * literal.length, text };
}

let readings: readonly Reading[] | undefined;

/** A sentence of the compiler's; what stands in its places may be such a phrase too. */
export function mistake(lang: Lang, english: string): string {
  if (lang === 'en') return english;
  readings ??= Object.entries(mistakes).map(reading).sort((a, b) => b.said - a.said);
  for (const { pattern, text } of readings) {
    const found = pattern.exec(english);
    if (found) return text.replace(/\{(\d)\}/g, (_, n: string) => mistake(lang, found[Number(n) + 1] ?? ''));
  }
  return english;
}
