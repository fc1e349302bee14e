/** The workbench: surgery on the packet looked at, the order of what is on its way, and what would come of it. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { actions, keyHint, perform } from '../../engine/actions.js';
import type { EngineError } from '../../engine/engine.js';
import type { Change, FieldView, PacketView } from '../../engine/pkg/views.js';
import { errorSentence, fieldLabel, plain } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { basesOf } from '../host-panel/view.js';
import { choices } from '../tools/choices.js';
import { frame } from '../tools/styles.js';
import { Order } from './order.js';
import { dataOf, digits, follower, hexOf, optionsOf, RIGHT, textOf, WRONG } from './reading.js';
import { styles } from './styles.js';
import { consequences } from './whatif.js';
import { words, type Words } from './words.js';
import './rules.js';

/** Steps that can be looked ahead; the core has the same bound. */
const MOST_AHEAD = 1000;

export class Workbench extends Element {
  static override properties = { form: { state: true }, wrong: { state: true } };
  static override styles = [reset, panel, frame, styles, css`
    .columns.four { grid-template-columns: minmax(0, 1.1fr) minmax(0, 1.1fr) minmax(0, 1fr) minmax(0, 1.1fr); }
    .row { flex: 1; text-align: left; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 0; height: 22px; font: inherit; }
    .when { color: var(--ink3); white-space: nowrap; } .when.held { color: var(--time); }
    .order .bit { width: 24px; }
    h4 { font: 600 var(--t1) / 18px var(--sans); color: var(--ink2); display: block; height: auto; padding: 0; border: 0; }
    .ahead li { min-height: 17px; line-height: 17px; align-items: baseline; }
    .ahead span:last-child { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
    .whatif h3 { align-items: center; }
    .whatif h3 input { width: 56px; min-height: 24px; height: 24px; }
    .order li { padding-left: 6px; }
    .whatif h3 label { margin-left: auto; display: flex; gap: 6px; align-items: baseline; font: var(--t1) / 16px var(--sans); color: var(--ink3); }
  `];

