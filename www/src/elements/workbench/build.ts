/** A packet built from nothing or from a copy, with what would happen to it, put on any link. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { perform } from '../../engine/actions.js';
import { ALL_MENDS } from '../../engine/draft.js';
import { toEngineError } from '../../engine/engine.js';
import type { Change, PacketView, Prediction } from '../../engine/pkg/views.js';
import { errorSentence, plain } from '../../locales/sentences.js';
import { panel, reset } from '../base/index.js';
import { basesOf, nodeName } from '../host-panel/view.js';
import { Form } from '../dialogs/forms.js';
import { styles as dialogStyles } from '../dialogs/styles.js';
import { foretell } from '../packet/predict.js';
import { find } from '../packet/tree.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { dataOf, digits, hexOf, textOf } from './reading.js';
import { consequences } from './whatif.js';
import { words, type Words } from './words.js';

const FLAG_PATHS = ['fin', 'syn', 'reset', 'push', 'ack', 'urg', 'ece', 'cwr', 'ae'] as const;
const FLAG_NAMES: Readonly<Record<(typeof FLAG_PATHS)[number], string>> = { fin: 'FIN', syn: 'SYN', reset: 'RST', push: 'PSH', ack: 'ACK', urg: 'URG', ece: 'ECE', cwr: 'CWR', ae: 'AE' };
/** Port that a fresh SYN goes to. */
const PORT = 80;

export class BuildForm extends Form {
  static override properties = { ...Form.properties, packet: { state: true }, node: { state: true }, ahead: { state: true } };
  static override styles = [reset, panel, dialogStyles, spokenStyles, css`
    .grid { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px 20px; }
    .grid .wide { grid-column: 1 / -1; }
    .pair { display: flex; gap: 6px; align-items: center; min-width: 0; } .pair input:last-child { flex: 0 0 76px; }
    .told { border-top: 1px solid var(--hair); padding-top: 10px; display: grid; gap: 6px; }
    .told p { font: var(--t3) / 18px var(--serif); } .told b { color: var(--edit); } .told .refused b:first-child { color: var(--lost); }
    .told .foretold { display: flex; gap: 8px; align-items: baseline; justify-content: space-between; font: italic var(--t3) / 18px var(--serif); color: var(--edit); }
    :host(:lang(zh)) .told .foretold { font-style: normal; }
    .told .foretold label { display: flex; gap: 6px; font: var(--t1) / 16px var(--sans); color: var(--ink3); } .told .foretold input { width: 60px; }
    .told .details { max-height: 132px; overflow-y: auto; }
    .told dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; font: var(--t1) / 17px var(--mono); } .told dd { text-align: right; }
    .told h4, .told dl, .told dd { margin: 0; } .told h4 { font: 600 var(--t1) / 18px var(--sans); color: var(--ink2); } .told .none { color: var(--ink2); } .was { color: var(--ink3); text-decoration: line-through; }
    .told li { font: var(--t1) / 17px var(--mono); } .dim { color: var(--ink3); }
    textarea { font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); padding: 4px 6px; width: 100%; height: 44px; resize: vertical; }
    label.check { grid-template-columns: none; }
    .buttons label.check { margin-right: auto; font: var(--t2) / 16px var(--sans); }
    @media (max-width: 599px) { .grid { grid-template-columns: minmax(0, 1fr); } }
  `];

  declare protected packet: PacketView | undefined;
  declare protected node: number | undefined;
  declare protected ahead: number;
  #problem = '';

  constructor() {
    super();
    this.ahead = 0;
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    super.willUpdate(changed);
    if (!this.ready || this.packet) return;
    this.node = this.store.view.nodes.find((n) => n.role === 'client')?.id ?? this.store.view.nodes[0]?.id;
    this.#begin('');
  }

