import { css, html, nothing, type TemplateResult } from 'lit';
import tsv from '../../../../crates/lab/conformance/rfc9293.tsv?raw';
import { perform } from '../../engine/actions.js';
import { translators, type TOf } from '../../locales/index.js';
import { Element, icon, panel, reset } from '../base/index.js';
import { grouped, LEVELS, matching, PLACES, requirements, type Filter, type Level, type Place, type Requirement } from './table.js';
import { chinese } from './zh-CN.js';
import { en } from './words.en.js';
import { zhCN } from './words.zh-CN.js';

const words = translators({ en, 'zh-CN': zhCN });
type Words = TOf<typeof en>;
const ALL = requirements(tsv);
const EVERYTHING: Filter = { levels: new Set(), places: new Set(), text: '' };

/** The room of RFC 9293's requirements: where each is met, or why not, and the scripts that show it, ready to be stepped. */
export class Conformance extends Element {
  static override properties = { layout: {}, filter: { state: true } };
  static override styles = [reset, panel, css`
    :host { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr); min-height: 0; container-type: inline-size; }
    .head { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 20px; padding: 8px 16px; border-bottom: 1px solid var(--hair); }
    .head h2 { height: auto; padding: 0; font: var(--t4) / 20px var(--serif); }
    .set { display: flex; align-items: center; gap: 2px; }
    .set > span { color: var(--ink3); padding-right: 6px; }
    .set button { height: 28px; padding: 0 8px; color: var(--ink2); white-space: nowrap; }
    .set button:hover { background: var(--wash); }
    .set button[aria-pressed='true'] { color: var(--ink); background: var(--wash); box-shadow: inset 0 -1px 0 var(--ink); font-weight: 600; }
    .set button i { font: var(--t1) / 1 var(--mono); color: var(--ink3); font-weight: 400; }
    label { display: flex; align-items: center; gap: 6px; color: var(--ink3); }
    input { font: var(--t2) / 16px var(--sans); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; padding: 5px 8px; width: 220px; height: 28px; }
    input::placeholder { color: var(--ink3); opacity: 1; }
    .count { margin-left: auto; color: var(--ink2); white-space: nowrap; }
    .scroll { overflow: auto; scrollbar-width: thin; padding: 0 16px 24px; }
    .scroll:focus-visible { outline-offset: -2px; }
    table { table-layout: fixed; max-width: 1408px; }
    .c-id { width: 84px; } .c-level { width: 96px; } .c-section { width: 72px; } .c-place { width: 128px; } .c-tests { width: 36%; }
    thead th { position: sticky; top: 0; z-index: 1; background: var(--paper); text-align: left; font: var(--t1) / 16px var(--sans); color: var(--ink3); padding: 10px 12px 4px 0; border-bottom: 1px solid var(--ink); }
    tbody th { text-align: left; font: italic var(--t3) / 20px var(--serif); padding: 14px 0 2px; border-bottom: 1px solid var(--hair); }
    :host(:lang(zh)) tbody th { font-style: normal; }
    td { vertical-align: top; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--hair); line-height: 18px; }
    tr.row:hover td { background: var(--wash); }
    .id { font: var(--t1) / 18px var(--mono); white-space: nowrap; }
    .level { font: var(--t1) / 18px var(--sans); letter-spacing: 0.02em; }
    .MUST { font-weight: 700; } .SHOULD { color: var(--ink2); } .MAY { color: var(--ink3); }
    .section { font: var(--t1) / 18px var(--mono); color: var(--ink2); }
    .what p { font: var(--t3) / 18px var(--serif); overflow-wrap: anywhere; }
    .what .reason { font-style: italic; color: var(--ink2); padding-top: 2px; }
    :host(:lang(zh)) .reason { font-style: normal; }
    .place { white-space: nowrap; color: var(--ink2); }
    .place svg { width: 12px; height: 12px; vertical-align: -2px; margin-right: 5px; fill: none; stroke: var(--ink); stroke-width: 1.5; stroke-linecap: round; }
    .place.host svg { stroke: var(--ink2); } .place.none svg { stroke: var(--line); }
    .tests > div { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 8px; min-height: 18px; }
    details[open] { flex-basis: 100%; }
    .tests button { display: inline-flex; align-items: center; gap: 4px; min-height: 24px; margin: -3px 0; color: var(--you); font: var(--t1) / 18px var(--mono); text-align: left; overflow-wrap: anywhere; }
    .tests button:hover { text-decoration: underline; }
    .tests .icon { width: 12px; height: 12px; }
    .rust { display: block; font: var(--t1) / 16px var(--mono); color: var(--ink3); overflow-wrap: anywhere; }
    summary { font: var(--t1) / 24px var(--sans); margin: -3px 0; color: var(--ink3); cursor: pointer; width: max-content; }
    .nothing { padding: 32px 0; font: italic var(--t4) / 24px var(--serif); color: var(--ink2); }
    .nothing button { text-decoration: underline; font: var(--t2) / 24px var(--sans); }
    @container (max-width: 859px) {
      table, tbody, thead { display: block; }
      thead { display: none; }
      tbody tr, tbody th { display: block; }
      tr.row { display: grid; grid-template-columns: auto auto 1fr auto; gap: 2px 12px; padding: 8px 0; border-bottom: 1px solid var(--hair); }
      td { border: 0; padding: 0; }
      .what, .tests { grid-column: 1 / -1; }
      .place { grid-column: 4; grid-row: 1; font-size: var(--t1); }
    }
    @container (max-width: 599px) {
      .head { gap: 4px 12px; }
      .set > span { display: none; }
      .set button { height: 44px; }
      .places { width: 100%; }
      .places button { padding: 0 6px; }
      label { flex: 1; } label span { display: none; }
      input { width: 100%; height: 44px; font-size: 16px; }
      .tests button { min-height: 44px; margin: 0; }
      summary { line-height: 44px; margin: 0; }
      .tests > div { gap: 0 16px; }
    }
  `];

