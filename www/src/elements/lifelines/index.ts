import { css, html, type TemplateResult } from 'lit';
import type { Life } from '../../diagram/index.js';
import type { Store } from '../../engine/store.js';
import { Element, reset } from '../base/index.js';
import { nodeName } from '../host-panel/view.js';
import { words } from './words.js';

/** How far a pointer moves, px, before a lifeline is dragged rather than pressed. */
const STILL = 4;

const idsOf = (lives: readonly Life[]): number[] => lives.flatMap((life) => life);
const foldedOf = (lives: readonly Life[]): number[] => lives.flatMap((life) => (typeof life === 'number' ? [] : life));

/** Keeps order and folds with the work. */
function keep(store: Store, order: readonly number[], folded: ReadonlySet<number>): void {
  const name = (id: number): string => store.view.nodes.find((n) => n.id === id)?.name ?? '';
  store.keep('lifelines', { order: order.map(name), folded: order.filter((id) => folded.has(id)).map(name) });
}

/** Moves a lifeline past its neighbour, folds passed over whole. */
export function move(store: Store, lives: readonly Life[], node: number, by: number): void {
  const at = lives.findIndex((life) => life === node);
  const to = at + by;
  if (at < 0 || to < 0 || to >= lives.length) return;
  const next = [...lives];
  next.splice(to, 0, ...next.splice(at, 1));
  keep(store, idsOf(next), new Set(foldedOf(lives)));
}

/** Folds a lifeline, where others stay. */
export function fold(store: Store, lives: readonly Life[], node: number): void {
  if (lives.filter((life) => typeof life === 'number').length > 1) keep(store, idsOf(lives), new Set([...foldedOf(lives), node]));
}

/** A head goes with the pointer; where it is let go, the lifeline stands. */
export function drag(store: Store, lives: readonly Life[], columns: readonly { readonly node: number; readonly x: number; readonly width: number }[], node: number, head: HTMLElement, from: number): void {
  const start = columns.find((c) => c.node === node);
  if (!start) return;
  const before = head.style.translate;
  let moved = 0;
  const go = (e: PointerEvent): void => {
    moved = e.clientX - from;
    if (Math.abs(moved) < STILL) return;
    head.classList.add('dragged');
    head.style.translate = `${moved}px 0`;
  };
  const end = (e: PointerEvent): void => {
    removeEventListener('pointermove', go);
    removeEventListener('pointerup', end);
    removeEventListener('pointercancel', end);
    head.classList.remove('dragged');
    head.style.translate = before;
    if (Math.abs(moved) < STILL || e.type !== 'pointerup') return;
    // The press that ends a drag chooses nothing.
    head.addEventListener('click', (click) => click.stopPropagation(), { capture: true, once: true });
    setTimeout(() => head.click());
    const x = start.x + start.width / 2 + moved;
    const others = columns.filter((c) => c.node !== node);
    const place = others.filter((c) => c.x + c.width / 2 < x).length;
    const rest = lives.filter((life) => life !== node);
    keep(store, idsOf([...rest.slice(0, place), node, ...rest.slice(place)]), new Set(foldedOf(lives)));
  };
  addEventListener('pointermove', go);
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
}

/** The list of lifelines: which are shown, and in what order. */
export class Lifelines extends Element {
  static override properties = { lives: { attribute: false } };
  static override styles = [reset, css`
    :host { position: absolute; z-index: 3; left: 46px; top: 44px; width: min(320px, calc(100% - 54px)); max-height: calc(100% - 60px); overflow: hidden auto; background: var(--paper); border: 1px solid var(--ink); padding: 8px 12px 10px; }
    h2 { font: var(--t4) / 24px var(--serif); display: flex; justify-content: space-between; }
    p { font: var(--t3) / 18px var(--serif); color: var(--ink2); padding-bottom: 4px; }
    li { display: flex; align-items: center; gap: 4px; }
    label { flex: 1; display: flex; gap: 8px; align-items: center; min-height: 26px; min-width: 0; }
    label span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .addr { font: var(--t1) / 16px var(--mono); color: var(--ink3); }
    input { width: 14px; height: 14px; margin: 0; accent-color: var(--you); flex: none; }
    button { min-width: 26px; height: 26px; color: var(--ink2); padding: 0 6px; }
    button:hover:not(:disabled) { background: var(--wash); color: var(--ink); }
    .foot { display: flex; gap: 4px; padding-top: 6px; flex-wrap: wrap; }
    .foot button { text-decoration: underline; text-underline-offset: 3px; }
    @media (max-width: 599px) { button, label { min-height: 44px; min-width: 40px; } }
  `];

  declare lives: readonly Life[];

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('input')?.focus();
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const order = idsOf(this.lives);
    const folded = new Set(foldedOf(this.lives));
    const open = order.length - folded.size;
    return html`<div role="dialog" aria-label=${t('lives.title')} @keydown=${this.#key}>
      <h2>${t('lives.title')}<button type="button" aria-label=${t('lives.close')} @click=${this.#close}>×</button></h2>
      <p>${t('lives.text')}</p>
      <ul>${order.map((id, i) => {
        const node = store.view.nodes.find((n) => n.id === id);
        const name = nodeName(node, this.t);
        const shown = !folded.has(id);
        return html`<li><label><input type="checkbox" .checked=${shown} ?disabled=${shown && open < 2} @change=${() => this.#show(id, !shown)}><span>${name}</span><span class="addr">${node?.addr}</span></label>
          <button type="button" aria-label=${t('lives.left', { name })} title=${t('lives.left', { name })} ?disabled=${i === 0} @click=${(e: Event) => this.#shift(e, id, -1)}>←</button>
          <button type="button" aria-label=${t('lives.right', { name })} title=${t('lives.right', { name })} ?disabled=${i === order.length - 1} @click=${(e: Event) => this.#shift(e, id, 1)}>→</button></li>`;
      })}</ul>
      <div class="foot"><button type="button" @click=${() => keep(store, order, new Set())}>${t('lives.all')}</button>
        <button type="button" @click=${() => store.keep('lifelines', undefined)}>${t('lives.byItself')}</button></div></div>`;
  }

  #show(id: number, shown: boolean): void {
    const folded = new Set(foldedOf(this.lives));
    if (shown) folded.delete(id);
    else folded.add(id);
    keep(this.store, idsOf(this.lives), folded);
  }

  #shift(e: Event, id: number, by: number): void {
    const order = idsOf(this.lives);
    const at = order.indexOf(id);
    order.splice(at + by, 0, ...order.splice(at, 1));
    const label = (e.currentTarget as HTMLElement).getAttribute('aria-label') ?? '';
    keep(this.store, order, new Set(foldedOf(this.lives)));
    // The row has gone elsewhere; the focus goes with it.
    void this.updateComplete.then(() => [...this.renderRoot.querySelectorAll('button')].find((b) => b.getAttribute('aria-label') === label)?.focus());
  }

  readonly #key = (e: KeyboardEvent): void => {
    e.stopPropagation();
    if (e.key === 'Escape') this.#close();
  };

  readonly #close = (): void => void this.dispatchEvent(new Event('close'));
}

customElements.define('tcp-lifelines', Lifelines);
