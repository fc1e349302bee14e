/**
 * Sentences of rules, labels of fields, sentences of errors: the catalogues that page and cli share
 * (`crates/lab/locales/<lang>/<crate>.json`). Filled into pieces, never into markup: a face renders each
 * piece as text, so that nothing that came out of a packet can become an element.
 */
import type { OperandView } from '../engine/pkg/views.js';
import { duration, moment, seq } from './format.js';
import { LANGS, type Lang } from './index.js';

/** A run of a sentence; numbers and words of the field's own are set apart from the prose. */
export interface Piece {
  readonly kind: 'text' | 'number' | 'word';
  readonly text: string;
}

/** How sequence numbers are to be shown: relative to the two ISNs as seen from the rule's host, or not. */
export interface SeqBases {
  readonly own: number | null | undefined;
  readonly peer: number | null | undefined;
}

interface Entry { readonly text: string; readonly short?: string }
interface CatalogueFile {
  readonly rules?: Readonly<Record<string, Entry>>;
  readonly fields?: Readonly<Record<string, Entry | string>>;
  readonly errors?: Readonly<Record<string, Entry | string>>;
}
interface Catalogue {
  readonly rules: Map<string, Entry>;
  readonly fields: Map<string, Entry>;
  readonly errors: Map<string, Entry>;
}

const files = import.meta.glob<CatalogueFile>('../../../crates/lab/locales/*/*.json', { eager: true, import: 'default' });

function load(lang: Lang): Catalogue {
  const catalogue: Catalogue = { rules: new Map(), fields: new Map(), errors: new Map() };
  for (const [path, file] of Object.entries(files)) {
    if (!path.includes(`/locales/${lang}/`)) continue;
    for (const part of ['rules', 'fields', 'errors'] as const) {
      for (const [id, entry] of Object.entries(file[part] ?? {})) {
        catalogue[part].set(id, typeof entry === 'string' ? { text: entry } : entry);
      }
    }
  }
  return catalogue;
}

const catalogues = new Map(LANGS.map((lang) => [lang, load(lang)]));
const of = (lang: Lang): Catalogue => catalogues.get(lang) as Catalogue;

/** The sentence of a rule with its numbers. A rule that no catalogue knows shows its id and operands. */
export function sentence(
  lang: Lang,
  rule: { readonly id: string; readonly operands: readonly OperandView[] },
  bases?: SeqBases,
): Piece[] {
  const entry = of(lang).rules.get(rule.id);
  return entry ? pieces(entry.text, rule.operands, bases) : bare(rule.id, rule.operands, bases);
}

/** The few words of a rule that refuses, with the two numbers of the refusal. */
export function short(lang: Lang, id: string, x?: number, y?: number): string {
  const entry = of(lang).rules.get(id);
  const text = entry?.short ?? entry?.text ?? id;
  return text.replace(/\{(x|y)\}/g, (_, name: string) => String((name === 'x' ? x : y) ?? '?'));
}

/** The name of a header field: `tcp.seq` → "Sequence number"; `brief` for narrow places. */
export function fieldLabel(lang: Lang, name: string, brief = false): string {
  const entry = of(lang).fields.get(name);
  return (brief ? entry?.short : undefined) ?? entry?.text ?? name;
}

/** Templates of errors by their codes. */
export function errorTemplates(lang: Lang): ReadonlyMap<string, string> {
  return new Map([...of(lang).errors].map(([code, { text }]) => [code, text]));
}

/** The sentence of an error that crossed from the engine; its own English one where the catalogue has none. */
export function errorSentence(
  lang: Lang,
  error: { readonly code: string; readonly message: string; readonly operands?: readonly OperandView[] },
): Piece[] {
  const entry = of(lang).errors.get(error.code);
  if (!entry) return [{ kind: 'text', text: error.message }];
  // A person knows a field by its label, not by its path.
  const operands = (error.operands ?? []).map((o): OperandView =>
    o.name === 'path' && o.value.kind === 'word' ? { ...o, value: { kind: 'word', value: fieldLabel(lang, o.value.value) } } : o);
  return pieces(entry.text, operands);
}

/** Pieces as one string, for names, titles and screen readers. */
export function plain(parts: readonly Piece[]): string {
  return parts.map((p) => p.text).join('');
}

function pieces(text: string, operands: readonly OperandView[], bases?: SeqBases): Piece[] {
  const values = new Map(operands.map((o) => [o.name, o]));
  const out: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\{(\w+)\}/g)) {
    const operand = values.get(match[1] as string);
    if (!operand) continue;
    if (match.index > from) out.push({ kind: 'text', text: text.slice(from, match.index) });
    out.push(value(operand, bases));
    from = match.index + match[0].length;
  }
  if (from < text.length) out.push({ kind: 'text', text: text.slice(from) });
  return out;
}

function bare(id: string, operands: readonly OperandView[], bases?: SeqBases): Piece[] {
  const out: Piece[] = [{ kind: 'word', text: id }];
  for (const operand of operands) out.push({ kind: 'text', text: ` ${operand.name} ` }, value(operand, bases));
  return out;
}

function value(operand: OperandView, bases?: SeqBases): Piece {
  const v = operand.value;
  switch (v.kind) {
    case 'num': return { kind: 'number', text: String(v.value) };
    case 'seq': return { kind: 'number', text: seq(v.value, bases && base(operand.name, v.value, bases)) };
    case 'duration': return { kind: 'number', text: duration(v.value) };
    case 'instant': return { kind: 'number', text: moment(v.value) };
    case 'word': return { kind: 'word', text: v.value };
  }
}

/**
 * The ISN that a sequence number counts from. Send variables count from our own, receive variables from the
 * peer's; what the name does not settle (SEG.SEQ of a segment that may be ours or theirs) goes by nearness.
 */
function base(name: string, value: number, { own, peer }: SeqBases): number | null | undefined {
  if (/^(snd_|iss|una|nxt$)/.test(name)) return own;
  if (/^(rcv_|irs)/.test(name)) return peer;
  if (own == null || peer == null) return own ?? peer;
  return (value - own) >>> 0 <= (value - peer) >>> 0 ? own : peer;
}
