import { css, html, nothing, type TemplateResult } from 'lit';
import type { ProcessView, VariableView } from '../../engine/pkg/views.js';
import { actions, keyHint, perform } from '../../engine/actions.js';
import { Element, icon, panel, reset } from '../base/index.js';
import { bars, signs } from '../host-panel/signs.js';
import { nodeOf } from '../host-panel/view.js';
import { highlight, type Part } from './highlight.js';
import { named, outputTail, summary, visible } from './reading.js';
import { walk } from '../host-panel/roving.js';

/** A process: its program with the line that is about to run, what each call gave, and the button that parks it. */
export class Program extends Element {
  static override properties = { node: { attribute: false }, pid: { attribute: false }, brief: { type: Boolean }, whole: { state: true }, values: { state: true } };
  static override styles = [reset, panel, signs, css`
    :host { display: block; }
    ol { padding: 4px 0; font: var(--t1) / 16px var(--mono); }
    li { display: flex; height: 16px; position: relative; white-space: pre; }
    .two .number { width: 20px; }
    .number { width: 16px; height: 16px; margin-right: 8px; flex: none; text-align: right; color: var(--ink3); font: inherit; }
    .number:hover { color: var(--you); text-decoration: underline; }
    .number[aria-pressed='true'] { color: var(--paper); background: var(--you); text-align: center; }
    .var { cursor: help; }
    .var:hover { color: var(--ink); box-shadow: 0 1px 0 var(--line); }
    .values { display: flex; align-items: center; width: 100%; height: 24px; gap: 8px; padding-left: 24px; margin-top: 1px; font: var(--t1) / 16px var(--mono); color: var(--ink2); text-align: left; white-space: nowrap; overflow: hidden; }
    .values:hover { color: var(--ink); }
    .values span { overflow: hidden; text-overflow: ellipsis; }
    .values .chevron { flex: none; }
    .values[aria-expanded='false'] .icon { transform: rotate(-90deg); }
    .values .icon { color: var(--ink3); vertical-align: -3px; margin-left: -18px; margin-right: -4px; flex: none; }
    table { font: var(--t1) / 16px var(--mono); margin: 2px 0 2px 24px; width: calc(100% - 24px); }
    th { text-align: left; font-weight: 400; color: var(--ink2); padding: 0 8px 0 0; white-space: nowrap; vertical-align: top; }
    table td { overflow-wrap: anywhere; }
    table .kind { color: var(--ink3); text-align: right; padding-left: 8px; }
    .stack, .output { padding-left: 24px; font: var(--t1) / 16px var(--mono); color: var(--ink2); }
    .output { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 2px solid var(--hair); margin-left: 16px; padding-left: 6px; max-height: 96px; overflow-y: auto; }
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
    h3 > :first-child, h3 > .name:first-child { margin-right: auto; }
    h3 button.icon-only:last-child { margin-right: 0; text-align: right; padding: 0; }
    h3 .remark { margin-right: 4px; }
    h3 button { font: var(--t1) / 20px var(--sans); color: var(--ink3); margin-left: 8px; padding: 0 4px; margin-right: -4px; min-width: 24px; height: 20px; }
    h3 button:hover { color: var(--ink); }
    h3 button[aria-pressed='true'] { color: var(--time); }
    h3 .name { font: italic var(--t3) / 20px var(--serif); margin: 0; padding: 0; min-width: 24px; text-align: left; color: var(--ink2); }
    :host(:lang(zh)) h3 .name { font-style: normal; }
    h3 .sign { margin-right: 4px; }
    h3 .icon-only .sign { margin: 0; }
    .icon-only .icon { vertical-align: -3px; }
    .icon-only .bars { stroke: currentColor; }
    @media (pointer: coarse) { li { height: 24px; align-items: center; } .number { height: 24px; min-width: 24px; } .pointer { top: 7px; } }
    @media (max-width: 599px) { h3 { height: 32px; align-items: center; } h3 button { min-width: 44px; height: 32px; } }
  `];

