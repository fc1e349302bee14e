import { html, nothing, type TemplateResult } from 'lit';
import { flagNames } from '../../engine/records.js';
import type { Store } from '../../engine/store.js';
import { duration } from '../../locales/format.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { segmentOf } from '../sequence/words.js';
import type { T } from '../../locales/index.js';
import { moved, order, placed } from './reading.js';
import type { Words } from './words.js';

/** Most rows that are drawn. */
const MOST = 100;

/** What is on its way, in the order in which it arrives; rows are dragged, or moved by keys. */
export class Order {
  #dragged: number | undefined;
  #over: number | undefined;
  readonly #changed: () => void;
  readonly #focus: (frame: number) => void;

  constructor(changed: () => void, focus: (frame: number) => void) {
    this.#changed = changed;
    this.#focus = focus;
  }

  render(store: Store, t: Words, page: T): TemplateResult {
    const { frames, view } = store;
    const sorted = order(frames, view.inFlight);
    const ask = (to: readonly number[] | undefined, frame: number): void => {
      if (to && store.command({ kind: 'reorder', frames: [...to] })) this.#focus(frame);
    };
    const row = (frame: number): TemplateResult => {
      const { flags, payload } = segmentOf(store, frame);
      const what = `${flagNames(flags)}${payload ? ` ${payload} B` : ''}`;
      const to = nodeName(nodeOf(view, frames.to(frame)), page);
      const when = view.held.includes(frame) ? t('bench.order.held') : duration(Math.max(0, frames.ends(frame) - view.now));
      const letter = store.flowOf(frames.flow(frame))?.letter ?? '';
      const button = (by: 1 | -1, sign: string, label: string): TemplateResult => {
        const there = moved(frames, sorted, frame, by);
        return html`<button type="button" class="bit" aria-label=${label} ?disabled=${!there} @click=${() => ask(there, frame)}>${sign}</button>`;
      };
      return html`<li draggable="true" data-frame=${frame} class="${frame === store.looked ? 'chosen' : ''} ${frame === this.#over ? 'over' : ''}"
        @dragstart=${() => { this.#dragged = frame; }} @dragend=${() => { this.#dragged = this.#over = undefined; this.#changed(); }}
        @dragover=${(e: DragEvent) => { if (this.#dragged !== undefined) { e.preventDefault(); if (this.#over !== frame) { this.#over = frame; this.#changed(); } } }}
        @drop=${(e: DragEvent) => { e.preventDefault(); if (this.#dragged !== undefined) ask(placed(frames, sorted, this.#dragged, frame), this.#dragged); }}>
        <button type="button" class="row" aria-pressed=${frame === store.looked} aria-label=${t('bench.order.row', { id: frame, what, to, when })} @click=${() => store.set({ selected: frame })}
          @keydown=${(e: KeyboardEvent) => { const by = e.altKey ? { ArrowUp: -1 as const, ArrowDown: 1 as const }[e.key] : undefined; if (by) { e.preventDefault(); e.stopPropagation(); ask(moved(frames, sorted, frame, by), frame); } }}>
          <span class="dim">${frame}</span> ${letter} ${what} <span class="dim">→ ${to}</span></button><span class="when ${view.held.includes(frame) ? 'held' : ''}">${when}</span>
        ${button(-1, '↑', t('bench.order.earlier', { id: frame }))}${button(1, '↓', t('bench.order.later', { id: frame }))}</li>`;
    };
    return html`<h3>${t('bench.order')}<span class="dim">${t('bench.order.hint')}</span></h3>
      ${sorted.length ? html`<ol class="order">${sorted.slice(0, MOST).map(row)}</ol>` : nothing}${sorted.length ? nothing : html`<p class="none">${t('bench.order.none')}</p>`}`;
  }
}
