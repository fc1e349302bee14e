import { html, nothing, type TemplateResult } from 'lit';
import { actions, keyHint, perform } from '../../engine/actions.js';
import { scenarioText } from '../../engine/shipped.js';
import { LONGEST_LINK, parseSaved } from '../../engine/share.js';
import { inLanguage } from '../../locales/problems.js';
import { plain, errorSentence } from '../../locales/sentences.js';
import { toEngineError } from '../../engine/engine.js';
import { template, type Key } from '../../locales/index.js';
import { Element, panel, reset } from '../base/index.js';
import { nodeName } from '../host-panel/view.js';
import { whole } from './calls.js';
import { styles } from './styles.js';

/** Longest delay that the form takes, ms. */
const LONGEST = 600_000;
const MB = 1_000_000;
/** Largest file that is read, octets. */
const LARGEST = 32 * MB;

/** What the forms share: one problem under one field, buttons at the foot, the way out. */
export abstract class Form extends Element {
  static override properties = { wrong: { state: true } };
  static override styles = [reset, panel, styles];

  /** Name of the field that is wrong, and the sentence about it. */
  declare protected wrong: { readonly field: string; readonly text: string } | undefined;

  protected close(): void {
    this.store.set({ dialog: undefined });
  }

  protected value(name: string): string {
    return this.renderRoot.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value ?? '';
  }