  declare node: number | undefined;
  declare pid: number | undefined;
  /** Only its name and state, until a person opens it. */
  declare brief: boolean;
  /** Whether a long program is shown whole. */
  declare protected whole: boolean;
  /** Whether its variables are shown one by one, with their types. */
  declare protected values: boolean;

  constructor() {
    super();
    this.brief = false;
    this.whole = false;
    this.values = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    const process = nodeOf(this.store.view, this.node)?.processes.find((p) => p.pid === this.pid);
    if (!process) return nothing;
    const count = process.lines.length;
    if (!count) return html`<h3><span>${process.file}</span>${this.#state(process)}</h3>${this.#descriptors(process)}`;
    const { from, to } = this.whole ? { from: 1, to: count } : visible(count, process.line);
    if (this.brief && !this.whole) {
      return html`<h3><button type="button" class="name" aria-expanded="false" @click=${() => { this.whole = true; }}>${process.file}</button>${this.#state(process)}</h3>`;
    }
    return html`
      <h3><span>${process.file}</span>${this.#state(process)}</h3>
      <ol class=${count > 9 ? 'two' : ''} aria-label=${this.t('program.label', { file: process.file, pid: process.pid })} @keydown=${(e: KeyboardEvent) => walk(e, '.number', false)}>
        ${this.#fold(1, from - 1)}${process.lines.slice(from - 1, to).map((text, i) => this.#line(process, text, from + i, Math.max(process.line, from)))}${this.#fold(to + 1, count)}
      </ol>${this.#values(process)}${this.#output(process)}`;
  }

