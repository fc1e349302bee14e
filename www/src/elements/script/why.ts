import { css, html, nothing, type TemplateResult } from 'lit';
import type { EngineError } from '../../engine/engine.js';
import type { ScriptTcb, VarView } from '../../engine/pkg/views.js';
import { duration } from '../../locales/format.js';
import { translator } from '../../locales/index.js';
import { errorSentence, sentence, type SeqBases } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { halves, variable, written } from '../tcb/values.js';
import { cited, deciding, refuses } from '../why/reading.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { differences, packetOf } from './ladder.js';
import { reason } from './reasons.js';
import type { ScriptState } from './state.js';
import { words, type Words } from './words.js';

/** The verdict, the rules that the line went through, and the connection under test. */
export class ScriptWhy extends Element {
  static override properties = { state: { attribute: false }, view: { attribute: false } };
  static override styles = [reset, panel, spokenStyles, css`
    :host { display: flex; flex-direction: column; min-height: 0; height: 100%; overflow: hidden auto; scrollbar-width: thin; padding: 0 12px 16px; }
    .verdict { flex: none; padding: 8px 12px 10px; margin: 0 -12px 4px; background: var(--wash); box-shadow: inset 3px 0 0 var(--ink); }
    .verdict h2 { height: auto; padding: 0 0 4px; font: var(--t4) / 20px var(--serif); white-space: normal; }
    .verdict p { font: var(--t3) / 18px var(--serif); overflow-wrap: anywhere; }
    .failed { background: var(--lost-wash); box-shadow: inset 3px 0 0 var(--lost); }
    .failed h2 { color: var(--lost); font-weight: 700; }
    .unsupported { background: var(--time-wash); box-shadow: inset 3px 0 0 var(--time); }
    .unsupported h2 { color: var(--time); font-weight: 700; }
    .both { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 10px; padding-bottom: 6px; }
    .both dt { font: var(--t1) / 16px var(--sans); color: var(--ink2); }
    .both dd { font: var(--t1) / 16px var(--mono); overflow-wrap: anywhere; }
    .both b { color: var(--lost); font-weight: 700; }
    .verdict button { text-decoration: underline; height: 24px; }
    .why h3 .remark { font-family: var(--sans); }
    section { flex: none; padding-bottom: 8px; }
    section > h2 { flex: none; }
    ol { margin: 0 -8px; }
    ol.long { max-height: 296px; overflow-y: auto; scrollbar-width: thin; }
    li { display: grid; grid-template-columns: 20px minmax(0, 1fr); padding: 3px 8px; }
    .index { font: var(--t1) / 16px var(--sans); color: var(--ink3); }
    li p { font: var(--t3) / 16px var(--serif); overflow-wrap: anywhere; }
    cite { float: right; margin-left: 6px; font: var(--t1) / 16px var(--sans); color: var(--ink3); }
    .decides { background: var(--wash); box-shadow: inset 2px 0 0 var(--ink); }
    .decides .index { color: var(--ink); font-weight: 700; }
    .refuses { background: var(--lost-wash); box-shadow: inset 2px 0 0 var(--lost); }
    .refuses .index { color: var(--lost); }
    .none { font: italic var(--t3) / 18px var(--serif); color: var(--ink2); }
    :host(:lang(zh)) .none { font-style: normal; }
    .two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 12px; }
    .two dl { font: var(--t1) / 16px var(--mono); }
    .two div { display: flex; justify-content: space-between; gap: 4px; }
    .two dt { color: var(--ink2); white-space: nowrap; }
    .two dd { text-align: right; white-space: nowrap; }
    pre { font: var(--t1) / 16px var(--mono); white-space: pre-wrap; overflow-wrap: anywhere; }
    @media (max-width: 599px) { ol.long { max-height: none; } .verdict { margin-top: 0; } .verdict button { height: 44px; } }
  `];

  declare state: ScriptState;
  /** Another object at every step. */
  declare view: ScriptState['view'];

  protected override render(): TemplateResult {
    const t = words[this.store.lang];
    const { view } = this.state;
    return html`${this.#verdict(t)}${this.#rules(t)}
      ${view ? this.#tcb(view.tcb, t) : nothing}
      ${view?.printed.length ? html`<section><h2><span class="name">${t('printed')}</span></h2><pre tabindex="0" aria-label=${t('printed')}>${view.printed.join('\n')}</pre></section>` : nothing}`;
  }

