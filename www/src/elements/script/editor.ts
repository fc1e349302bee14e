/** The editor: CodeMirror with the verdicts in its gutter and the line about to run marked. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, RangeSet, StateEffect, StateField, type Extension, type Range } from '@codemirror/state';
import {
  Decoration, drawSelection, EditorView, gutter, GutterMarker, highlightActiveLine, keymap, lineNumbers, type DecorationSet,
} from '@codemirror/view';
import type { VerdictWord } from '../../engine/pkg/views.js';
import { editorLook } from '../base/editor-look.js';
import { highlighting, packetdrill } from './language.js';

/** What is marked in the text; lines from 1. */
export interface Marks {
  readonly verdicts: readonly { readonly line: number; readonly verdict: VerdictWord }[];
  /** First and last line of the event about to run. */
  readonly next: readonly [number, number] | undefined;
  /** Lines of events that have not run. */
  readonly waiting: readonly number[];
  /** A line looked at in the trace. */
  readonly looked: number | undefined;
  readonly fault: { readonly line: number; readonly column: number; readonly message: string } | undefined;
}

export interface Hooks {
  readonly changed: (text: string) => void;
  /** A click on a line's verdict: stand before it. */
  readonly goTo: (line: number) => void;
  readonly keys: readonly { readonly key: string; readonly run: () => void }[];
}

const mark = StateEffect.define<Marks>();

class Verdict extends GutterMarker {
  readonly #kind: VerdictWord | 'waiting' | 'next';
  constructor(kind: VerdictWord | 'waiting' | 'next') {
    super();
    this.#kind = kind;
  }
  override eq(other: Verdict): boolean {
    return other.#kind === this.#kind;
  }
  override toDOM(): Node {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 12 12');
    svg.setAttribute('class', `verdict ${this.#kind}`);
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', SIGNS[this.#kind]);
    svg.append(path);
    return svg;
  }
}

/** Shapes on a grid of 12: told apart without colour. */
const SIGNS = {
  passed: 'M2 6.500l2.800 2.800L10 3',
  failed: 'M2.500 2.500l7 7m0-7l-7 7',
  unsupported: 'M4 4.200a2 2 0 1 1 2.900 1.800c-.6.300-.9.700-.9 1.400M6 9.600v.4',
  waiting: 'M6 6h.01',
  next: 'M3 1.500l6.500 4.500L3 10.500z',
} as const;

const marks = StateField.define<{ lines: DecorationSet; verdicts: RangeSet<GutterMarker> }>({
  create: () => ({ lines: Decoration.none, verdicts: RangeSet.of<GutterMarker>([]) }),
  update(value, tr) {
    let { lines, verdicts } = value;
    if (tr.docChanged) [lines, verdicts] = [lines.map(tr.changes), verdicts.map(tr.changes)];
    for (const effect of tr.effects) {
      if (effect.is(mark)) ({ lines, verdicts } = drawn(effect.value, tr.state));
    }
    return { lines, verdicts };
  },
  provide: (field) => [
    EditorView.decorations.from(field, (v) => v.lines),
    gutter({ class: 'cm-verdicts', markers: (view) => view.state.field(field).verdicts }),
  ],
});

function drawn(m: Marks, state: EditorState): { lines: DecorationSet; verdicts: RangeSet<GutterMarker> } {
  const { doc } = state;
  const at = (line: number): number | undefined => (line >= 1 && line <= doc.lines ? doc.line(line).from : undefined);
  const kinds = new Map<number, VerdictWord | 'waiting' | 'next'>();
  for (const line of m.waiting) kinds.set(line, 'waiting');
  for (const { line, verdict } of m.verdicts) kinds.set(line, verdict);
  if (m.next) kinds.set(m.next[0], 'next');
  const verdicts: Range<GutterMarker>[] = [];
  const lines: Range<Decoration>[] = [];
  for (const [line, kind] of kinds) {
    const from = at(line);
    if (from === undefined) continue;
    verdicts.push(new Verdict(kind).range(from));
    if (kind === 'failed' || kind === 'unsupported') lines.push(Decoration.line({ class: `line-${kind}` }).range(from));
  }
  for (let line = m.next?.[0] ?? 1; m.next && line <= m.next[1]; line++) {
    const from = at(line);
    if (from !== undefined) lines.push(Decoration.line({ class: 'line-next' }).range(from));
  }
  const looked = m.looked === undefined ? undefined : at(m.looked);
  if (looked !== undefined) lines.push(Decoration.line({ class: 'line-looked' }).range(looked));
  return { lines: Decoration.set(lines, true), verdicts: RangeSet.of(verdicts, true) };
}