  declare layout: string;
  declare protected filter: Filter;

  constructor() {
    super();
    this.filter = EVERYTHING;
  }

  protected override render(): TemplateResult {
    const { lang } = this.store;
    const t = words[lang];
    const say = (text: string): string => (lang === 'zh-CN' ? chinese[text] ?? text : text);
    const shown = matching(ALL, this.filter, (r) => (lang === 'zh-CN' ? [r.group, r.summary, r.reason].map(say).join('\n') : ''));
    return html`<div class="head" role="search" aria-label=${t('filter')}>
        <h2>${t('title')}</h2>
        <div class="set" role="group" aria-label=${t('level')}><span aria-hidden="true">${t('level')}</span>${LEVELS.map((l) => this.#level(l, t))}</div>
        <div class="set places" role="group" aria-label=${t('place')}><span aria-hidden="true">${t('place')}</span>${PLACES.map((p) => this.#place(p, t))}</div>
        <label><span>${t('search')}</span><input type="search" aria-label=${t('search')} placeholder=${t('search.hint')} .value=${this.filter.text} @input=${this.#typed}></label>
        <span class="count" role="status">${t('shown', { n: shown.length, all: ALL.length })}</span></div>
      <main class="scroll" tabindex="0" aria-label=${t('title')}>${shown.length ? html`<table>
        <colgroup><col class="c-id"><col class="c-level"><col class="c-section"><col><col class="c-place"><col class="c-tests"></colgroup>
        <thead><tr>${(['id', 'level', 'section', 'what', 'place', 'tests'] as const).map((c) => html`<th scope="col">${t(`col.${c}`)}</th>`)}</tr></thead>
        ${grouped(shown).map(({ group, rows }) => html`<tbody><tr><th colspan="6" scope="rowgroup">${say(group)}</th></tr>${rows.map((r) => this.#row(r, t, say))}</tbody>`)}</table>`
        : html`<p class="nothing">${t('none')} <button @click=${() => (this.filter = EVERYTHING)}>${t('clear')}</button></p>`}</main>`;
  }

  #level(level: Level, t: Words): TemplateResult {
    const of = ALL.filter((r) => r.level === level);
    const tested = of.filter((r) => r.scripts.length + r.tests.length > 0).length;
    const toggle = (): void => { this.filter = { ...this.filter, levels: toggled(this.filter.levels, level) }; };
    return html`<button aria-pressed=${String(this.filter.levels.has(level))} title=${t('sum', { tested, reasoned: of.length - tested })} @click=${toggle}>${level} <i>${of.length}</i></button>`;
  }

  #place(place: Place, t: Words): TemplateResult {
    const count = ALL.filter((r) => r.place === place).length;
    const toggle = (): void => { this.filter = { ...this.filter, places: toggled(this.filter.places, place) }; };
    return html`<button aria-pressed=${String(this.filter.places.has(place))} @click=${toggle}>${t(`place.${place}`)} <i>${count}</i></button>`;
  }

  #row(r: Requirement, t: Words, say: (text: string) => string): TemplateResult {
    return html`<tr class="row" data-id=${r.id}>
      <td class="id">${r.id}</td><td class="level ${r.level}">${r.wording}</td><td class="section">${r.section}</td>
      <td class="what"><p>${say(r.summary)}</p>${r.reason ? html`<p class="reason">${say(r.reason)}</p>` : nothing}</td>
      <td class="place ${r.place}"><svg viewBox="0 0 12 12" aria-hidden="true"><path d=${SIGNS[r.place]}></path></svg>${t(`place.${r.place}`)}</td>
      <td class="tests"><div>${r.scripts.map((script) => html`<button title=${t('open', { script })} @click=${() => perform(this.store, 'script', { script })}>${icon('run', 12)}<span>${script.slice(script.lastIndexOf('/') + 1)}</span></button>`)}${this.#rust(r, t)}</div></td></tr>`;
  }

  /** Tests that are no scripts run in `cargo test`; they are named, folded where there are scripts to open. */
  #rust({ scripts, tests }: Requirement, t: Words): TemplateResult | typeof nothing {
    if (!tests.length) return nothing;
    const names = tests.map((name) => html`<span class="rust" translate="no">${name}</span>`);
    return scripts.length ? html`<details><summary>${t('more', { n: tests.length })}</summary>${names}</details>` : html`${names}`;
  }

  readonly #typed = (e: Event): void => {
    this.filter = { ...this.filter, text: (e.target as HTMLInputElement).value };
  };
}

const SIGNS: Readonly<Record<Place, string>> = { core: 'M2 6.500l2.800 2.800L10 3', host: 'M2 6.500l2.800 2.800L10 3', none: 'M3 6h6' };

function toggled<V>(set: ReadonlySet<V>, value: V): Set<V> {
  const next = new Set(set);
  if (!next.delete(value)) next.add(value);
  return next;
}

customElements.define('tcp-conformance', Conformance);
