import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { actions } from '../../engine/actions.js';
import type { Dialog } from '../../engine/store.js';
import type { Key } from '../../locales/index.js';
import { errorSentence } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { styles } from './styles.js';

/** What a dialog is made of is fetched when it is first opened. */
const late = (dialog: Dialog): Promise<unknown> => {
  switch (dialog) {
    case 'call': return import('./call-form.js');
    case 'program': return import('../program-edit/index.js');
    case 'build': return import('../workbench/build.js');
    case 'capture': return import('../capture/index.js');
    default: return import('./forms.js');
  }
};

const TITLES: Readonly<Record<Exclude<Dialog, 'delay'>, Key>> = {
  help: 'dialog.help.title', connect: 'dialog.connect.title', call: 'dialog.call.title', build: 'dialog.build.title', share: 'dialog.share.title', open: 'dialog.open.title',
  program: 'dialog.program.title', capture: 'action.capture',
};

/** Every dialog of the page, the sentence about what did not work, and the page's last words after a panic. */
export class Dialogs extends Element {
  static override styles = [reset, panel, spokenStyles, styles];
  #before: globalThis.Element | null = null;
  /** Dialogs whose form has been fetched; before that, its element would not know its session. */
  readonly #fetched = new Set<Dialog>();

  protected override render(): TemplateResult {
    const { store, t } = this;
    const { dialog } = store.face;
    return html`${store.panic ? this.#panic() : dialog ? html`<dialog class=${dialog === 'help' || dialog === 'build' ? 'wide' : dialog === 'program' ? 'widest' : ''} aria-labelledby="title"
          @close=${() => store.set({ dialog: undefined })} @keydown=${(e: Event) => e.stopPropagation()}>
        <div class="head"><h2 id="title">${dialog === 'delay' ? t('dialog.delay.title', { id: store.looked ?? '' }) : this.#title(dialog)}</h2>
          <button type="button" aria-label=${t('dialog.close')} @click=${() => store.set({ dialog: undefined })}>×</button></div>${this.#fetched.has(dialog) ? this.#form(dialog) : nothing}</dialog>` : nothing}
      ${store.error && !store.panic ? html`<div class="toast" role="alert"><p><strong>${t('dialog.error.title')}</strong> ${spoken(errorSentence(store.lang, store.error))}</p>
        <button type="button" aria-label=${t('dialog.close')} @click=${() => { store.error = undefined; store.notify(); }}>×</button></div>` : nothing}`;
  }

  protected override updated(_changed: PropertyValues): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && !dialog.open) {
      this.#before = deepest(document.activeElement);
      dialog.showModal();
      void this.#open(dialog);
    } else if (!dialog && this.#before) {
      if (this.#before instanceof HTMLElement) this.#before.focus();
      this.#before = null;
    }
  }

  /** The form is fetched, and draws itself after the dialog is open: only then is there a field to be in. */
  async #open(dialog: HTMLDialogElement): Promise<void> {
    const { store } = this;
    const which = store.face.dialog ?? 'help';
    try {
      await late(which);
      this.#fetched.add(which);
      this.requestUpdate();
      await this.updateComplete;
    } catch (thrown) {
      store.error = { code: 'internal', message: this.t('shell.roomFailed', { why: thrown instanceof Error ? thrown.message : String(thrown) }), operands: [] };
      return store.set({ dialog: undefined });
    }
    const form = dialog.querySelector<Element>('.form');
    await form?.updateComplete;
    const field = form?.renderRoot.querySelector<HTMLElement>('[autofocus]') ?? form?.renderRoot.querySelector<HTMLElement>('input, select');
    field?.focus();
    if (field instanceof HTMLInputElement && field.type !== 'file') field.select();
  }

  #title(dialog: Exclude<Dialog, 'delay'>): string {
    return (this.t as (key: Key) => string)(TITLES[dialog]);
  }

  #form(dialog: Dialog): TemplateResult {
    const { store } = this;
    switch (dialog) {
      case 'connect': return html`<tcp-connect-form class="form" .store=${store}></tcp-connect-form>`;
      case 'delay': return html`<tcp-delay-form class="form" .store=${store}></tcp-delay-form>`;
      case 'open': return html`<tcp-open-form class="form" .store=${store}></tcp-open-form>`;
      case 'share': return html`<tcp-share-form class="form" .store=${store}></tcp-share-form>`;
      case 'call': return html`<tcp-call-form class="form" .store=${store}></tcp-call-form>`;
      case 'build': return html`<tcp-build-form class="form" .store=${store}></tcp-build-form>`;
      case 'capture': return html`<tcp-capture-form class="form" .store=${store}></tcp-capture-form>`;
      case 'program': return html`<tcp-program-form class="form" .store=${store}></tcp-program-form>`;
      case 'help': return html`<tcp-help-form class="form" .store=${store}></tcp-help-form>`;
    }
  }

  #panic(): TemplateResult {
    const { store, t } = this;
    return html`<dialog aria-labelledby="title" @keydown=${(e: Event) => e.stopPropagation()} @cancel=${(e: Event) => e.preventDefault()}>
      <div class="head"><h2 id="title">${t('dialog.panic.title')}</h2></div>
      <div class="body"><p>${t('dialog.panic.text')}</p><p class="result">${store.panic?.message}</p>
        <div class="buttons"><button type="button" @click=${() => void actions.save.run(store)}>${t('dialog.panic.save')}</button><button type="button" class="primary" autofocus @click=${() => location.reload()}>${t('dialog.panic.again')}</button></div></div></dialog>`;
  }
}

/** The focused element, through shadow roots. */
function deepest(element: globalThis.Element | null): globalThis.Element | null {
  let at = element;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}

customElements.define('tcp-dialogs', Dialogs);