  /** A SYN of the chosen machine, or the bytes of a frame. */
  #begin(from: string): void {
    const { store } = this;
    try {
      const node = this.node ?? 0;
      if (from === '') this.packet = store.engine.Session.dissect(store.session.synTo(node, PORT));
      else {
        const copy = store.session.packet(Number(from));
        if (store.view.nodes.some((n) => n.id === copy.from)) this.node = copy.from;
        this.packet = copy;
      }
      this.wrong = undefined;
    } catch (thrown) {
      this.wrong = { field: 'node', text: plain(errorSentence(store.lang, toEngineError(thrown))) };
    }
  }

  protected override render(): TemplateResult {
    const { store, packet } = this;
    const t = words[store.lang];
    const looked = store.looked;
    const v6 = packet?.layers.some((l) => l.path === 'ipv6') ?? false;
    const ip = v6 ? 'ipv6' : 'ip';
    return html`<form class="body" novalidate @submit=${(e: Event) => this.#inject(e)}><div class="grid">
      <label>${t('build.from')}<select name="from" autofocus @change=${(e: Event) => this.#begin((e.target as HTMLSelectElement).value)}><option value="">${t('build.syn')}</option>${looked === undefined ? nothing : html`<option value=${looked}>${t('build.copy', { id: looked })}</option>`}</select></label>
      <label>${t('build.node')}<select name="node" @change=${(e: Event) => { this.node = Number((e.target as HTMLSelectElement).value); }}>${store.view.nodes.map((n) => html`<option value=${n.id} .selected=${n.id === this.node}>${nodeName(n, this.t)} ${n.addr}</option>`)}</select>${this.under('node')}</label>
      ${packet ? html`${this.#pair(t('build.src'), `${ip}.src`, t('build.srcport'), 'tcp.srcport')}${this.#pair(t('build.dst'), `${ip}.dst`, t('build.dstport'), 'tcp.dstport')}
      ${this.#field(t('build.seq'), 'tcp.seq')}${this.#field(t('build.ack'), 'tcp.ack')}${this.#field(t('build.window'), 'tcp.window_size_value')}${this.#field(t('build.urgent'), 'tcp.urgent_pointer')}
      <div class="field wide" role="group" aria-label=${t('build.flags')}><span aria-hidden="true">${t('build.flags')}</span><span class="checks">${FLAG_PATHS.map((f) => html`<label class="check"><input type="checkbox" name=${f} .checked=${find(packet.layers, `tcp.flags.${f}`)?.value === '1'}
        @change=${(e: Event) => this.#change({ kind: 'set', path: `tcp.flags.${f}`, value: (e.target as HTMLInputElement).checked ? '1' : '0' }, 'flags')}>${FLAG_NAMES[f]}</label>`)}</span></div>
      <label class="wide">${t('build.options')}<input name="options" spellcheck="false" autocomplete="off" .value=${find(packet.layers, 'tcp.options')?.value ?? ''} aria-invalid=${this.invalid('options')} aria-describedby=${this.wrong ? 'wrong' : nothing}
        @change=${(e: Event) => this.#options((e.target as HTMLInputElement).value)}>${this.under('options')}</label>
      ${this.#data(packet, t)}` : nothing}</div>
      ${packet ? this.#told(packet, t) : nothing}
      <div class="buttons"><label class="check"><input type="checkbox" name="held">${t('build.held')}</label><button type="button" @click=${() => this.close()}>${this.t('dialog.cancel')}</button><button class="primary" ?disabled=${!packet}>${t('build.inject')}</button></div></form>`;
  }

  #field(label: string, path: string): TemplateResult {
    return html`<label>${label}${this.#input(path, undefined)}${this.under(path)}</label>`;
  }

  #pair(label: string, path: string, second: string, other: string): TemplateResult {
    return html`<div class="field"><span>${label}</span><span class="pair">${this.#input(path, label)}${this.#input(other, `${label} ${second}`)}</span>${this.under(path)}${this.under(other)}</div>`;
  }

  #input(path: string, label: string | undefined): TemplateResult {
    return html`<input name=${path} aria-label=${label ?? nothing} spellcheck="false" autocomplete="off" .value=${find(this.packet?.layers ?? [], path)?.value ?? ''} aria-invalid=${this.invalid(path)} aria-describedby=${this.wrong ? 'wrong' : nothing}
      @change=${(e: Event) => this.#change({ kind: 'set', path, value: (e.target as HTMLInputElement).value }, path)}>`;
  }

  #options(value: string): void {
    const has = this.packet && find(this.packet.layers, 'tcp.options');
    this.#change(has ? { kind: 'set', path: 'tcp.options', value } : { kind: 'addOption', index: 0, hex: value }, 'options');
  }

  #data(packet: PacketView, t: Words): TemplateResult {
    const hex = dataOf(packet.layers) ?? '';
    const text = textOf(hex);
    const set = (typed: string): void => {
      const octets = text === undefined ? digits(typed) : hexOf(typed, text);
      if (octets === undefined) this.wrong = { field: 'data', text: t('bench.data.badHex') };
      else this.#change({ kind: 'payload', hex: octets }, 'data');
    };
    return html`<label class="wide">${t(text === undefined ? 'build.dataHex' : 'build.data')}<textarea name="data" spellcheck="false" .value=${text ?? hex} @change=${(e: Event) => set((e.target as HTMLTextAreaElement).value)}></textarea>${this.under('data')}</label>`;
  }

  #change(change: Change, field: string): void {
    const { store, packet } = this;
    if (!packet) return;
    try {
      this.packet = store.engine.Session.change(packet.hex, change, ALL_MENDS);
      this.wrong = undefined;
    } catch (thrown) {
      this.wrong = { field, text: plain(errorSentence(store.lang, toEngineError(thrown))) };
    }
  }

  // ---- what would happen

  #predicted(packet: PacketView): Prediction | undefined {
    this.#problem = '';
    try {
      return this.store.session.predictInject(this.node ?? 0, packet.hex, this.ahead);
    } catch (thrown) {
      this.#problem = plain(errorSentence(this.store.lang, toEngineError(thrown)));
      return undefined;
    }
  }

  #told(packet: PacketView, t: Words): TemplateResult {
    const { store } = this;
    const p = this.#predicted(packet);
    const receiver = p?.rules.find((r) => r.node != null)?.node ?? -1;
    const told = p && foretell(store.lang, this.t, store.view, p, undefined, receiver);
    return html`<div class="told"><div class="foretold"><span>${this.t('predict.title')}</span><label><input name="ahead" type="number" min="0" max="1000" .value=${String(this.ahead)} @input=${(e: Event) => { this.ahead = Math.min(1000, Math.max(0, Math.trunc(Number((e.target as HTMLInputElement).value)) || 0)); }}>${t('bench.ahead')}</label></div>
      <p aria-live="polite"><code>${packet.summary}</code></p>
      ${told ? html`<p class=${told.refused ? 'refused' : ''}><b>${told.verdict}</b> ${spoken(told.why)} ${told.then}</p>` : html`<p>${t('build.failed', { why: this.#problem })}</p>`}
      ${p && (p.changes.length || p.ahead.length) ? html`<div class="details">${consequences(p, store.view, receiver, (node) => basesOf(store.view, packet.flow, node, false), t, this.t)}</div>` : nothing}</div>`;
  }

  #inject(e: Event): void {
    e.preventDefault();
    const { packet, node } = this;
    if (!packet || node === undefined) return;
    // A field under the cursor counts, though it was not left.
    const held = this.renderRoot.querySelector<HTMLInputElement>('[name=held]')?.checked ?? false;
    this.close();
    perform(this.store, 'inject', { node, hex: packet.hex, held });
  }
}

customElements.define('tcp-build-form', BuildForm);
