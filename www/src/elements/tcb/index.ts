import { css, html, nothing, type TemplateResult } from 'lit';
import type { TcbView, TimerView, VarView } from '../../engine/pkg/views.js';
import { duration } from '../../locales/format.js';
import type { SeqBases } from '../../locales/sentences.js';
import { asker, askerStyles } from '../base/asker.js';
import { Element, panel, reset } from '../base/index.js';
import { walk } from '../host-panel/roving.js';
import { basesOf, flowOf, nodeOf, tcbOf } from '../host-panel/view.js';
import { halves, written } from './values.js';

/** The variables of one connection on one host; those that this step changed are marked, with what they were. */
export class Tcb extends Element {
  static override properties = { node: { attribute: false } };
  static override styles = [reset, panel, askerStyles, css`
    :host { display: block; }
    h3 i { font-weight: 700; }
    .two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 10px; padding-top: 4px; }
    dl { font: var(--t1) / 16px var(--mono); }
    dl div { display: flex; justify-content: space-between; gap: 4px; }
    dt { color: var(--ink2); white-space: nowrap; }
    dd { text-align: right; white-space: nowrap; }
  `];

  declare node: number | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { view, flow, face } = this.store;
    const node = nodeOf(view, this.node);
    const tcb = node && tcbOf(node, flow);
    if (!node || !tcb) return nothing;
    const bases = basesOf(view, tcb.flow, node.id, face.numbers === 'relative');
    const rows = [...tcb.vars.map((v, i) => this.#variable(v, bases, tcb.socket, i === 0)), ...this.#timers(tcb)];
    const changed = tcb.vars.filter((v) => v.was != null).length;
    const [left, right] = halves(rows);
    return html`
      <h3><span>${this.t('tcb.title')} <i>${flowOf(view, tcb.flow)?.letter}</i> <span class="fact">${asker(this, { node: node.id, socket: tcb.socket, what: 'state' }, 'state', tcb.state)}</span></span>
        <span class="remark">${changed ? this.t('tcb.changed', { n: changed }) : this.t('tcb.same')}</span></h3>
      <div class="two" @keydown=${(e: KeyboardEvent) => walk(e, '.asks', false)}><dl>${left}</dl><dl>${right}</dl></div>`;
  }

  #variable(v: VarView, bases: SeqBases | undefined, socket: number, stop: boolean): TemplateResult {
    const value = written(v, v.value, bases, this.t);
    if (v.was == null) return html`<div><dt>${v.name}</dt><dd>${this.#asks(socket, v.name, value, stop)}</dd></div>`;
    return this.#changed(v.name, written(v, v.was, bases, this.t), value, socket, stop);
  }

  /** The value as a button that asks who set it. */
  #asks(socket: number, what: string, value: unknown, stop = false): TemplateResult {
    return asker(this, { node: this.node ?? 0, socket, what }, what, value, stop);
  }

  /** Old and new where both fit beside the name; the old one goes first to a title where they do not. */
  #changed(name: string, was: string, value: string, socket: number, stop = false): TemplateResult {
    const label = this.t('tcb.changed.label', { name, was, value });
    const room = name.length + was.length + value.length < 16;
    return html`<div><dt>${name}</dt><dd class="changed" title=${label}>${this.#asks(socket, name, room ? html`${was} → ${value}` : html`<span class="sr">${was} → </span>${value}`, stop)}</dd></div>`;
  }

  #timers(tcb: TcbView): TemplateResult[] {
    const { t, store } = this;
    if (!tcb.timers.length) return [html`<div><dt>${t('tcb.timer')}</dt><dd>${t('tcb.off')}</dd></div>`];
    return tcb.timers.map((timer: TimerView) => {
      const left = duration(Math.max(0, timer.until - store.clock));
      const was = timer.was == null ? undefined : timer.was === 0 ? t('tcb.off') : duration(timer.was - store.view.now);
      return was === undefined ? html`<div><dt>${timer.name}</dt><dd>${this.#asks(tcb.socket, timer.name, left)}</dd></div>` : this.#changed(timer.name, was, left, tcb.socket);
    });
  }
}

customElements.define('tcp-tcb', Tcb);
