import { css, html, nothing, type TemplateResult } from 'lit';
import type { ProcessView } from '../../engine/pkg/views.js';
import { actions, keyHint, perform } from '../../engine/actions.js';
import { Element, panel, reset } from '../base/index.js';
import { bars, signs } from '../host-panel/signs.js';
import { nodeOf } from '../host-panel/view.js';
import { highlight } from './highlight.js';

/** A process: its program with the line that is about to run, what each call gave, and the button that parks it. */
export class Program extends Element {
  static override properties = { node: { attribute: false }, pid: { attribute: false } };
  static override styles = [reset, panel, signs, css`
    :host { display: block; }
    ol { padding: 4px 0; font: var(--t1) / 16px var(--mono); }
    li { display: flex; height: 16px; position: relative; white-space: pre; }
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
    .pointer { position: absolute; left: 0; top: 3px; width: 6px; height: 10px; fill: var(--ink); }
    .parked .pointer { fill: var(--time); }
    h3 .remark { margin-left: auto; }
    h3 button { font: var(--t1) / 20px var(--sans); color: var(--ink3); margin-left: 8px; padding: 0 4px; margin-right: -4px; min-width: 24px; height: 20px; }
    h3 button:hover { color: var(--ink); }
    h3 button[aria-pressed='true'] { color: var(--time); }
    h3 .sign { margin-right: 4px; }
    h3 .icon-only .sign { margin: 0; }
    .icon-only .bars { stroke: currentColor; }
    @media (max-width: 599px) { h3 { height: 32px; align-items: center; } h3 button { min-width: 44px; height: 32px; } }
  `];

  declare node: number | undefined;
  declare pid: number | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const process = nodeOf(this.store.view, this.node)?.processes.find((p) => p.pid === this.pid);
    if (!process) return nothing;
    return html`
      <h3><span>${process.file}</span>${this.#state(process)}</h3>
      <ol aria-label=${this.t('program.label', { file: process.file, pid: process.pid })}>
        ${process.lines.map((text, i) => this.#line(process, text, i + 1))}
      </ol>`;
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

/** `accept(3, NULL, NULL)` → `accept`. */
function callName(text: string): string {
  return text.split('(', 1)[0] ?? text;
}

customElements.define('tcp-program', Program);
