import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { RuleView, StepInfo, Trace } from '../../engine/pkg/views.js';
import { perform } from '../../engine/actions.js';
import { plain, sentence } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { basesOf, nodeName, nodeOf } from '../host-panel/view.js';
import { packetName } from '../sequence/words.js';
import { cited, compares, deciding, refuses } from './reading.js';
import { spoken, spokenStyles } from './sentence.js';

/** Why the step did what it did: its rules as sentences with the numbers in them, the one that decided as a banner. */
export class Why extends Element {
  static override styles = [reset, panel, spokenStyles, css`
    :host, section { display: flex; flex-direction: column; min-height: 0; }
    h2 button { width: 24px; height: 24px; margin: -4px 0; font: var(--t3) / 24px var(--sans); color: var(--ink2); }
    h2 b { color: var(--ink); font-weight: 600; }
    h2 .remark { display: flex; gap: 8px; align-items: baseline; }
    h2 .moves { display: flex; align-items: baseline; margin-right: -6px; }
    h2, .lead { flex: none; }
    .lead { font: italic var(--t3) / 16px var(--serif); color: var(--ink2); padding-bottom: 8px; border-bottom: 1px solid var(--hair); overflow-wrap: anywhere; }
    :host(:lang(zh)) .lead { font-style: normal; }
    .note { flex: none; font: italic var(--t3) / 16px var(--serif); color: var(--ink); padding: 8px 0; border-bottom: 1px solid var(--hair); overflow-wrap: anywhere; }
    :host(:lang(zh)) .note { font-style: normal; }
    ol { overflow-y: auto; scrollbar-width: thin; min-height: 0; margin: 0 -8px; }
    li { display: grid; grid-template-columns: 20px minmax(0, 1fr); padding: 4px 8px; cursor: default; }
    tcp-circle { grid-column: 2; }
    .index { font: var(--t1) / 16px var(--sans); color: var(--ink3); }
    li p { font: var(--t3) / 16px var(--serif); overflow-wrap: anywhere; }
    cite { float: right; margin-left: 6px; font: var(--t1) / 16px var(--sans); color: var(--ink3); }
    li[aria-current] { box-shadow: inset 2px 0 0 var(--you); background: var(--you-wash); }
    .stop { width: 24px; height: 24px; margin: -4px 0 -4px 2px; vertical-align: -1px; }
    .stop path { fill: none; stroke: var(--you); }
    .stop:hover path, .stop[aria-pressed='true'] path { fill: var(--you); }
    .decides { background: var(--wash); box-shadow: inset 2px 0 0 var(--ink); }
    .decides .index { color: var(--ink); font-weight: 700; }
    .decides.refuses { background: var(--lost-wash); box-shadow: inset 2px 0 0 var(--lost); }
    .refuses .index, .refuses b { color: var(--lost); font-weight: 700; }
    li.decides[aria-current]:not(.refuses) { background: var(--wash); box-shadow: inset 2px 0 0 var(--ink); }
    li.decides.refuses[aria-current] { background: var(--lost-wash); box-shadow: inset 2px 0 0 var(--lost); }
    @media (max-width: 599px) { h2 { height: 44px; align-items: center; padding: 0; } h2 button { width: 44px; height: 44px; } }
  `];

  #shown = '';

