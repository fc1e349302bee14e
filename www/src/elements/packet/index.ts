import { html, nothing, type TemplateResult } from 'lit';
import { actions, keyHint, perform, type ActionId } from '../../engine/actions.js';
import type { FieldView, PacketView } from '../../engine/pkg/views.js';
import { duration } from '../../locales/format.js';
import { short } from '../../locales/sentences.js';
import { Bits, Fate, Mark } from '../../engine/records.js';
import { ALL_MENDS, MENDED, MENDS, type Mend } from '../../engine/draft.js';
import { Element, panel, reset } from '../base/index.js';
import { bars, cross, diamond, signs, square } from '../host-panel/signs.js';
import { } from '../host-panel/view.js';
import { FieldHover } from './part.js';
import { label, valueOf } from './show.js';
import { Editing } from './editing.js';
import { find, layerOf, octets } from './tree.js';
import { styles } from './styles.js';
import './bytes-view.js';
import './rows-view.js';
import './tree-view.js';
import './verdict.js';

/**
 * The selected packet: tree, rows and octets that highlight each other and edit in place, what will happen to it,
 * and what can be done with it. `mode="peek"` is the small one under a phone's figure.
 */
export class Packet extends Element {
  static override properties = { mode: { type: String, reflect: true }, led: { type: Boolean, reflect: true }, hovered: { state: true }, layer: { state: true } };
  static override styles = [reset, panel, signs, styles];

  declare mode: 'full' | 'peek';
  /** A tab names it: its own name is for those who hear. */
  declare led: boolean;
  declare protected hovered: string | undefined;
  /** Header drawn in rows, where a person chose one. */
  declare protected layer: string | undefined;
  #followed: string | undefined;

  constructor() {
    super();
    this.mode = 'full';
    this.led = false;
    this.addEventListener(FieldHover.type, (e) => { this.hovered = (e as FieldHover).path; });
  }

  protected override render(): TemplateResult | typeof nothing {
    const packet = this.store.shown;
    if (this.mode === 'peek') return packet ? this.#peek(packet) : nothing;
    if (!packet) return html`<section class="empty" aria-label=${this.t('packet.none')}><h2><span class="name">${this.t('packet.none')}</span></h2><p class="hint">${this.t('packet.none.hint')}</p></section>`;
    const headers = packet.layers.filter((l) => l.children.length);
    const header = this.#header(packet, headers);
    return html`<section aria-label=${this.t('packet.title', { id: packet.id })}>
      <h2><span class="name">${this.t('packet.title', { id: packet.id })}</span>${this.#who(packet)}${this.#tags(packet)}
        <span class="wide options">${this.#options(headers, header)}</span><span class="mid">${this.#actions()}</span></h2>
      <div class="columns">
        <tcp-packet-tree .store=${this.store} .hovered=${this.hovered}></tcp-packet-tree>
        <tcp-packet-rows .store=${this.store} .hovered=${this.hovered} .layer=${header}></tcp-packet-rows>
        <div class="octets"><span class="narrow options">${this.#options(headers, header)}</span>
          <tcp-packet-bytes .store=${this.store} .hovered=${this.hovered} .header=${header && octets(header)}></tcp-packet-bytes></div>
      </div>
      <div class="verdict"><tcp-packet-verdict .store=${this.store}></tcp-packet-verdict>${this.#mends(packet)}<span class="wide narrow-too">${this.#actions()}</span></div>
    </section>`;
  }

  // ---- heading

