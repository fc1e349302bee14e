/** Standing rules: a list of those that stand, and a form whose sentence says what it will make. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { perform } from '../../engine/actions.js';
import { toEngineError } from '../../engine/engine.js';
import type { StandingView } from '../../engine/pkg/views.js';
import { errorSentence, fieldLabel, plain } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { frame } from '../tools/styles.js';
import { EMPTY, examples, FIELDS, FLAGS, OPTIONS, optionName, ruleOf, sentenceOf, type Draft, type Kind } from './rule.js';
import { styles } from './styles.js';
import { words, type Words } from './words.js';

const KIND_NAMES: readonly Kind[] = ['any', 'syn', 'synack', 'ack', 'data', 'fin', 'rst', 'flags'];
const THENS: readonly Draft['then'][] = ['drop', 'duplicate', 'delay', 'hold', 'setFlag', 'clearFlag', 'set', 'removeOption', 'corrupt'];

export class Rules extends Element {
  static override properties = { draft: { state: true } };
  static override styles = [reset, panel, frame, styles, css`
    .columns { grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); }
    section { grid-template-rows: 32px minmax(0, 1fr); }
  `];

  declare protected draft: Draft;

  constructor() {
    super();
    this.draft = EMPTY;
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const { rules } = store.view;
    return html`<section aria-label=${t('rules.label')}><h2><span class="sr">${t('rules.label')}</span></h2>
      <div class="columns"><div class="column rules"><h3>${t('rules.label')}</h3>
        ${rules.length ? html`<ol>${rules.map((r) => this.#rule(r, t))}</ol>` : html`<p class="none">${t('rules.none')}</p>`}</div>
      <div class="column"><h3>${t('rules.new')}</h3>${this.#form(t)}</div></div></section>`;
  }

  #rule(r: StandingView, t: Words): TemplateResult {
    const { store } = this;
    const never = r.never == null ? nothing : html` <span class="wrong">${plain(errorSentence(store.lang, r.never))}</span>`;
    return html`<li class=${r.on ? '' : 'off'}><span class="id">${r.id}</span><input type="checkbox" .checked=${r.on} aria-label=${t('rules.on', { id: r.id })}
        @change=${() => perform(store, 'enableRule', { rule: r.id, on: !r.on })}>
      <span class="said">${sentenceOf(store.lang, t, r.rule)}${never}</span>
      <span class="count">${r.acted ? html`<b>${t('rules.acted', { n: r.acted })}</b>` : t('rules.never')}${r.met === r.acted ? nothing : html` · ${t('rules.met', { n: r.met })}`}</span>
      <button type="button" class="bit" aria-label=${t('rules.remove', { id: r.id })} @click=${() => perform(store, 'removeRule', { rule: r.id })}>×</button></li>`;
  }

  // ---- the form

  #form(t: Words): TemplateResult {
    const { store, draft: d } = this;
    const { lang } = store;
    const nodes = store.view.nodes.map((n) => n.name);
    const flags = FLAGS.map((f) => [f, f] as const);
    const fields = FIELDS.map((f) => [f, fieldLabel(lang, f, false)] as const);
    const kinds = OPTIONS.map(([kind]) => [String(kind), optionName(lang, t, kind)] as const);
    const edits = d.then === 'setFlag' || d.then === 'clearFlag' || d.then === 'set' || d.then === 'removeOption';
    const begin = (e: Event): void => {
      const select = e.target as HTMLSelectElement;
      const example = this.#examples()[Number(select.value)];
      if (select.value !== '' && example) this.#put(example);
    };
    return html`<form class="fields" novalidate @submit=${(e: Event) => this.#add(e)} @keydown=${own}>
      <label>${t('rules.example')}<select name="example" @change=${begin}><option value="">${t('rules.example.choose')}</option>${this.#examples().map((x, i) => html`<option value=${i}>${sentenceOf(lang, t, ruleOf(x))}</option>`)}</select></label>
      ${this.#select('then', t('rules.what'), THENS.map((x) => [x, t(`then.${x}`)] as const))}
      ${this.#select('kind', t('rules.kind'), KIND_NAMES.map((k) => [k, t(`kind.${k}`)] as const))}
      ${d.then === 'delay' ? this.#input('by', t('rules.by')) : nothing}
      ${d.then === 'setFlag' || d.then === 'clearFlag' ? this.#select('flag', t('rules.flag'), flags) : nothing}
      ${d.then === 'set' ? html`${this.#select('of', t('rules.of'), fields)}${this.#input('to_value', t('rules.value'))}` : nothing}
      ${d.then === 'removeOption' ? this.#select('taken', t('rules.of'), kinds) : nothing}
      ${d.kind === 'flags' ? html`${this.#input('set', t('rules.set'))}${this.#input('clear', t('rules.clear'))}` : nothing}
      ${this.#select('from', t('rules.from'), [['', t('rules.anyone')], ...nodes.map((n) => [n, n] as const)])}
      ${this.#select('to', t('rules.to'), [['', t('rules.anyone')], ...nodes.map((n) => [n, n] as const)])}
      <div class="field"><span>${t('rules.which')}</span><span class="pair">${this.#bare('which', t('rules.which'), (['all', 'nth', 'every'] as const).map((w) => [w, t(`rules.which.${w}`)] as const))}
        ${d.which === 'all' ? nothing : html`<input class="slim" name="n" inputmode="numeric" .value=${d.n} aria-label=${t('rules.n')} @input=${(e: Event) => this.#put({ n: (e.target as HTMLInputElement).value })}>`}</span></div>
      ${this.#select('again', t('rules.again'), [['', t('rules.again.either')], ['yes', t('rules.again.yes')], ['no', t('rules.again.no')]])}
      ${this.#select('option', t('rules.option'), [['', t('rules.option.any')], ...kinds])}
      <div class="field"><span>${t('rules.field')}</span><span class="pair">${this.#bare('field', t('rules.field'), [['', t('rules.field.none')], ...fields])}
        ${d.field === '' ? nothing : html`${this.#bare('is', t('rules.relation'), ['=', '≠', '<', '>'].map((is) => [is, is] as const), 'slim')}<input name="value" inputmode="numeric" .value=${d.value} aria-label=${t('rules.value')} @input=${(e: Event) => this.#put({ value: (e.target as HTMLInputElement).value })}>`}</span></div>
      ${edits ? html`<label class="check"><input type="checkbox" .checked=${d.mend} @change=${() => this.#put({ mend: !d.mend })}>${t('rules.mend')}</label>` : nothing}
      <div class="wide preview">${this.#preview(t)}<button class="go primary">${t('rules.add')}</button></div></form>`;
  }

  #examples(): readonly Draft[] {
    const { nodes } = this.store.view;
    const name = (role: string): string => nodes.find((n) => n.role === role)?.name ?? '';
    return examples(name('client'), name('server'));
  }

  #preview(t: Words): TemplateResult {
    const { store, draft } = this;
    const rule = ruleOf(draft);
    const never = this.#never();
    return html`<p role="status" aria-label=${t('rules.preview')}>${sentenceOf(store.lang, t, rule)}${never ? html` <span class="wrong">${never}</span>` : nothing}</p>`;
  }

  /** Why the rule would be refused, or could never act. */
  #never(): string | undefined {
    const { store } = this;
    try {
      const never = store.session.checkRule(ruleOf(this.draft));
      return never ? plain(errorSentence(store.lang, never)) : undefined;
    } catch (thrown) {
      return plain(errorSentence(store.lang, toEngineError(thrown)));
    }
  }

  #put(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
  }

  #select(name: keyof Draft, label: string, all: readonly (readonly [string, string])[]): TemplateResult {
    return html`<label>${label}${this.#bare(name, undefined, all)}</label>`;
  }

  #bare(name: keyof Draft, label: string | undefined, all: readonly (readonly [string, string])[], cls = ''): TemplateResult {
    return html`<select name=${name} class=${cls} aria-label=${label ?? nothing} @change=${(e: Event) => this.#put({ [name]: (e.target as HTMLSelectElement).value })}>
      ${all.map(([value, text]) => html`<option value=${value} .selected=${this.draft[name] === value}>${text}</option>`)}</select>`;
  }

  #input(name: keyof Draft, label: string): TemplateResult {
    return html`<label>${label}<input name=${name} .value=${String(this.draft[name])} autocomplete="off" spellcheck="false" @input=${(e: Event) => this.#put({ [name]: (e.target as HTMLInputElement).value })}></label>`;
  }

  #add(e: Event): void {
    e.preventDefault();
    perform(this.store, 'addRule', { standing: ruleOf(this.draft) });
  }
}

function own(e: KeyboardEvent): void {
  if (e.key !== 'Escape' && !e.ctrlKey && !e.metaKey) e.stopPropagation();
}

customElements.define('tcp-rules', Rules);