const look = EditorView.theme({
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 8px', minWidth: '32px' },
  '.cm-verdicts .cm-gutterElement': { width: '20px', padding: '0 4px', cursor: 'pointer' },
  '.cm-verdicts .cm-gutterElement:hover': { backgroundColor: 'var(--wash)' },
  '.verdict': { display: 'block', width: '12px', height: '12px', marginTop: '4px', fill: 'none', stroke: 'var(--ink2)', strokeWidth: '1.5', strokeLinecap: 'round' },
  '.verdict.failed': { stroke: 'var(--lost)', strokeWidth: '1.75' },
  '.verdict.unsupported': { stroke: 'var(--time)' },
  '.verdict.waiting': { stroke: 'var(--line)', strokeWidth: '2.5' },
  '.verdict.next': { fill: 'var(--you)', stroke: 'none' },
  '.line-next': { backgroundColor: 'var(--you-wash)', boxShadow: 'inset 2px 0 0 var(--you)' },
  '.line-failed': { backgroundColor: 'var(--lost-wash)', boxShadow: 'inset 2px 0 0 var(--lost)' },
  '.line-unsupported': { backgroundColor: 'var(--time-wash)', boxShadow: 'inset 2px 0 0 var(--time)' },
  '.line-looked': { outline: '1px solid var(--you)', outlineOffset: '-1px' },
});

export class Editor {
  readonly #view: EditorView;
  readonly #label = new Compartment();
  #quiet = false;
  #shown: Marks | undefined;

  constructor(parent: HTMLElement, root: ShadowRoot, text: string, label: string, hooks: Hooks) {
    const extensions: Extension[] = [
      marks, lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), EditorView.lineWrapping, packetdrill, highlighting, editorLook, look,
      this.#label.of(labelled(label)),
      keymap.of(hooks.keys.map(({ key, run }) => ({ key, preventDefault: true, run: () => (run(), true) }))),
      // Tab is not among them: it leaves the editor, as it leaves every field (WCAG 2.1.2).
      keymap.of([...defaultKeymap, ...historyKeymap]),
      EditorView.updateListener.of((u) => {
        if (u.docChanged && !this.#quiet) hooks.changed(u.state.doc.toString());
      }),
      EditorView.domEventHandlers({
        // A file dropped here is opened by the room, not written into the text.
        drop: (e) => (e.dataTransfer?.files.length ?? 0) > 0,
      }),
    ];
    this.#view = new EditorView({ parent, root, state: EditorState.create({ doc: text, extensions }) });
    parent.addEventListener('click', (e) => {
      const element = (e.target as Element).closest('.cm-verdicts .cm-gutterElement');
      if (!element) return;
      const block = this.#view.lineBlockAtHeight(e.clientY - this.#view.documentTop);
      hooks.goTo(this.#view.state.doc.lineAt(block.from).number);
    });
  }

  /** Another text; what was typed before cannot be undone into it. */
  replace(text: string): void {
    if (text === this.#view.state.doc.toString()) return;
    this.#quiet = true;
    this.#view.dispatch({ changes: { from: 0, to: this.#view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
    this.#quiet = false;
  }

  label(text: string): void {
    this.#view.dispatch({ effects: this.#label.reconfigure(labelled(text)) });
  }

  show(m: Marks): void {
    const was = this.#shown;
    this.#shown = m;
    const { state } = this.#view;
    const effects: StateEffect<unknown>[] = [mark.of(m)];
    const line = m.looked ?? m.next?.[0] ?? m.verdicts.at(-1)?.line;
    const before = was && (was.looked ?? was.next?.[0] ?? was.verdicts.at(-1)?.line);
    if (line !== undefined && line !== before && line <= state.doc.lines) {
      effects.push(EditorView.scrollIntoView(state.doc.line(line).from, { y: 'nearest', yMargin: 60 }));
    }
    this.#view.dispatch({ effects });
    this.#view.dispatch(setDiagnostics(state, m.fault ? [this.#diagnostic(m.fault)] : []));
  }

  /** Puts the cursor at a place and the keys into the editor. */
  focusAt(line: number, column: number): void {
    const { doc } = this.#view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    const anchor = Math.min(at.from + Math.max(column - 1, 0), at.to);
    this.#view.dispatch({ selection: { anchor }, scrollIntoView: true });
    this.#view.focus();
  }

  focus(): void {
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }

  /** The word at the place; at the end of a line, the last character of it. */
  #diagnostic(fault: NonNullable<Marks['fault']>): Diagnostic {
    const { doc } = this.#view.state;
    const line = doc.line(Math.min(Math.max(fault.line, 1), doc.lines));
    const from = Math.min(line.from + Math.max(fault.column - 1, 0), line.to);
    const word = /^[\w.-]+|^\S/.exec(line.text.slice(from - line.from))?.[0].length ?? 0;
    const to = Math.min(from + Math.max(word, 1), line.to);
    return { from: to > from ? from : Math.max(line.from, from - 1), to, severity: 'error', message: fault.message };
  }
}

function labelled(label: string): Extension {
  return EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false' });
}