  #who(packet: PacketView): TemplateResult {
    const letter = this.store.flowOf(packet.flow)?.letter;
    return html`<span class="fact">${letter ? html`<b>${letter}</b> ` : nothing}${heading(packet)}</span>`;
  }

  #tags(packet: PacketView): TemplateResult {
    const { t, store } = this;
    const { draft } = store;
    const n = draft?.edited.length ?? 0;
    return html`${this.#state(packet)}${this.#ruled(packet)}${this.#impaired(packet)}${draft?.dirty && n ? html`<span class="tag edit">${diamond}${t('packet.edited', { n })}</span>` : nothing}`;
  }

  #state(packet: PacketView): TemplateResult {
    const { t, store } = this;
    const fate = store.frames.fate(packet.id);
    if (store.isHeld(packet.id)) {
      const since = this.#heldSince(packet.id);
      return html`<span class="tag time">${bars}${since === undefined ? t('packet.heldNow') : t('packet.held', { time: duration(store.clock - since) })}</span>`;
    }
    if (store.inFlight(packet.id)) return html`<span class="tag">${t('packet.flying')}</span>`;
    if (fate === Fate.delivered) return html`<span class="tag dim">${t('packet.delivered')}</span>`;
    if (fate === Fate.lost) return html`<span class="tag lost">${cross}${t('packet.lost')}</span>`;
    if (fate === Fate.droppedByPerson) return html`<span class="tag lost">${cross}${t('packet.droppedByPerson')}</span>`;
    if (fate === Fate.droppedByHost) return html`<span class="tag lost">${cross}${t('packet.droppedByHost')}</span>`;
    return html`<span class="tag dim">${t('packet.readonly')}</span>`;
  }

  /** Standing rules that acted on it, and how; a click opens their list. */
  #ruled(packet: PacketView): TemplateResult[] {
    const { marks, frames } = this.store;
    const tags: TemplateResult[] = [];
    if (packet.id >= frames.length || !(frames.bits(packet.id) & Bits.ruled)) return tags;
    const sent = frames.stepSent(packet.id);
    for (let [i, end] = marks.between(sent, sent); i < end; i++) {
      if (marks.kind(i) !== Mark.ruled || marks.frame(i) !== packet.id) continue;
      const act = marks.a(i) as 0 | 1 | 2 | 3 | 4;
      tags.push(html`<button type="button" class="tag edit" @click=${() => perform(this.store, 'rules')}>${square}${this.t(`packet.ruled.${act}`, { id: marks.x(i) })}</button>`);
    }
    return tags;
  }

  /** What its link did to it, beyond carrying it: why it lost it, too. */
  #impaired(packet: PacketView): TemplateResult[] {
    const { marks, frames, rules, lang, view } = this.store;
    const tags: TemplateResult[] = [];
    if (packet.id >= frames.length || !(frames.bits(packet.id) & Bits.impaired || frames.fate(packet.id) === Fate.lost)) return tags;
    for (let [i, end] = marks.between(frames.stepSent(packet.id), Math.min(frames.stepEnded(packet.id), view.step)); i < end; i++) {
      if ((marks.kind(i) !== Mark.impaired && marks.kind(i) !== Mark.lost) || marks.frame(i) !== packet.id) continue;
      const rule = rules[marks.b(i)];
      if (rule) tags.push(html`<span class="tag edit">${square}${short(lang, rule.id, marks.x(i), marks.y(i))}</span>`);
    }
    return tags;
  }

  /** When the hold that still lasts began: the newest mark that says so. */
  #heldSince(frame: number): number | undefined {
    const { marks, frames, view } = this.store;
    const [first, end] = marks.between(frames.stepSent(frame), view.step);
    for (let i = end - 1; i >= first; i--) {
      if (marks.kind(i) === Mark.held && marks.frame(i) === frame && marks.since(i) <= view.now) return marks.since(i);
    }
    return undefined;
  }

  // ---- which header, which numbers

  /** The header of the rows: the one chosen, that of the chosen field, or the last. */
  #header(packet: PacketView, headers: readonly FieldView[]): FieldView | undefined {
    const { field } = this.store.face;
    if (field !== this.#followed) {
      this.#followed = field;
      const of = field === undefined ? undefined : layerOf(packet.layers, field);
      if (of?.children.length) this.layer = of.path;
    }
    return headers.find((h) => h.path === this.layer) ?? headers.at(-1);
  }

  #options(headers: readonly FieldView[], header: FieldView | undefined): TemplateResult {
    const { t, store } = this;
    const { numbers } = store.face;
    const choice = (text: string, on: boolean, choose: () => void): TemplateResult =>
      html`<button type="button" aria-pressed=${on} @click=${choose}>${text}</button>`;
    return html`<span role="group" aria-label=${t('packet.header')}>${headers.map((h) => choice(label(store.lang, h, undefined, true), h === header, () => { this.layer = h.path; }))}</span>
      <span role="group" aria-label=${t('packet.numbers')}>${(['absolute', 'relative'] as const).map((n) => choice(t(`packet.${n}`), numbers === n, () => store.set({ numbers: n })))}</span>
      ${store.draft?.canUndo ? html`<button type="button" class="edit" title="${t('packet.undo')} (${keyHint('undo')})" @click=${() => perform(store, 'undo')}>${t('packet.undo')}</button>` : nothing}`;
  }

  // ---- what to do with it

  #actions(): TemplateResult {
    const { store, t } = this;
    const { looked } = store;
    const flies = looked !== undefined && store.inFlight(looked);
    const first: ActionId = flies && (store.isHeld(looked) || store.draft?.dirty) ? 'deliver' : 'hold';
    const names = { hold: 'packet.hold', deliver: 'packet.deliver', drop: 'packet.drop', duplicate: 'packet.duplicate', delay: 'packet.delay' } as const;
    const rest = flies ? (['drop', 'duplicate', 'delay'] as const) : [];
    return html`<span class="actions" role="group" aria-label=${t('packet.actions')}>${([first, ...rest] as (keyof typeof names)[]).map((id, i) => html`<button type="button"
      class=${i === 0 ? 'primary' : ''} ?disabled=${!actions[id].allowed(store)} @click=${() => perform(store, id)}>${t(names[id])}<kbd aria-hidden="true">${keyHint(id)}</kbd></button>`)}</span>`;
  }

  /** Which lengths and checksums follow an edit, and which stay as they were and are wrong then; with their values once they differ. */
  #mends(packet: PacketView): TemplateResult | typeof nothing {
    const { draft } = this.store;
    if (!Editing.possible(this)) return nothing;
    const { t } = this;
    const mends = draft?.mends ?? ALL_MENDS;
    const choice = (mend: Mend): TemplateResult | typeof nothing => {
      const field = find(packet.layers, MENDED[mend]);
      if (!field) return nothing;
      const on = (mends & MENDS[mend]) !== 0;
      const differs = draft?.changed.has(field.path) || field.problem != null;
      return html`<button type="button" role="checkbox" aria-checked=${on} title=${t(on ? 'packet.mends.follows' : 'packet.mends.stays')}
        @click=${() => this.store.setMends(mends ^ MENDS[mend])}>${t(`packet.mends.${mend}`)}${differs ? html` <code class=${field.problem == null ? '' : 'wrong'}>${valueOf(field, field.value, undefined)}</code>` : nothing}</button>`;
    };
    return html`<span class="checksum"><span class="dim">${t('packet.mends')}</span>
      <span class="switch" role="group" aria-label=${t('packet.mends')}>${(Object.keys(MENDED) as Mend[]).map(choice)}</span></span>`;
  }

  // ---- on a phone

  #peek(packet: PacketView): TemplateResult {
    const { store } = this;
    const path = store.draft?.edited.findLast((p) => store.draft?.changed.has(p));
    const field = path === undefined ? undefined : find(packet.layers, path);
    const was = path === undefined ? undefined : store.draft?.changed.get(path);
    const bases = Editing.bases(this);
    return html`<section class="peek" aria-label=${this.t('packet.title', { id: packet.id })}>
      <h2>${field ? html`${diamond}<span class="fact change"><span><b>${store.flowOf(packet.flow)?.letter}</b> ${label(store.lang, field, undefined, true)}</span> <s>${valueOf(field, was ?? '', bases)}</s> <b class="edit">${valueOf(field, field.value, bases)}</b></span>`
        : html`<span class="name">${this.t('packet.title', { id: packet.id })}</span>${this.#who(packet)}`}<span class="push">${this.#state(packet)}</span></h2>
      <tcp-packet-verdict .store=${store}></tcp-packet-verdict>${this.#actions()}</section>`;
  }
}

/** `10.0.0.1:40004 → 10.0.0.2:80 PSH ACK, 100 B`: who to whom, and what; its numbers stand in the rows. */
function heading(packet: PacketView): string {
  const [ends = '', flags = ''] = packet.summary.split(', ');
  if (!find(packet.layers, 'tcp.seq')) return packet.summary;
  return `${ends} ${flags}${packet.payload ? `, ${packet.payload} B` : ''}`;
}

customElements.define('tcp-packet', Packet);