  /** Says what is wrong and puts the focus there. */
  protected refuse(field: string, text: string): void {
    this.wrong = { field, text };
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[name="${field}"]`)?.focus());
  }

  protected under(field: string): TemplateResult | typeof nothing {
    return this.wrong?.field === field ? html`<span class="wrong" id="wrong" role="alert">${this.wrong.text}</span>` : nothing;
  }

  protected invalid(field: string): 'true' | typeof nothing {
    return this.wrong?.field === field ? 'true' : nothing;
  }

  protected buttons(go: string): TemplateResult {
    return html`<div class="buttons"><button type="button" @click=${() => this.close()}>${this.t('dialog.cancel')}</button><button class="primary">${go}</button></div>`;
  }

  protected nodes(name: string, chosen: number | undefined): TemplateResult {
    return html`<select name=${name} @change=${() => this.requestUpdate()}>${this.store.view.nodes.map((n) => html`<option value=${n.id} ?selected=${n.id === chosen}>${nodeName(n, this.t)} ${n.addr}</option>`)}</select>`;
  }
}

/** A SYN to any port, from any host. */
export class ConnectForm extends Form {
  protected override render(): TemplateResult {
    const { t } = this;
    const from = this.store.view.nodes.find((n) => n.role === 'client')?.id;
    return html`<form class="body" novalidate @submit=${(e: Event) => this.#send(e)}><p>${t('dialog.connect.text')}</p>
      <label>${t('dialog.connect.from')}${this.nodes('node', from)}</label>
      <label>${t('dialog.connect.port')}<input name="port" inputmode="numeric" value="81" autocomplete="off" autofocus aria-invalid=${this.invalid('port')} aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under('port')}</label>
      ${this.buttons(t('dialog.connect.send'))}</form>`;
  }

  #send(e: Event): void {
    e.preventDefault();
    const port = this.value('port');
    if (!whole(port, 0, 65535)) return this.refuse('port', this.t('dialog.connect.bad'));
    this.wrong = undefined;
    perform(this.store, 'connect', { node: Number(this.value('node')), port: Number(port) });
    this.close();
  }
}

/** How much longer the selected packet is to take. */
export class DelayForm extends Form {
  protected override render(): TemplateResult {
    const { t } = this;
    return html`<form class="body" novalidate @submit=${(e: Event) => this.#delay(e)}>
      <label>${t('dialog.delay.by')}<input name="by" inputmode="decimal" value="100" autocomplete="off" autofocus aria-invalid=${this.invalid('by')} aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under('by')}</label>
      ${this.buttons(t('dialog.delay.go'))}</form>`;
  }

  #delay(e: Event): void {
    e.preventDefault();
    const ms = Number(this.value('by'));
    if (!(ms > 0 && ms <= LONGEST)) return this.refuse('by', this.t('dialog.delay.bad', { max: LONGEST }));
    this.wrong = undefined;
    this.close();
    perform(this.store, 'delay', { by: Math.round(ms * 1e6) });
  }
}

/** A timeline or a scenario from disk. */
export class OpenForm extends Form {
  protected override render(): TemplateResult {
    const { t } = this;
    return html`<form class="body" novalidate @submit=${(e: Event) => void this.#open(e)}><p>${t('dialog.open.text')}</p>
      <label>${t('dialog.open.file')}<input name="file" type="file" accept=".json,application/json" aria-invalid=${this.invalid('file')} aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under('file')}</label>
      ${this.buttons(t('dialog.open.go'))}</form>`;
  }

  async #open(e: Event): Promise<void> {
    e.preventDefault();
    const file = this.renderRoot.querySelector<HTMLInputElement>('[name=file]')?.files?.[0];
    if (!file || file.size > LARGEST) return this.refuse('file', file ? this.t('dialog.open.large', { name: file.name, size: Math.ceil(file.size / MB), max: LARGEST / MB }) : this.t('dialog.open.bad', { why: '–' }));
    const text = await file.text();
    const saved = parseSaved(text);
    if (!saved && !text.trimStart().startsWith('{')) return this.refuse('file', this.t('dialog.open.bad', { why: file.name }));
    try {
      if (saved) {
        const { restore } = await import('../../engine/journey.js');
        const way = restore(this.store, saved);
        // A long way is seen and stopped at the time bar; what is wrong with a file is mostly found at once.
        const late = await Promise.race([way.then(() => false), new Promise<true>((later) => setTimeout(() => later(true), PATIENCE))]);
        if (late) way.catch((thrown: unknown) => this.store.attempt(() => { throw thrown; }));
        return this.close();
      }
      // Any other JSON is for the core to read as a scenario, or to say what is wrong with it.
      this.store.replace(new this.store.engine.Session(await scenarioText(text)));
      this.close();
    } catch (thrown) {
      this.refuse('file', this.t('dialog.open.bad', { why: plain(errorSentence(this.store.lang, inLanguage(this.store.lang, toEngineError(thrown)))) }));
    }
  }
}

/** How long the dialog stays for work to be back, ms. */
const PATIENCE = 400;

/** The link that holds the whole timeline. */
export class ShareForm extends Form {
  static override properties = { ...Form.properties, copied: { state: true } };
  declare protected copied: boolean;

  protected override render(): TemplateResult {
    const { t, store } = this;
    const long = store.link.length > LONGEST_LINK;
    return html`<form class="body" @submit=${(e: Event) => void this.#copy(e)}><p>${t('dialog.share.text')}</p>
      <input name="link" readonly aria-label=${t('dialog.share.title')} .value=${store.link} @focus=${(e: Event) => (e.target as HTMLInputElement).select()}>
      ${long ? html`<p role="status">${t('dialog.share.long', { n: store.link.length, max: LONGEST_LINK })}</p>` : nothing}
      ${this.copied ? html`<p role="status">${t('dialog.share.copied')}</p>` : nothing}${long ? html`<div class="buttons"><button type="submit">${t('dialog.share.copy')}</button><button type="button" class="primary" @click=${() => perform(store, 'save')}>${t('action.save')}</button></div>` : this.buttons(t('dialog.share.copy'))}</form>`;
  }

  async #copy(e: Event): Promise<void> {
    e.preventDefault();
    try {
      await navigator.clipboard.writeText(this.store.link);
      this.copied = true;
    } catch {
      // Without the permission the text is at least selected, ready for the keyboard.
      this.renderRoot.querySelector<HTMLInputElement>('[name=link]')?.select();
    }
  }
}

/** Every action that has a key. */
export class HelpForm extends Form {
  protected override render(): TemplateResult {
    const all = Object.values(actions).filter((a) => a.keys.length);
    const mac = navigator.platform.startsWith('Mac');
    return html`<div class="body"><div class="keys" role="list">${all.map((a) => html`<div role="listitem"><span>${template(this.store.lang, `action.${a.id}` as Key)}</span><kbd>${keyHint(a.id, mac)}</kbd></div>`)}</div></div>`;
  }
}

customElements.define('tcp-connect-form', ConnectForm);
customElements.define('tcp-delay-form', DelayForm);
customElements.define('tcp-open-form', OpenForm);
customElements.define('tcp-share-form', ShareForm);
customElements.define('tcp-help-form', HelpForm);
