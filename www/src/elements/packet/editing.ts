import { css, html, nothing, type TemplateResult } from 'lit';
import type { FieldView } from '../../engine/pkg/views.js';
import type { EngineError } from '../../engine/engine.js';
import { perform } from '../../engine/actions.js';
import { errorSentence } from '../../locales/sentences.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import type { Element } from '../base/index.js';
import { editable, packetBases, typed, type PacketBases } from './show.js';

/** What is being edited: a field, or octets from an offset of the frame. */
export interface Target {
  /** Names the cell, so that the focus can go back to it. */
  readonly key: string;
  readonly label: string;
  readonly text: string;
  /** Puts the text into the draft; false where the core refuses it. */
  readonly set: (text: string) => boolean;
}

/**
 * One input in the place of a value: Enter applies, Escape leaves everything as it was, a bad value is refused with
 * a sentence under the field. What is edited for the first time is held where it flies.
 */
export class Editing {
  readonly #host: Element;
  #target: Target | undefined;
  #problem: EngineError | undefined;

  constructor(host: Element) {
    this.#host = host;
  }

  /** Whether the selected packet can be edited: it is on its way. */
  static possible({ store }: Element): boolean {
    const { looked } = store;
    return looked !== undefined && store.inFlight(looked) && !store.panic;
  }

  static bases({ store }: Element): PacketBases | undefined {
    const { shown } = store;
    return shown && packetBases(shown, store.flowOf(shown.flow), store.face.numbers === 'relative');
  }

  is(key: string): boolean {
    return this.#target?.key === key;
  }

  /** Opens the input of a field. */
  field(field: FieldView, name: string): void {
    if (!field.editable) return;
    const bases = Editing.bases(this.#host);
    this.open({
      key: field.path, label: this.#host.t('packet.edit', { field: name }), text: editable(field, bases),
      set: (text) => this.#host.store.edit(field.path, typed(field, text, bases)),
    });
  }

  open(target: Target): void {
    if (!Editing.possible(this.#host)) return;
    this.#target = target;
    this.#problem = undefined;
    this.#host.requestUpdate();
    void this.#host.updateComplete.then(() => {
      const input = this.#host.renderRoot.querySelector<HTMLInputElement>('.editor input');
      input?.focus();
      input?.select();
    });
  }

  /** A flag is not typed but turned. */
  toggle(field: FieldView): void {
    if (!field.editable || !Editing.possible(this.#host)) return;
    if (this.#host.store.edit(field.path, field.value === '1' ? '0' : '1')) this.#hold();
  }

  render(): TemplateResult | typeof nothing {
    const target = this.#target;
    if (!target) return nothing;
    const problem = this.#problem;
    return html`<span class="editor"><input .value=${target.text} aria-label=${target.label} title=${this.#host.t('packet.editHint')}
        aria-invalid=${problem ? 'true' : nothing} aria-describedby=${problem ? 'problem' : nothing} spellcheck="false" autocomplete="off"
        @keydown=${(e: KeyboardEvent) => this.#key(e)} @blur=${(e: FocusEvent) => this.#left(e.target as HTMLInputElement)}
        @click=${stop} @dblclick=${stop}>${problem
        ? html`<span class="problem" id="problem" role="alert">${spoken(errorSentence(this.#host.store.lang, problem))}</span>` : nothing}</span>`;
  }

  #key(e: KeyboardEvent): void {
    e.stopPropagation();
    const input = e.target as HTMLInputElement;
    if (e.key === 'Enter') this.#apply(input.value, true);
    else if (e.key === 'Escape') this.#close(true);
    else return;
    e.preventDefault();
  }

  /** Going elsewhere applies what was changed; a value that is refused stays, with its sentence. */
  #left(input: HTMLInputElement): void {
    if (this.#target && !this.#problem) this.#apply(input.value, false);
  }

  #apply(text: string, back: boolean): void {
    const target = this.#target;
    if (!target) return;
    const { store } = this.#host;
    if (text.trim() === target.text) return this.#close(back);
    if (target.set(text)) {
      this.#close(back);
      this.#hold();
      return;
    }
    // The sentence belongs under the field, not to the whole page.
    this.#problem = store.error;
    this.#target = { ...target, text };
    store.error = undefined;
    store.notify();
    this.#host.requestUpdate();
  }

  #close(back: boolean): void {
    const key = this.#target?.key;
    this.#target = undefined;
    this.#problem = undefined;
    this.#host.requestUpdate();
    if (back && key !== undefined) {
      void this.#host.updateComplete.then(() => this.#host.renderRoot.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus());
    }
  }

  #hold(): void {
    const { store } = this.#host;
    const { looked } = store;
    if (looked !== undefined && store.draft?.dirty && !store.isHeld(looked)) perform(store, 'hold', { frame: looked });
  }
}

function stop(e: Event): void {
  e.stopPropagation();
}

export const editorStyles = [spokenStyles, css`
  .editor { position: relative; display: inline-flex; min-width: 0; flex: 1; justify-content: flex-end; }
  .editor input { width: 100%; min-width: 3ch; height: 15px; padding: 0 1px; border: 0; border-radius: 0; margin: 0; text-align: right;
    font: 700 var(--t1) / 15px var(--mono); color: var(--edit); background: var(--edit-wash); caret-color: var(--edit); }
  .editor input:focus { outline: 1px solid var(--edit); outline-offset: 0; }
  .editor input[aria-invalid] { color: var(--lost); background: var(--lost-wash); outline-color: var(--lost); }
  .problem { position: absolute; z-index: 5; top: 18px; right: 0; width: max-content; max-width: min(320px, 80vw); padding: 4px 8px; white-space: normal; text-align: left;
    font: var(--t3) / 16px var(--serif); color: var(--ink); background: var(--lost-wash); box-shadow: inset 2px 0 0 var(--lost), 0 0 0 1px var(--hair); }
  @container packet (max-width: 599px) { .editor input { height: 24px; font-size: 16px; } .problem { top: 28px; } }
`];