  /** What a long program hides, and the way to see it. */
  #fold(from: number, to: number): TemplateResult | typeof nothing {
    if (to < from) return nothing;
    return html`<li><button type="button" class="fold" @click=${() => { this.whole = true; }}>${this.t('program.fold', { from, to })}</button></li>`;
  }

  #state(p: ProcessView): TemplateResult {
    const { t } = this;
    const args = { node: this.node as number, pid: p.pid };
    const title = `${t(p.parked ? 'program.unpark' : 'program.park')} (${keyHint('park')})`;
    const edit = p.lines.length === 0 ? nothing : html`<button type="button" class="icon-only" aria-label=${t('program.edit', { file: p.file })} title=${t('program.edit', { file: p.file })}
      @click=${() => perform(this.store, 'editProgram', { node: this.node as number, file: p.file })}>${icon('edit', 14)}</button>`;
    const button = (content: unknown, only: boolean): TemplateResult => html`<button type="button"
      class=${only ? 'icon-only' : ''} aria-pressed=${String(p.parked)} aria-label=${only ? t('program.park') : nothing}
      title=${title} ?disabled=${!actions.park.allowed(this.store, args)}
      @click=${() => perform(this.store, 'park', args)}>${content}</button>`;
    if (p.exited != null) return html`<span class="remark">${p.killed == null ? t('program.exited', { status: p.exited }) : t('program.killed', { signal: p.killed })}</span>${edit}`;
    if (p.lines.length === 0) return html`<span class="remark">${p.blocked == null ? t('program.shell') : t('program.blocked', { call: callName(p.blocked) })}</span>`;
    if (p.parked) return html`${button(html`${bars}${t('program.parked', { line: p.line })}`, false)}${edit}`;
    const state = p.blocked == null ? t('program.running', { line: p.line }) : t('program.blocked', { call: callName(p.blocked) });
    return html`<span class="remark">${state}</span>${button(bars, true)}${edit}`;
  }

  #line(p: ProcessView, text: string, number: number, stop: number): TemplateResult {
    const here = p.exited == null && number === p.line;
    const result = p.results.find((r) => r.line === number);
    const word = !here ? undefined
      : p.parked ? this.t('program.mark.parked')
        : p.blocked != null ? this.t('program.mark.blocked') : undefined;
    const args = { node: this.node as number, file: p.file, line: number };
    const breaks = this.store.face.stops.some((b) => b.enabled && b.at?.node === args.node && b.at.file === args.file && b.at.line === number);
    return html`<li class=${here ? `here ${p.parked ? 'parked' : ''}` : ''} aria-current=${here ? 'step' : nothing}>
      <button type="button" class="number" aria-pressed=${breaks} tabindex=${number === stop ? 0 : -1} aria-label=${this.t('program.break', { line: number })}
        title=${this.t('program.break', { line: number })} @click=${() => perform(this.store, 'breakpoint', args)}>${number}</button>${here ? html`<svg class="pointer" viewBox="0 0 6 10" aria-hidden="true"><path d="M0 0v10l6-5z"></path></svg>` : nothing}<code
        >${highlight(text).map((part) => this.#part(part, p.variables))}</code
      ><span class="result ${result?.changed ? 'new' : ''}">${word ?? result?.text ?? ''}</span></li>`;
  }

  /** A piece of a line; a variable tells its type and value to the pointer. */
  #part(part: Part, variables: readonly VariableView[]): unknown {
    if (part.kind === 'call') return html`<em>${part.text}</em>`;
    if (part.kind === 'keyword') return html`<b>${part.text}</b>`;
    return named(part.text, variables).map(({ text, variable: v }) => (v ? html`<span class="var" title="${v.kind} ${v.name} = ${v.value}">${text}</span>` : text));
  }

  /** Its variables in a line; opened, one by one, with the functions under way. */
  #values(p: ProcessView): TemplateResult | typeof nothing {
    if (p.exited != null || !(p.variables.length || p.fds.length)) return nothing;
    const { t } = this;
    const open = this.values;
    const frames = p.frames.length > 1 ? p.frames : [];
    return html`<button type="button" class="values" aria-expanded=${open} aria-label=${t('program.values', { file: p.file })} @click=${() => { this.values = !open; }}>
        ${icon('chevron', 14)}<span>${open ? t('program.variables') : summary(p.variables)}</span></button>
      ${open ? html`<table aria-label=${t('program.values', { file: p.file })}><tbody>${p.variables.map((v) => html`<tr><th scope="row">${v.function && frames.length ? `${v.function}: ` : ''}${v.name}</th><td>${v.value}</td><td class="kind">${v.kind}</td></tr>`)}</tbody></table>${this.#descriptors(p)}` : nothing}
      ${frames.length ? html`<p class="stack">${frames.map((f) => t('program.frame', { name: f.function, line: f.line })).join(' ← ')}</p>` : nothing}`;
  }

  /** Its descriptor table: what each descriptor stands for. */
  #descriptors(p: ProcessView): TemplateResult | typeof nothing {
    if (!p.fds.length) return nothing;
    const sockets = nodeOf(this.store.view, this.node)?.sockets ?? [];
    return html`<table aria-label=${this.t('program.fds', { file: p.file })}><tbody>${p.fds.map(({ fd, socket }) => {
      const s = sockets.find((x) => x.id === socket);
      return html`<tr><th scope="row">${fd}</th><td>${s ? `${s.ss} ${s.local}` : this.t('program.fd.other')}</td><td class="kind">${s && s.listener == null ? s.remote : ''}</td></tr>`;
    })}</tbody></table>`;
  }

  /** What it printed: the last lines of it. */
  #output(p: ProcessView): TemplateResult | typeof nothing {
    const text = outputTail(p.output);
    return text ? html`<pre class="output" tabindex="0" aria-label=${this.t('program.output', { file: p.file })}>${text}</pre>` : nothing;
  }
}

/** `accept(3, NULL, NULL)` → `accept`. */
function callName(text: string): string {
  return text.split('(', 1)[0] ?? text;
}

customElements.define('tcp-program', Program);
