/** The form that asks at which interfaces a capture is to be made. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { saveFile } from '../../engine/files.js';
import { capture, interfaces } from '../../engine/script-engine.js';
import { Form } from '../dialogs/forms.js';
import { words } from './words.js';

/** A pcapng file of what went through interfaces, chosen by name. */
export class CaptureForm extends Form {
  static override properties = { ...Form.properties, taps: { state: true }, chosen: { state: true } };
  static override styles = [...Form.styles, css`
    fieldset { border: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 0 14px; max-height: 40vh; overflow-y: auto; scrollbar-width: thin; padding: 0; margin: 0; }
    legend { font: italic var(--t3) / 20px var(--serif); color: var(--ink2); padding: 0; }
    :host(:lang(zh)) legend { font-style: normal; }
    label.check { min-width: 0; overflow-wrap: anywhere; }
    .buttons .word { color: var(--ink2); padding: 0 8px; }
    .buttons .word + .word { margin-right: auto; }
    .wrong { padding: 0; }
    @media (max-width: 599px) { label.check { min-height: 44px; } .check input { width: 24px; height: 24px; } }
  `];

  /** Names of interfaces; undefined until they have been asked for. */
  declare protected taps: readonly string[] | undefined;
  declare protected chosen: ReadonlySet<string>;

  constructor() {
    super();
    this.chosen = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#ask();
  }

  protected override render(): TemplateResult {
    const t = words[this.store.lang];
    const { taps } = this;
    return html`<form class="body" novalidate @submit=${(e: Event) => void this.#save(e)}><p>${t('cap.text')}</p>
      ${taps ? html`<fieldset aria-describedby=${this.wrong ? 'wrong' : nothing}><legend>${t('cap.taps')}</legend>${taps.map((tap) => html`<label class="check"><input type="checkbox" name=${tap} .checked=${this.chosen.has(tap)}
          @change=${(e: Event) => this.#choose(tap, (e.target as HTMLInputElement).checked)}>${tap}</label>`)}</fieldset>` : html`<p role="status">${t('cap.reading')}</p>`}
      ${this.under('taps')}
      <div class="buttons"><button type="button" class="word" @click=${() => this.#all(true)}>${t('cap.all')}</button><button type="button" class="word" @click=${() => this.#all(false)}>${t('cap.none')}</button>
        <button type="button" @click=${() => this.close()}>${this.t('dialog.cancel')}</button><button class="primary" ?disabled=${!taps}>${t('cap.save')}</button></div></form>`;
  }

  async #ask(): Promise<void> {
    try {
      const taps = await interfaces(this.store.session.save());
      this.taps = taps;
      this.chosen = new Set(taps);
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>('input')?.focus();
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #choose(tap: string, on: boolean): void {
    const chosen = new Set(this.chosen);
    if (on) chosen.add(tap);
    else chosen.delete(tap);
    this.chosen = chosen;
    this.wrong = undefined;
  }

  #all(on: boolean): void {
    this.chosen = new Set(on ? this.taps : []);
    this.wrong = undefined;
  }

  async #save(e: Event): Promise<void> {
    e.preventDefault();
    const { step, scenario } = this.store.view;
    const taps = this.taps?.filter((tap) => this.chosen.has(tap)) ?? [];
    if (!taps.length) return this.refuse('taps', words[this.store.lang]('cap.empty'));
    try {
      const bytes = await capture(this.store.session.save(), step, taps);
      const [only] = taps;
      saveFile(`${scenario.id}${taps.length === 1 && only ? `.${only.replace(/[^\w-]+/g, '-')}` : ''}.pcapng`, bytes, 'application/x-pcapng');
      this.close();
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  #failed(thrown: unknown): void {
    this.store.attempt(() => { throw thrown; });
    this.close();
  }
}

customElements.define('tcp-capture-form', CaptureForm);
declare global {
  interface HTMLElementTagNameMap { 'tcp-capture-form': CaptureForm }
}
