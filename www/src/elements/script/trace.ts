import { css, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { duration, moment, seconds } from '../../locales/format.js';
import { Element, panel, reset } from '../base/index.js';
import { rungs, type Rung } from './ladder.js';
import type { ScriptState } from './state.js';
import { words, type Words } from './words.js';

/**
 * What the script did to the host and the host to the script: one rung a packet or call, in the signs of the sequence
 * diagram. A script's packets take no time on the way, so the rungs are level and no flight is drawn.
 */
export class ScriptTrace extends Element {
  static override properties = { state: { attribute: false }, view: { attribute: false }, step: { attribute: false }, looked: { attribute: false } };
  static override styles = [reset, panel, css`
    :host { display: flex; flex-direction: column; min-height: 0; height: 100%; }
    h2 { flex: none; }
    .heads, li.rung { display: grid; grid-template-columns: 52px 30px 10px minmax(0, 1fr) 10px 92px; column-gap: 4px; }
    .heads { flex: none; font-size: var(--t1); line-height: 16px; color: var(--ink2); padding-bottom: 4px; }
    .heads .t { text-align: right; font-family: var(--mono); }
    .heads .ends { grid-column: 3 / 6; display: flex; justify-content: space-between; gap: 8px; white-space: nowrap; }
    ol { flex: 1; min-height: 0; overflow: hidden auto; scrollbar-width: thin; padding-bottom: 16px; }
    ol:focus-visible { outline-offset: -2px; }
    li.rung { min-height: 30px; cursor: pointer; position: relative; }
    li.rung:hover { background: var(--wash); }
    li.looked { background: var(--you-wash); }
    .t { font: var(--t1) / 16px var(--mono); color: var(--ink2); text-align: right; }
    .line { font: var(--t1) / 16px var(--mono); color: var(--ink3); text-align: right; }
    .t, .line { padding-top: 12px; }
    .lane { position: relative; }
    .lane::before { content: ''; position: absolute; left: 3px; top: 0; bottom: 0; width: 5px; }
    .peer::before { left: 5px; width: 1px; background: var(--line); }
    .host.none::before { left: 5px; width: 1px; background: var(--line); }
    .host.solid::before { background: var(--ink); }
    .host.hollow::before, .host.closing::before, .host.waiting::before { border: solid var(--ink); border-width: 0 1px; }
    .host.closing::before { background: var(--hair); }
    .host.waiting::before { border-style: dashed; }
    .way { min-width: 0; padding-top: 3px; }
    .way p { font: var(--t1) / 14px var(--mono); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: 0 6px; }
    .in p { padding-right: 14px; }
    .out p { padding-left: 14px; }
    .way svg { display: block; width: 100%; height: 12px; overflow: visible; }
    .way svg svg { width: auto; }
    .shaft { stroke: var(--ink); }
    .ribbon { fill: var(--wash); stroke: var(--ink); }
    .tip { fill: var(--ink); stroke: none; }
    .tip.open { fill: none; stroke: var(--ink); stroke-width: 1.25; }
    .unasked .shaft { stroke-dasharray: 5 3; }
    .unasked p { color: var(--ink2); }
    .wrong p, .wrong .note { color: var(--lost); }
    .wrong .shaft, .wrong .ribbon { stroke: var(--lost); }
    .wrong .tip { fill: var(--lost); }
    .wrong .tip.open { fill: none; stroke: var(--lost); }
    .cross { stroke: var(--lost); stroke-width: 1.75; fill: none; }
    .call p { text-align: right; padding: 6px 14px 0 0; line-height: 16px; }
    .call p { display: flex; justify-content: flex-end; white-space: pre; }
    .call p span:first-child { overflow: hidden; text-overflow: ellipsis; }
    .call p span + span { flex: none; }
    .call p b { font-weight: 700; }
    .call .blocks { color: var(--time); font-weight: 400; }
    .call .tick { position: absolute; right: 107px; top: 16px; width: 7px; border-top: 1px solid var(--ink3); }
    .note { font: var(--t1) / 14px var(--sans); color: var(--ink3); padding: 0 14px; }
    .state { font: var(--t1) / 14px var(--sans); padding: 8px 0 0 2px; white-space: nowrap; }
    li.wait { display: flex; align-items: center; gap: 8px; height: 18px; font: var(--t1) / 18px var(--sans); color: var(--ink2); padding-left: 6px; }
    li.wait svg { flex: 1; height: 6px; }
    .wave { fill: none; stroke: var(--line); stroke-width: 0.75; }
    .empty { font: italic var(--t4) / 22px var(--serif); color: var(--ink2); padding: 32px 12px; text-align: center; }
    :host(:lang(zh)) .empty { font-style: normal; }
    @media (max-width: 599px) { h2 { display: none; } .heads { padding-top: 8px; } .heads, li.rung { grid-template-columns: 44px 20px 10px minmax(0, 1fr) 10px 86px; column-gap: 3px; } .call .tick { right: 99px; } }
  `];

  declare state: ScriptState;
  /** Another object at every step. */
  declare view: ScriptState['view'];
  /** Key of the step, for the empty trace. */
  declare step: string;
  /** Row that is looked at, index. */
  declare looked: number | undefined;
  #count = 0;

  protected override render(): TemplateResult {
    const t = words[this.store.lang];
    const { view } = this.state;
    const all = view ? rungs(view.rows, view.verdicts) : [];
    const packets = all.filter((r) => r.sign !== 'call').length;
    return html`<h2><span class="name">${t('trace')}</span><span class="remark">${all.length ? t('trace.count', { n: packets }) : nothing}</span></h2>
      <div class="heads"><span class="t">${t('trace.time')}</span><span class="ends"><span>${t('trace.script')}</span><span>${t('trace.host')}</span></span></div>
      ${all.length ? html`<ol tabindex="0" aria-label=${t('trace')}>${all.map((r, i) => this.#rung(r, i, t))}</ol>` : html`<p class="empty">${view ? t('trace.empty', { key: this.step }) : t('trace.fault')}</p>`}`;
  }

  protected override updated(): void {
    const count = this.state.view?.rows.length ?? 0;
    if (count === this.#count) return;
    this.#count = count;
    const list = this.renderRoot.querySelector('ol');
    if (list) list.scrollTop = list.scrollHeight;
  }

  #rung(r: Rung, i: number, t: Words): TemplateResult {
    const { row } = r;
    const call = r.sign === 'call';
    const unasked = row.kind === 'left' && row.line == null;
    const kind = call ? 'call' : row.kind === 'arrived' ? 'in' : 'out';
    const sentence = t(call ? 'trace.call' : row.kind === 'arrived' ? 'trace.arrived' : 'trace.left', { text: `${row.text} ${row.result}`.trim(), time: moment(row.at) });
    return html`${r.wait > 0 ? html`<li class="wait"><span>${t('trace.wait', { time: duration(r.wait) })}</span>
        <svg aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 240 6"><path class="wave" d=${WAVE}></path></svg></li>` : nothing}
      <li class="rung ${kind} ${row.wrong ? 'wrong' : ''} ${unasked ? 'unasked' : ''} ${i === this.looked ? 'looked' : ''}" title=${row.text} @click=${() => this.#look(i)}>
      <span class="t">${r.timed ? seconds(row.at) : nothing}</span>
      <span class="line" aria-hidden="true">${row.line ?? nothing}</span>
      <span class="lane peer"></span>
      <div class="way"><span class="sr">${sentence}</span>${call ? this.#call(r, t) : html`<p aria-hidden="true">${row.text}</p>${this.#arrow(r)}`}
        ${row.wrong && !call ? html`<span class="note">${t('trace.wrong', { line: row.line ?? '' })}</span>` : unasked ? html`<span class="note">${t('trace.unasked')}</span>` : nothing}</div>
      <span class="lane host ${r.fill}"></span>
      <span class="state">${r.state ?? nothing}</span></li>`;
  }

  #call({ row }: Rung, t: Words): TemplateResult {
    return html`<p aria-hidden="true"><span>${row.text}</span>${row.kind === 'blocked' ? html`<span class="blocks"> ${t('trace.blocks')}</span>` : html`<span> = <b>${row.result}</b></span>`}</p><i class="tick"></i>`;
  }

  /** A ribbon for payload, an open head for a pure ACK, a filled one for all else. */
  #arrow({ row, sign }: Rung): SVGTemplateResult | TemplateResult {
    const inward = row.kind === 'arrived';
    const tip = sign === 'ack' ? 'M-6 2.500L0 6L-6 9.500' : 'M-8 3L0 6L-8 9z';
    const head = html`<svg x=${inward ? '100%' : '0'} y="0">${svg`<path class="tip ${sign === 'ack' ? 'open' : ''}" transform=${inward ? 'translate(3)' : 'translate(-3) scale(-1 1)'} d=${tip}></path>`}</svg>`;
    const shaft = sign === 'data'
      ? svg`<rect class="ribbon" x="0" y="3.500" width="100%" height="5"></rect>` : svg`<line class="shaft" x1="0" x2="100%" y1="6" y2="6"></line>`;
    const cross = row.wrong ? svg`<svg x="50%" y="0"><path class="cross" d="M-4 2l8 8m0-8l-8 8"></path></svg>` : nothing;
    return html`<svg aria-hidden="true">${shaft}${head}${cross}</svg>`;
  }

  #look(row: number): void {
    this.dispatchEvent(new CustomEvent('look', { detail: row }));
  }
}

const WAVE = Array.from({ length: 20 }, (_, i) => `${i ? '' : 'M0 3'}q3 ${i % 2 ? 4 : -4} 6 0t6 0`).join('');

customElements.define('tcp-script-trace', ScriptTrace);
