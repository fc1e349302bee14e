import { css, html, nothing, type TemplateResult } from 'lit';
import type { PacketView, Prediction } from '../../engine/pkg/views.js';
import { moment } from '../../locales/format.js';
import { Fate } from '../../engine/records.js';
import { Element, reset } from '../base/index.js';
import { basesOf } from '../host-panel/view.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { foretell, unedited } from './predict.js';

/** The line under a packet: what will happen when it arrives, or what became of it. */
export class PacketVerdict extends Element {
  static override styles = [reset, spokenStyles, css`
    :host { display: flex; gap: 16px; align-items: flex-start; min-width: 0; }
    .head { font: italic var(--t3) / 16px var(--serif); color: var(--edit); white-space: nowrap; }
    :host(:lang(zh)) .head { font-style: normal; }
    .head.plain { color: var(--ink2); }
    p { font: var(--t3) / 16px var(--serif); flex: 1; min-width: 0; }
    .said.changed b:first-child { color: var(--edit); }
    .said.refused b:first-child { color: var(--lost); }
    .said.changed.refused b:first-child { color: var(--edit); }
    b { font-weight: 700; }
    cite { font: var(--t1) / 1 var(--sans); color: var(--ink3); white-space: nowrap; }
    .aside { color: var(--ink2); }
    @container packet (max-width: 599px) { .head { display: none; } }
  `];

  #original: { key: string; prediction: Prediction | undefined } | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { store, t } = this;
    const packet = store.shown;
    if (!packet) return nothing;
    if (!store.inFlight(packet.id)) return html`<p class="aside">${this.#fate(packet)}</p>`;
    const { prediction } = store;
    if (!prediction) return nothing;
    const dirty = store.draft?.dirty ?? false;
    const bases = basesOf(store.view, packet.flow, packet.to, store.face.numbers === 'relative');
    const told = foretell(store.lang, t, store.view, prediction, bases, packet.to);
    const before = dirty ? this.#unedited(packet) : undefined;
    return html`<span class="head ${dirty ? '' : 'plain'}">${t('predict.title')}</span>
      <p aria-live="polite"><span class="said ${dirty ? 'changed' : ''} ${told.refused ? 'refused' : ''}"><b>${told.verdict}</b> ${spoken(told.why)}${told.source ? html` <cite>${told.source}</cite>` : nothing} ${told.then}</span>
        ${before ? html` <span class="aside">${unedited(store.lang, t, before)}</span>` : nothing}</p>`;
  }

  /** Asked once for each state of the world. */
  #unedited(packet: PacketView): Prediction | undefined {
    const hex = this.store.draft?.original.hex;
    if (hex === undefined) return undefined;
    const key = `${this.store.revision} ${packet.id} ${hex}`;
    if (this.#original?.key !== key) this.#original = { key, prediction: this.store.attempt(() => this.store.session.predict(packet.id, hex, 0)) };
    return this.#original.prediction;
  }

  #fate(packet: PacketView): string {
    const { store, t } = this;
    const time = moment(store.frames.ends(packet.id));
    switch (store.frames.fate(packet.id)) {
      case Fate.lost: return t('packet.end.lost', { time });
      case Fate.droppedByPerson: return t('packet.end.droppedByPerson', { time });
      case Fate.droppedByHost: return t('packet.end.droppedByHost', { time });
      case Fate.delivered: return t('packet.end.delivered', { time });
      default: return t('packet.end.notYet');
    }
  }
}

customElements.define('tcp-packet-verdict', PacketVerdict);