  protected override render(): TemplateResult {
    const { t, store } = this;
    const { trace } = store;
    const rules = trace?.rules ?? [];
    const decides = deciding(rules);
    const current = store.face.rule ?? decides;
    return html`<section aria-label=${t('why.title')}>
      <h2><span class="name">${t('why.title')}</span>
        <span class="remark"><span>${t('why.step', { step: store.view.step })}</span>${rules.length ? this.#moves(current, rules.length) : nothing}</span></h2>
      ${trace?.info ? html`<p class="lead">${this.#lead(trace.info)}</p>` : nothing}
      ${this.#notes()}
      ${rules.length ? html`<ol tabindex="0" aria-label=${t('why.rules', { step: store.view.step })}>
          ${rules.map((rule, i) => this.#rule(trace as Trace, rule, i, i === decides, i === current))}</ol>`
        : html`<p class="lead">${t(store.view.step === 0 ? 'why.start' : 'why.none')}</p>`}</section>`;
  }

  /** What the author of the scenario has to say here; at the beginning, of all of it. */
  #notes(): TemplateResult[] {
    const { lang, view } = this.store;
    const here = view.notes.filter(({ step }) => step === view.step || (step == null && view.step === 0));
    return here.map(({ text }) => html`<p class="note">${lang === 'zh-CN' ? text.zh : text.en}</p>`);
  }

  protected override updated(_changed: PropertyValues): void {
    const { face, revision } = this.store;
    const shown = `${revision} ${face.rule}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    // The circle of sequence numbers is fetched when first there is something to compare on it.
    if (this.renderRoot.querySelector('tcp-circle:not(:defined)')) {
      void import('../circle/index.js').then(() => requestAnimationFrame(() => this.#reveal())).catch(() => undefined);
    }
    this.#reveal();
    // What stands below may still take room from the list.
    requestAnimationFrame(() => this.#reveal());
  }

  #reveal(): void {
    const list = this.renderRoot.querySelector('ol');
    const rule = list?.querySelector<HTMLElement>('[aria-current]');
    if (!list || !rule) return;
    // Only the list scrolls, never the page around it.
    const above = rule.offsetTop - list.offsetTop - list.scrollTop;
    const below = above + rule.offsetHeight - list.clientHeight;
    list.scrollTop += above < 0 ? above : Math.max(0, below);
  }

  #moves(current: number, count: number): TemplateResult {
    const { t } = this;
    const to = (rule: number): void => this.store.set({ rule });
    return html`<span class="moves">
      <button type="button" aria-label=${t('why.previous')} title=${t('why.previous')} ?disabled=${current <= 0} @click=${() => to(current - 1)}>‹</button>
      <span>${t('why.rule.before')} <b>${current + 1}</b>${t('why.rule.of', { n: count })}</span>
      <button type="button" aria-label=${t('why.next')} title=${t('why.next')} ?disabled=${current >= count - 1} @click=${() => to(current + 1)}>›</button></span>`;
  }

  #rule(trace: Trace, rule: RuleView, i: number, decides: boolean, current: boolean): TemplateResult {
    const { lang, face, view } = this.store;
    const bases = basesOf(view, trace.info?.flow, rule.node, face.numbers === 'relative');
    const source = cited(rule.source, trace.rules[i - 1]?.source);
    return html`<li class="${decides ? 'decides' : ''} ${refuses(rule) ? 'refuses' : ''}" aria-current=${current ? 'true' : nothing}
        @click=${() => this.store.set({ rule: i })}>
      <span class="index">${i + 1}${decides ? html`<span class="sr"> ${this.t('why.decides')}</span>` : nothing}</span>
      <p>${spoken(sentence(lang, rule, bases))} ${decides && refuses(rule) ? html`<b>${this.#verdict(rule)}</b>` : nothing}<cite title=${rule.source}>${source}</cite>${current ? html`<button type="button" class="stop" aria-pressed=${face.stops.some((b) => b.when === ruled(rule) && !b.at)} title=${this.t('why.stop')} aria-label=${this.t('why.stop')}
        @click=${(e: Event) => (e.stopPropagation(), perform(this.store, 'breakpoint', { when: ruled(rule) }))}><svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true"><path d="M.5 1h8l-4 7z"></path></svg></button>` : nothing}</p>${current && compares(rule) ? html`<tcp-circle .rule=${rule}></tcp-circle>` : nothing}</li>`;
  }

  #verdict(rule: RuleView): string {
    return this.t(rule.outcome === 'drop' ? 'why.outcome.drop' : rule.outcome === 'reset' ? 'why.outcome.reset' : 'why.outcome.answer');
  }

  #lead(info: StepInfo): string {
    const { t } = this;
    const who = info.node == null ? undefined : nodeName(nodeOf(this.store.view, info.node), t);
    const letter = this.store.flowOf(info.flow)?.letter;
    switch (info.what) {
      case 'frame': return letter ? t('why.lead.frameOf', { who: who ?? '', what: info.text, letter }) : t('why.lead.frame', { who: who ?? '', what: info.frame == null ? info.text : packetName(this.store, info.frame) });
      case 'timer': return t('why.lead.timer', { who: who ?? '', what: info.text });
      case 'process': return t('why.lead.process', { who: who ?? '', what: info.text });
      default: return who ? t('why.lead.commandAt', { who, what: info.text }) : t('why.lead.command', { what: info.text });
    }
  }

  /** The deciding rule as one string: what a screen reader hears of the step. */
  get summary(): string {
    const { lang, trace } = this.store;
    const rule = trace?.rules[deciding(trace.rules)];
    return rule ? plain(sentence(lang, rule)) : '';
  }
}

/** The condition that a rule decides in a step. */
const ruled = (rule: RuleView): string => `rule == "${rule.id}"`;

customElements.define('tcp-why', Why);