  declare protected form: 'text' | 'hex' | undefined;
  /** Name of the field that was refused, and why. */
  declare protected wrong: { readonly field: string; readonly text: string } | undefined;
  #dragged: number | undefined;
  readonly #order = new Order(() => this.requestUpdate(), (id) => void this.#focus(`li[data-frame="${id}"] .row`));

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const packet = store.shown;
    const flies = packet !== undefined && store.inFlight(packet.id);
    return html`<section aria-label=${packet ? t('bench.label', { id: packet.id }) : t('bench.none')}>
      <h2><span class="sr">${packet ? t('bench.label', { id: packet.id }) : t('bench.none')}</span>${packet ? html`<span class="fact">${packet.summary.split(', ').slice(0, 2).join(' ')}</span>` : nothing}
        <span class="tools">${(['undo', 'redo'] as const).map((id) => html`<button type="button" class="go" ?disabled=${!actions[id].allowed(store)} title=${keyHint(id)} @click=${() => perform(store, id)}>${t(`bench.${id}`)}</button>`)}
          <button type="button" class="go" @click=${() => perform(store, 'build')}>${t('bench.build')}</button></span></h2>
      <div class="columns four">
        <div class="column">${packet ? this.#options(packet, flies, t) : html`<p class="none">${t('bench.none')}</p>`}</div>
        <div class="column">${packet ? this.#data(packet, flies, t) : nothing}</div>
        <div class="column">${this.#order.render(store, t, this.t)}</div>
        <div class="column whatif">${packet ? this.#whatIf(packet, t) : nothing}</div></div>
      ${packet ? html`<div class="foot"><tcp-packet-verdict .store=${store}></tcp-packet-verdict>
        <button type="button" class="go primary" ?disabled=${!actions[flies ? 'deliver' : 'hold'].allowed(store)} @click=${() => perform(store, flies ? 'deliver' : 'hold')}>${this.t(flies ? 'packet.deliver' : 'packet.hold')}</button></div>` : nothing}
    </section>`;
  }

  // ---- options

  #options(packet: PacketView, flies: boolean, t: Words): TemplateResult {
    const options = optionsOf(packet.layers);
    const tcp = packet.layers.find((l) => l.path === 'tcp');
    const length = options.reduce((n, o) => n + o.bits / 8, 0);
    return html`<h3>${t('bench.options')}<span class="dim">${tcp ? t('bench.options.room', { n: length }) : nothing}</span></h3>
      ${tcp ? html`<ol title=${flies ? t('bench.option.hint') : nothing}>${options.map((o, i) => this.#option(o, i, options.length, flies, t))}</ol>
        ${flies ? this.#adding(options.length, t) : html`<p class="none">${t('bench.readonly', { id: packet.id })}</p>`}` : html`<p class="none">${t('bench.options.none')}</p>`}${this.#why('option')}`;
  }

  #option(o: FieldView, i: number, all: number, flies: boolean, t: Words): TemplateResult {
    const name = fieldLabel(this.store.lang, o.name, true);
    const n = i + 1;
    const bad = o.children.some((c) => c.problem != null);
    const move = (to: number): void => {
      if (to >= 0 && to < all && this.#change({ kind: 'moveOption', from: i, to }, 'option')) void this.#focus(`[data-option="${to}"] input`);
    };
    const remove = (): void => void (this.#change({ kind: 'removeOption', index: i }, 'option') && this.#focus(`[data-option="${Math.min(i, all - 2)}"] input`));
    const keys = (e: KeyboardEvent): void => {
      const to = e.altKey ? { ArrowUp: i - 1, ArrowDown: i + 1 }[e.key] : undefined;
      if (to !== undefined) move(to);
      else if (e.altKey && e.key === 'Delete') remove();
      else return;
      e.preventDefault();
    };
    const button = (sign: string, label: string, off: boolean, run: () => void): TemplateResult => html`<button type="button" class="bit" aria-label=${label} ?disabled=${off || !flies} @click=${run}>${sign}</button>`;
    return html`<li draggable=${flies ? 'true' : 'false'} data-option=${i} @keydown=${(e: KeyboardEvent) => { if (flies) keys(e); if (e.key.length === 1 || e.key.startsWith('Arrow') || e.key === 'Enter') e.stopPropagation(); }}
      @dragstart=${() => { this.#dragged = i; }} @dragover=${(e: DragEvent) => { if (this.#dragged !== undefined) e.preventDefault(); }}
      @drop=${(e: DragEvent) => { e.preventDefault(); if (this.#dragged !== undefined && this.#dragged !== i) this.#change({ kind: 'moveOption', from: this.#dragged, to: i }, 'option'); this.#dragged = undefined; }}>
      <span class="name" title=${name}>${name}</span><input .value=${o.value} ?disabled=${!flies} spellcheck="false" aria-label=${t('bench.option.hex', { n, name })} aria-invalid=${bad ? 'true' : nothing}
        @change=${(e: Event) => void this.#change({ kind: 'set', path: o.path, value: (e.target as HTMLInputElement).value }, 'option')}>
      ${button('↑', t('bench.option.up', { n }), i === 0, () => move(i - 1))}${button('↓', t('bench.option.down', { n }), i === all - 1, () => move(i + 1))}${button('×', t('bench.option.remove', { n }), false, remove)}</li>`;
  }

  #adding(at: number, t: Words): TemplateResult {
    const name = (hex: string): string => {
      const kind = parseInt(hex.slice(0, 2), 16);
      const names: Readonly<Record<number, string>> = { 1: 'nop', 2: 'mss', 3: 'wscale', 4: 'sack_perm', 5: 'sack', 8: 'timestamp' };
      return names[kind] === undefined ? t(kind === 0 ? 'bench.add.end' : 'bench.add.unknown') : fieldLabel(this.store.lang, `tcp.options.${names[kind]}`, false);
    };
    const add = (): void => {
      const hex = this.renderRoot.querySelector<HTMLSelectElement>('[name=add]')?.value ?? '';
      if (this.#change({ kind: 'addOption', index: at, hex }, 'option')) void this.#focus(`[data-option="${at}"] input`);
    };
    return html`<div class="line"><select name="add" aria-label=${t('bench.add')} @keydown=${own}><optgroup label=${t('bench.add.right')}>${RIGHT.map((hex) => html`<option value=${hex}>${name(hex)} · ${hex}</option>`)}</optgroup>
      <optgroup label=${t('bench.add.wrong')}>${(Object.keys(WRONG) as (keyof typeof WRONG)[]).map((k) => html`<option value=${WRONG[k]}>${t(`bench.add.${k}`)} · ${WRONG[k]}</option>`)}</optgroup></select>
      <button type="button" class="go" @click=${add}>${t('bench.add.go')}</button></div>`;
  }

  // ---- data, and the packet as a whole

  #data(packet: PacketView, flies: boolean, t: Words): TemplateResult {
    const hex = dataOf(packet.layers);
    const text = hex === undefined ? undefined : textOf(hex);
    const as = text === undefined ? 'hex' : this.form ?? 'text';
    const forms = [{ value: 'text' as const, text: t('bench.data.text') }, { value: 'hex' as const, text: t('bench.data.hex') }];
    return html`<h3>${t('bench.data')}<span class="dim">${t('bench.data.length', { n: packet.payload })}</span>${hex === undefined ? nothing : choices(t('bench.data.as'), forms, as, (form) => { this.form = form; })}</h3>
      ${hex === undefined ? html`<p class="none">${t('bench.options.none')}</p>` : html`<textarea .value=${as === 'text' ? text ?? '' : hex} ?disabled=${!flies} spellcheck="false" aria-label=${t('bench.data.label', { form: t(`bench.data.${as}`) })} aria-invalid=${this.wrong?.field === 'data' ? 'true' : nothing}
        @keydown=${own} @change=${(e: Event) => this.#setData((e.target as HTMLTextAreaElement).value, as, text, t)}></textarea>`}
      ${text === undefined && hex !== undefined ? html`<p class="none">${t('bench.data.binary')}</p>` : nothing}${this.#why('data')}
      ${flies ? html`${this.#number('split', Math.max(1, packet.payload >> 1), 1, packet.payload - 1, packet.payload > 1, t)}${this.#merging(packet, t)}
        ${this.#number('truncate', packet.hex.length / 2 - 1, 14, packet.hex.length / 2 - 1, true, t)}${this.#number('repeat', 1, 1, 1000, true, t)}${this.#why('whole')}` : nothing}`;
  }

  #setData(typed: string, as: 'text' | 'hex', before: string | undefined, t: Words): void {
    const hex = as === 'text' ? hexOf(typed, before) : digits(typed);
    if (hex === undefined) this.wrong = { field: 'data', text: t('bench.data.badHex') };
    else this.#change({ kind: 'payload', hex }, 'data');
  }

  /** A number, and what is done with it. */
  #number(what: 'split' | 'truncate' | 'repeat', start: number, min: number, max: number, possible: boolean, t: Words): TemplateResult {
    const go = (e: Event): void => {
      const input = (e.currentTarget as HTMLElement).closest('.line')?.querySelector('input');
      const n = Number(input?.value);
      if (!Number.isInteger(n) || n < min || n > max) {
        this.wrong = { field: 'whole', text: t('bench.whole', { min, max }) };
        input?.focus();
        return;
      }
      if (what === 'truncate') return void this.#change({ kind: 'truncate', octets: n }, 'whole');
      this.wrong = undefined;
      perform(this.store, what, what === 'split' ? { at: n } : { times: n });
    };
    return html`<div class="line"><label for=${what}>${t(`bench.${what}`)}</label><input id=${what} inputmode="numeric" .defaultValue=${String(start)} ?disabled=${!possible} @keydown=${(e: KeyboardEvent) => { own(e); if (e.key === 'Enter') go(e); }}>
      <button type="button" class="go" ?disabled=${!possible} @click=${go}>${t(`bench.${what}.go`)}</button></div>`;
  }

  #merging(packet: PacketView, t: Words): TemplateResult {
    const { store } = this;
    const next = follower(store.frames, store.view.inFlight, packet.id, packet.payload);
    return html`<div class="line"><span>${next === undefined ? t('bench.merge.none') : t('bench.merge', { id: next })}</span>
      <button type="button" class="go" ?disabled=${next === undefined} @click=${() => perform(store, 'merge', next === undefined ? {} : { with: next })}>${t('bench.merge.go')}</button></div>`;
  }

  // ---- what would happen

  #whatIf(packet: PacketView, t: Words): TemplateResult {
    const { store } = this;
    const { prediction } = store;
    const steps = (e: Event): void => store.set({ ahead: Math.min(Math.max(0, Math.trunc(Number((e.target as HTMLInputElement).value)) || 0), MOST_AHEAD) });
    return html`<h3>${t('bench.whatif')}<label><input type="number" min="0" max=${MOST_AHEAD} .value=${String(store.face.ahead)} @input=${steps} @keydown=${own}>${t('bench.ahead')}</label></h3>
      ${prediction ? consequences(prediction, store.view, packet.to, (node) => basesOf(store.view, packet.flow, node, store.face.numbers === 'relative'), t, this.t) : html`<p class="none">${t('bench.nothing')}</p>`}`;
  }

  // ---- shared

  /** Changes the draft; what is changed for the first time is held where it flies. */
  #change(change: Change, field: string): boolean {
    const { store } = this;
    this.wrong = undefined;
    if (store.change(change)) {
      if (store.looked !== undefined && store.draft?.dirty && !store.isHeld(store.looked)) perform(store, 'hold', { frame: store.looked });
      return true;
    }
    const error: EngineError | undefined = store.error;
    store.error = undefined;
    this.wrong = { field, text: error ? plain(errorSentence(store.lang, error)) : '' };
    this.requestUpdate();
    store.notify();
    return false;
  }

  #why(field: string): TemplateResult | typeof nothing {
    return this.wrong?.field === field ? html`<p class="wrong" role="alert">${this.wrong.text}</p>` : nothing;
  }

  async #focus(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }
}

/** Keys that a field needs are the field's. */
function own(e: KeyboardEvent): void {
  if (e.key !== 'Escape' && !e.ctrlKey && !e.metaKey) e.stopPropagation();
}

customElements.define('tcp-workbench', Workbench);
