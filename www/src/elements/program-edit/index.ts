import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { toEngineError, type EngineError } from '../../engine/engine.js';
import { stop } from '../../engine/run.js';
import { errorSentence, plain, type Piece } from '../../locales/sentences.js';
import { Form } from '../dialogs/forms.js';
import { nodeOf } from '../host-panel/view.js';
import { words } from '../tools/words.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { mistake } from './mistakes.js';
import { ProgramEditor, type Fault } from './editor.js';

/** Pause in typing after which the text is checked, ms. */
const PAUSE = 200;

/** A program's text under edit: the core checks it while it is typed, and the scenario begins again with it. */
export class ProgramForm extends Form {
  static override properties = { ...Form.properties, error: { state: true } };
  static override styles = [...Form.styles, spokenStyles, css`
    .code { height: min(420px, 55dvh); border: 1px solid var(--line); min-width: 0; }
    .code:focus-within { border-color: var(--you); }
    .verdict { min-height: 18px; font: var(--t3) / 18px var(--serif); color: var(--ink2); overflow-wrap: anywhere; }
    .verdict.bad { color: var(--lost); }
    .verdict button { text-align: left; text-decoration: underline; text-underline-offset: 2px; }
  `];

  declare protected error: EngineError | undefined;
  #editor: ProgramEditor | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
    this.#editor?.destroy();
    this.#editor = undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { program } = this.store.face;
    if (!program) return nothing;
    const t = words[this.store.lang];
    return html`<form class="body" novalidate @submit=${(e: Event) => this.#run(e)}>
      <p>${t('edit.text')}</p>
      <div class="code"></div>
      <p class="verdict ${this.error ? 'bad' : ''}" role="status">${this.error ? html`<button type="button" @click=${() => this.#go()}>${spoken(this.#sentence(this.error))}</button>` : t('edit.right')}</p>
      ${this.buttons(t('edit.run'))}</form>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const parent = this.renderRoot.querySelector<HTMLElement>('.code');
    const { program } = this.store.face;
    if (!parent || !program || this.#editor) return;
    const process = nodeOf(this.store.view, program.node)?.processes.find((p) => p.file === program.file);
    const label = words[this.store.lang]('edit.label', { file: program.file });
    this.#editor = new ProgramEditor(parent, this.renderRoot as ShadowRoot, process?.lines.join('\n') ?? '', label, () => this.#typed());
    this.#editor.focusAt(1, 1);
  }

  #typed(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#check(), PAUSE);
  }

  #check(): void {
    const { program } = this.store.face;
    if (!program || !this.#editor) return;
    this.error = this.#refused(() => this.store.engine.Session.checkProgram(program.file, this.#editor?.text ?? ''));
    this.#editor.show(this.#fault());
  }

  /** What the core throws; the page has no toast for it, the form says it. */
  #refused(what: () => void): EngineError | undefined {
    try {
      what();
      return undefined;
    } catch (thrown) {
      return toEngineError(thrown);
    }
  }

  #fault(): Fault | undefined {
    const number = (name: string): number => {
      const value = this.error?.operands.find((o) => o.name === name)?.value;
      return value?.kind === 'num' ? value.value : 1;
    };
    return this.error && { line: number('line'), column: number('column'), message: plain(this.#sentence(this.error)) };
  }

  /** The compiler's own words are in one language; they are said in the reader's. */
  #sentence(error: EngineError): Piece[] {
    const { lang } = this.store;
    const operands = error.operands.map((o) =>
      o.name === 'problem' && o.value.kind === 'word' ? { ...o, value: { kind: 'word' as const, value: mistake(lang, o.value.value) } } : o);
    return errorSentence(lang, { code: error.code, message: error.message, operands });
  }

  #go(): void {
    const fault = this.#fault();
    if (fault) this.#editor?.focusAt(fault.line, fault.column);
  }

  #run(e: Event): void {
    e.preventDefault();
    const { store } = this;
    const { program } = store.face;
    const text = this.#editor?.text;
    if (!program || text === undefined) return;
    stop(store);
    this.error = this.#refused(() => {
      const session = store.session.withProgram(program.node, program.file, text);
      store.set({ dialog: undefined, program: undefined });
      store.replace(session, store.kept);
    });
    this.#editor?.show(this.#fault());
  }
}

customElements.define('tcp-program-form', ProgramForm);
