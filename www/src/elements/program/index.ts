import { css, html, nothing, type TemplateResult } from 'lit';
import type { ProcessView } from '../../engine/pkg/views.js';
import { actions, keyHint, perform } from '../../engine/actions.js';
import { Element, panel, reset } from '../base/index.js';
import { bars, signs } from '../host-panel/signs.js';
import { nodeOf } from '../host-panel/view.js';
import { highlight } from './highlight.js';

/** A process: its program with the line that is about to run, what each call gave, and the button that parks it. */
export class Program extends Element {
  static override properties = { node: { attribute: false }, pid: { attribute: false }, brief: { type: Boolean }, whole: { state: true } };
  static override styles = [reset, panel, signs, css`
    :host { display: block; }
    ol { padding: 4px 0; font: var(--t1) / 16px var(--mono); }
    li { display: flex; height: 16px; position: relative; white-space: pre; }
    .two .number { width: 20px; }
    .number { width: 16px; margin-right: 8px; flex: none; text-align: right; color: var(--ink3); }
    code { font: inherit; color: var(--ink2); overflow: hidden; text-overflow: ellipsis; }
    code b { font-weight: 400; color: var(--ink3); }
    code em { font-style: normal; color: var(--ink); }
    .result { margin-left: auto; padding-left: 6px; color: var(--ink3); }
    .result.new { color: var(--ink); font-weight: 700; }
    .here code, .here em, .here b { color: var(--ink); }
    .here { background: var(--wash); }
    .here .result { color: var(--ink2); }
    .here.parked { background: var(--time-wash); }
    .here.parked .result { color: var(--time); }
    .fold { display: block; width: 100%; height: 16px; font: var(--t1) / 16px var(--sans); color: var(--ink3); text-align: left; padding-left: 24px; }
    .fold:hover { color: var(--ink); }
    .pointer { position: absolute; left: 0; top: 3px; width: 6px; height: 10px; fill: var(--ink); }
    .parked .pointer { fill: var(--time); }
    h3 .remark { margin-left: auto; }
    h3 button { font: var(--t1) / 20px var(--sans); color: var(--ink3); margin-left: 8px; padding: 0 4px; margin-right: -4px; min-width: 24px; height: 20px; }
    h3 button:hover { color: var(--ink); }
    h3 button[aria-pressed='true'] { color: var(--time); }
    h3 .name { font: italic var(--t3) / 20px var(--serif); margin: 0; padding: 0; min-width: 24px; text-align: left; color: var(--ink2); }
    :host(:lang(zh)) h3 .name { font-style: normal; }
    h3 .sign { margin-right: 4px; }
    h3 .icon-only .sign { margin: 0; }
    .icon-only .bars { stroke: currentColor; }
    @media (max-width: 599px) { h3 { height: 32px; align-items: center; } h3 button { min-width: 44px; height: 32px; } }
  `];

  declare node: number | undefined;
  declare pid: number | undefined;
  /** Only its name and state, until a person opens it. */
  declare brief: boolean;
  /** Whether a long program is shown whole. */
  declare protected whole: boolean;

  constructor() {
    super();
    this.brief = false;
    this.whole = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const process = nodeOf(this.store.view, this.node)?.processes.find((p) => p.pid === this.pid);
    if (!process) return nothing;
    const count = process.lines.length;
    const { from, to } = this.whole ? { from: 1, to: count } : visible(count, process.line);
    if (this.brief && !this.whole) {
      return html`<h3><button type="button" class="name" aria-expanded="false" @click=${() => { this.whole = true; }}>${process.file}</button>${this.#state(process)}</h3>`;
    }
    return html`
      <h3><span>${process.file}</span>${this.#state(process)}</h3>
      <ol class=${count > 9 ? 'two' : ''} aria-label=${this.t('program.label', { file: process.file, pid: process.pid })}>
        ${this.#fold(1, from - 1)}${process.lines.slice(from - 1, to).map((text, i) => this.#line(process, text, from + i))}${this.#fold(to + 1, count)}
      </ol>`;
  }

  /** What a long program hides, and the way to see it. */
  #fold(from: number, to: number): TemplateResult | typeof nothing {
    if (to < from) return nothing;
    return html`<li><button type="button" class="fold" @click=${() => { this.whole = true; }}>${this.t('program.fold', { from, to })}</button></li>`;
  }

  #state(p: ProcessView): TemplateResult {
    const { t } = this;
    if (p.exited != null) return html`<span class="remark">${t('program.exited', { status: p.exited })}</span>`;
    const args = { node: this.node as number, pid: p.pid };
    const title = `${t(p.parked ? 'program.unpark' : 'program.park')} (${keyHint('park')})`;
    const button = (content: unknown, only: boolean): TemplateResult => html`<button type="button"
      class=${only ? 'icon-only' : ''} aria-pressed=${String(p.parked)} aria-label=${only ? t('program.park') : nothing}
      title=${title} ?disabled=${!actions.park.allowed(this.store, args)}
      @click=${() => perform(this.store, 'park', args)}>${content}</button>`;
    if (p.parked) return button(html`${bars}${t('program.parked', { line: p.line })}`, false);
    const state = p.blocked == null ? t('program.running', { line: p.line }) : t('program.blocked', { call: callName(p.blocked) });
    return html`<span class="remark">${state}</span>${button(bars, true)}`;
  }

  #line(p: ProcessView, text: string, number: number): TemplateResult {
    const here = p.exited == null && number === p.line;
    const result = p.results.find((r) => r.line === number);
    const word = !here ? undefined
      : p.parked ? this.t('program.mark.parked')
        : p.blocked != null ? this.t('program.mark.blocked') : undefined;
    return html`<li class=${here ? `here ${p.parked ? 'parked' : ''}` : ''} aria-current=${here ? 'step' : nothing}>
      <span class="number">${number}</span>${here ? html`<svg class="pointer" viewBox="0 0 6 10" aria-hidden="true"><path d="M0 0v10l6-5z"></path></svg>` : nothing}<code
        >${highlight(text).map((part) => (part.kind === 'call' ? html`<em>${part.text}</em>` : part.kind === 'keyword' ? html`<b>${part.text}</b>` : part.text))}</code
      ><span class="result ${result?.changed ? 'new' : ''}">${word ?? result?.text ?? ''}</span></li>`;
  }
}

/** Lines that a program shows at once, and how many of a longer one when it is folded. */
const ALL = 10;
const FOLDED = 7;

/** The lines of a long program around the one it stands at; once it has exited, its last ones. */
function visible(count: number, line: number): { from: number; to: number } {
  if (count <= ALL) return { from: 1, to: count };
  const middle = line === 0 ? count : line;
  const from = Math.min(Math.max(1, middle - 4), count - FOLDED + 1);
  const to = from + FOLDED - 1;
  // A fold takes a line itself: it never hides just one.
  return { from: from === 2 ? 1 : from, to: to === count - 1 ? count : to };
}

/** `accept(3, NULL, NULL)` → `accept`. */
function callName(text: string): string {
  return text.split('(', 1)[0] ?? text;
}

customElements.define('tcp-program', Program);
