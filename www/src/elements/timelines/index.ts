import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { actions, keyHint, perform } from '../../engine/actions.js';
import { Element, icon, panel, place, reset } from '../base/index.js';
import { frame } from '../tools/styles.js';
import { rows, type Row } from './tree.js';
import { words, type Words } from './words.js';

/** Height of a row, px. */
const TALL = 32;

/** Every timeline along its steps, joined where it left another: switch, name, delete, compare. */
export class Timelines extends Element {
  static override properties = { naming: { state: true } };
  static override styles = [reset, panel, frame, css`
    ol { overflow: hidden auto; scrollbar-width: thin; }
    li { display: grid; grid-template-columns: minmax(120px, 260px) 92px minmax(80px, 1fr) 168px; align-items: center; height: ${TALL}px; column-gap: 12px; }
    li[aria-current] { background: var(--you-wash); box-shadow: inset 2px 0 0 var(--you); }
    .name { display: flex; align-items: center; gap: 6px; height: ${TALL}px; min-width: 0; text-align: left; padding-left: calc(8px + var(--depth) * 14px); }
    .name span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .name:hover span { text-decoration: underline; }
    [aria-current] .name { font-weight: 600; }
    input { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); height: 24px; width: 100%; padding: 0 6px; }
    .facts { color: var(--ink3); font: var(--t1) / 16px var(--mono); text-align: right; white-space: nowrap; }
    svg.line { width: 100%; height: ${TALL}px; overflow: visible; display: block; }
    line { stroke: var(--line); }
    .run { stroke: var(--ink2); stroke-width: 1.5; }
    [aria-current] .run { stroke: var(--ink); stroke-width: 2.5; }
    .dot { fill: var(--edit); }
    .now { fill: var(--you); }
    .tools { display: flex; gap: 2px; justify-content: end; }
    .tools button { height: 24px; min-width: 24px; padding: 0 6px; color: var(--ink2); white-space: nowrap; display: inline-flex; align-items: center; justify-content: center; }
    .tools button:hover:not(:disabled), h2 button:hover { background: var(--wash); color: var(--ink); }
    .tools [aria-pressed='true'] { color: var(--edit); box-shadow: inset 0 -1px 0 var(--edit); }
    h2 button { height: 24px; margin: -4px 0; padding: 0 6px; text-decoration: underline; text-underline-offset: 3px; }
    h2 kbd { color: var(--ink3); }
    @container tool (max-width: 599px) {
      li { grid-template-columns: minmax(0, 1fr) auto; height: auto; padding: 4px 0; }
      .name { height: 44px; }
      .facts { display: none; }
      svg.line { grid-column: 1 / 3; grid-row: 2; height: 16px; }
      .tools button { height: 44px; min-width: 36px; }
      h2 button { height: 44px; }
    }
  `];

  /** Timeline that is being given a name. */
  declare protected naming: number | undefined;

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const all = rows(store.view.timelines);
    const most = Math.max(1, ...store.view.timelines.map((l) => l.steps));
    return html`<section aria-label=${t('tree.label')}>
      <h2><span class="sr">${t('tree.label')}</span><button type="button" @click=${() => perform(store, 'fork')}>${t('tree.fork')}</button><kbd aria-hidden="true">${keyHint('fork')}</kbd>
        <span class="remark">${t('tree.hint')}</span></h2>
      <ol>${all.map((row) => this.#row(t, row, most))}</ol></section>`;
  }

  protected override updated(): void {
    const input = this.renderRoot.querySelector('input');
    if (input && this.shadowRoot?.activeElement !== input) {
      input.focus();
      input.select();
    }
  }

  #row(t: Words, row: Row, most: number): TemplateResult {
    const { store } = this;
    const { id, name, steps, parent, forkedAt } = row.info;
    const here = id === store.view.timeline;
    const count = t('tree.steps', { n: steps });
    const from = parent == null ? t('tree.begin') : t('tree.from', { step: forkedAt });
    return html`<li aria-current=${here ? 'true' : nothing}>
      ${this.naming === id ? html`<form class="name" ${place({ '--depth': row.depth })} @submit=${(e: Event) => this.#named(e, id)}>
          <input name="name" maxlength="60" autocomplete="off" aria-label=${t('tree.name')} .value=${name} @keydown=${this.#key} @blur=${() => { this.naming = undefined; }}></form>`
        : html`<button type="button" class="name" ${place({ '--depth': row.depth })} aria-label="${t('tree.row', { name, steps: count })}, ${from}${here ? `, ${t('tree.here')}` : ''}"
          @click=${() => perform(store, 'timeline', { timeline: id })} @dblclick=${() => { this.naming = id; }}><span>${name}</span></button>`}
      <span class="facts">${count}</span>
      ${this.#line(row, most, here)}
      <span class="tools">
        ${here ? nothing : html`<button type="button" aria-pressed=${store.face.compare === id} aria-label=${t('tree.compare', { name })} @click=${() => perform(store, 'compare', { timeline: id })}>${store.face.compare === id ? t('tree.compared') : t('tree.compare.short')}</button>`}
        <button type="button" aria-label=${t('tree.rename', { name })} title=${t('tree.rename', { name })} @click=${() => { this.naming = id; }}>${icon('edit', 14)}</button>
        <button type="button" aria-label=${t('tree.delete', { name })} title=${t('tree.delete', { name })} ?disabled=${!actions.deleteTimeline.allowed(store, { timeline: id })}
          @click=${() => perform(store, 'deleteTimeline', { timeline: id })}>×</button></span></li>`;
  }

  /** The timeline along its steps, and the strokes to others. */
  #line({ info, through, leaves, depth }: Row, most: number, here: boolean): TemplateResult {
    const x = (step: number): string => `${((step / most) * 100).toFixed(2)}%`;
    const from = depth ? info.forkedAt : 0;
    const at = this.store.view.step;
    return html`<svg class="line" aria-hidden="true">
      ${through.map((s) => svg`<line x1=${x(s)} x2=${x(s)} y1="0" y2="100%"></line>`)}
      ${leaves.map((s) => svg`<line x1=${x(s)} x2=${x(s)} y1="50%" y2="100%"></line>`)}
      ${depth ? svg`<line x1=${x(from)} x2=${x(from)} y1="0" y2="50%"></line>` : nothing}
      <line class="run" x1=${x(from)} x2=${x(info.steps)} y1="50%" y2="50%"></line>
      ${depth ? svg`<circle class="dot" cx=${x(from)} cy="50%" r="3.5"></circle>` : nothing}
      ${here ? svg`<circle class="now" cx=${x(at)} cy="50%" r="4.5"></circle>` : nothing}</svg>`;
  }

  readonly #key = (e: KeyboardEvent): void => {
    e.stopPropagation();
    if (e.key === 'Escape') this.naming = undefined;
  };

  #named(e: Event, timeline: number): void {
    e.preventDefault();
    const name = (e.target as HTMLFormElement).querySelector('input')?.value ?? '';
    this.naming = undefined;
    perform(this.store, 'renameTimeline', { timeline, name });
  }
}

customElements.define('tcp-timelines', Timelines);
