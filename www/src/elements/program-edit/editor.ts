/** CodeMirror for a program: C as far as it needs colours, and the first mistake underlined where it stands. */
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { editorLook } from '../base/editor-look.js';

/** A mistake: line and column from 1, and its sentence. */
export interface Fault { readonly line: number; readonly column: number; readonly message: string }

const KEYWORD = /^(?:int|char|long|short|unsigned|void|struct|const|for|while|do|if|else|switch|case|default|return|break|continue|sizeof)\b/;

const c = StreamLanguage.define<{ comment: boolean }>({
  name: 'c',
  startState: () => ({ comment: false }),
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
  token(stream, state) {
    if (state.comment) {
      if (stream.skipTo('*/')) { stream.match('*/'); state.comment = false; } else stream.skipToEnd();
      return 'comment';
    }
    if (stream.eatSpace()) return null;
    if (stream.match('//')) { stream.skipToEnd(); return 'comment'; }
    if (stream.match('/*')) { state.comment = true; return 'comment'; }
    if (stream.sol() && stream.match('#')) { stream.skipToEnd(); return 'meta'; }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/) || stream.match(/^'(?:[^'\\]|\\.)*'?/)) return 'string';
    if (stream.match(KEYWORD)) return 'keyword';
    if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return 'variableName.function';
    if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName';
    if (stream.match(/^(?:0x[\da-f]+|\d+)/i)) return 'number';
    stream.next();
    return null;
  },
});

/** Ink alone tells the parts apart, as in the panel. */
const ink = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink3)', fontStyle: 'italic' },
  { tag: [tags.keyword, tags.meta], color: 'var(--ink3)' },
  { tag: tags.function(tags.variableName), color: 'var(--ink)', fontWeight: '600' },
  { tag: [tags.variableName, tags.number, tags.string], color: 'var(--ink2)' },
]));

export class ProgramEditor {
  readonly #view: EditorView;

  constructor(parent: HTMLElement, root: ShadowRoot, text: string, label: string, changed: (text: string) => void) {
    this.#view = new EditorView({ parent, root, state: EditorState.create({ doc: text, extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), EditorView.lineWrapping, c, ink, editorLook, indentUnit.of('  '),
      EditorView.contentAttributes.of({ 'aria-label': label, autocapitalize: 'off', spellcheck: 'false' }),
      // Tab leaves the editor, as it leaves every field (WCAG 2.1.2).
      keymap.of([...defaultKeymap, ...historyKeymap]),
      EditorView.updateListener.of((u) => { if (u.docChanged) changed(u.state.doc.toString()); }),
    ] }) });
  }

  get text(): string {
    return this.#view.state.doc.toString();
  }

  show(fault: Fault | undefined): void {
    const { state } = this.#view;
    const line = fault && state.doc.line(Math.min(Math.max(fault.line, 1), state.doc.lines));
    const from = line && Math.min(line.from + Math.max((fault?.column ?? 1) - 1, 0), line.to);
    const word = line && from !== undefined ? /^\w+|^\S/.exec(line.text.slice(from - line.from))?.[0].length ?? 0 : 0;
    this.#view.dispatch(setDiagnostics(state, fault && line && from !== undefined
      ? [{ from: word ? from : Math.max(line.from, from - 1), to: Math.min(from + word, line.to), severity: 'error', message: fault.message }] : []));
  }

  /** Puts the cursor at a place and the keys into the editor. */
  focusAt(line: number, column: number): void {
    const { doc } = this.#view.state;
    const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
    this.#view.dispatch({ selection: { anchor: Math.min(at.from + Math.max(column - 1, 0), at.to) }, scrollIntoView: true });
    this.#view.focus();
  }

  destroy(): void {
    this.#view.destroy();
  }
}