  #verdict(t: Words): TemplateResult | typeof nothing {
    const { view, fault, panic } = this.state;
    if (panic !== undefined) {
      return html`<div class="verdict failed"><h2>${t('panic.title')}</h2><p>${t('panic.text')}</p><pre>${panic}</pre></div>`;
    }
    if (fault) {
      const { line, column, error } = fault;
      return html`<div class="verdict failed"><h2>${t('fault.title', { line, column })}</h2><p>${this.#fault(error, t)}</p>
        <button @click=${() => this.dispatchEvent(new CustomEvent('go', { detail: { line, column } }))}>${t('fault.go')}</button></div>`;
    }
    const failure = view?.failure;
    if (!failure) {
      return view?.outcome === 'passed' ? html`<div class="verdict"><h2>✓ ${t('passed.title')}</h2><p>${t('passed.text', { n: view.step })}</p></div>` : nothing;
    }
    const packet = packetOf(failure.expected);
    const [expected, came] = differences(packet ?? failure.expected, failure.came ?? '');
    const marked = (parts: typeof expected): unknown[] => (parts ?? []).map((p) => (p.differs && failure.came != null ? html`<b>${p.text}</b> ` : `${p.text} `));
    const unsupported = view.outcome === 'unsupported';
    const why = reason(failure.why, this.store.lang);
    return html`<div class="verdict ${unsupported ? 'unsupported' : 'failed'}">
      <h2>${t(unsupported ? 'failure.unsupported' : 'failure.title', { line: failure.line })}</h2>
      <dl class="both"><dt>${t('failure.expected')}</dt><dd>${marked(expected)}</dd>
        ${failure.came != null ? html`<dt>${t('failure.came')}</dt><dd>${marked(came)}</dd>`
          : packet !== undefined && failure.why.startsWith('nothing') ? html`<dt>${t('failure.came')}</dt><dd>${t('failure.nothing')}</dd>` : nothing}</dl>
      <p lang=${why.lang}>${why.text}</p></div>`;
  }

  /** The place stands above already. */
  #fault(error: EngineError, t: Words): unknown {
    const word = (name: string): string => {
      const value = error.operands.find((o) => o.name === name)?.value;
      return value?.kind === 'word' ? value.value : '';
    };
    return error.code === 'script_syntax' ? t('fault.expected', { expected: word('expected'), found: word('found') })
      : spoken(errorSentence(this.store.lang, error));
  }

  #rules(t: Words): TemplateResult {
    const { view } = this.state;
    const { rules: trace, line, led } = this.state.trace;
    const { lang } = this.store;
    const decides = deciding(trace);
    const head = html`<h2><span class="name">${t('why')}</span><span class="remark">${line === undefined ? nothing : t('why.line', { line })}</span></h2>`;
    if (!trace.length) return html`<section>${head}<p class="none">${t(view?.step ? 'why.none' : 'why.start')}</p></section>`;
    return html`<section class="why">${head}${led ? html`<p class="none">${t('rules.led')}</p>` : nothing}
      <ol class=${trace.length > 9 ? 'long' : ''} tabindex=${trace.length > 9 ? 0 : nothing} aria-label=${t('why.rules', { line: line ?? '' })}>${trace.map((rule, i) => {
        const source = cited(rule.source, trace[i - 1]?.source);
        return html`<li class="${i === decides ? 'decides' : ''} ${i === decides && refuses(rule) ? 'refuses' : ''}"><span class="index">${i + 1}</span>
          <p>${spoken(sentence(lang, rule, this.#bases))}<cite title=${rule.source}>${source}</cite></p></li>`;
      })}</ol></section>`;
  }

  #tcb(tcb: ScriptTcb | null | undefined, t: Words): TemplateResult {
    const shell = translator(this.store.lang);
    if (!tcb) return html`<section><h2><span class="name">${t('tcb')}</span></h2><p class="none">${t('tcb.none')}</p></section>`;
    const changed = tcb.vars.filter((v) => v.was != null).length;
    const now = this.state.view?.now ?? 0;
    const rows = [
      ...tcb.vars.map((v) => this.#variable(v)),
      ...tcb.timers.map((timer) => html`<div><dt>${timer.name}</dt><dd class=${timer.was == null ? '' : 'changed'}>${duration(Math.max(0, timer.until - now))}</dd></div>`),
    ];
    const [left, right] = halves(rows);
    return html`<section><h2><span class="name">${t('tcb')}</span><span class="fact">${tcb.state}</span>
        <span class="remark">${changed ? shell('tcb.changed', { n: changed }) : shell('tcb.same')}</span></h2>
      <div class="two"><dl>${left}</dl><dl>${right}</dl></div></section>`;
  }

  /** Scripts count sequence numbers from the ISNs; so does what explains them. */
  get #bases(): SeqBases | undefined {
    const vars = this.state.view?.tcb?.vars;
    return vars && { own: variable(vars, 'ISS'), peer: variable(vars, 'IRS') };
  }

  #variable(v: VarView): TemplateResult {
    const shell = translator(this.store.lang);
    // The ISNs themselves as they are on the wire; all else from them, as scripts count.
    const bases = /^(ISS|IRS)$/.test(v.name) ? undefined : this.#bases;
    const value = written(v, v.value, bases, shell);
    if (v.was == null) return html`<div><dt>${v.name}</dt><dd>${value}</dd></div>`;
    const was = written(v, v.was, bases, shell);
    const room = v.name.length + was.length + value.length < 20;
    return html`<div><dt>${v.name}</dt><dd class="changed" title=${shell('tcb.changed.label', { name: v.name, was, value })}>${room ? html`${was} → ${value}` : html`<span class="sr">${was} → </span>${value}`}</dd></div>`;
  }
}

customElements.define('tcp-script-why', ScriptWhy);
