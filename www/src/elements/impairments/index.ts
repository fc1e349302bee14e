import { css, html, nothing, type TemplateResult } from 'lit';
import type { EndView, Impairing, LinkView } from '../../engine/pkg/views.js';
import { PRESETS } from '../../engine/pkg/presets.js';
import { Element, panel, place, reset } from '../base/index.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { FIELDS, MANAGED, managed, marks, mostOf, queueOf, same, shown, switched, typed, type Field, type Queue } from './way.js';
import { words, type Words } from './words.js';

const DISCIPLINES = ['droptail', 'codel', 'codel.ecn', 'red', 'red.ecn'] as const;
/** Fields that mean nothing until the one before them is there. */
const WITHIN = new Set(['burst.r', 'burst.bad_loss', 'burst.good_loss']);
/** Left out: no limit; the others: nothing. */
const LIMITS = new Set(['mtu', 'rate', 'queue']);

/**
 * What a link does to frames, each way by itself, set while it works. What is typed is a draft until it is set: then it is
 * a command a way, logged and undone like any other.
 */
export class Impairments extends Element {
  static override properties = { link: { type: Number }, drafts: { state: true }, typing: { state: true } };
  static override styles = [reset, panel, css`
    :host { display: block; }
    form { display: flex; flex-direction: column; gap: 6px; font: var(--t2) / 16px var(--sans); color: var(--ink2); }
    .top { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; }
    .hint, .source { font: italic var(--t2) / 16px var(--serif); color: var(--ink2); margin: 0; }
    :host(:lang(zh)) :is(.hint, .source) { font-style: normal; }
    .matrix { display: grid; gap: 2px 12px; align-items: center; }
    .head { min-width: 0; overflow-wrap: anywhere; }
    .from { color: var(--ink); border-bottom: 1px solid var(--hair); padding-bottom: 2px; align-self: end; }
    .state { font: var(--t1) / 16px var(--mono); color: var(--ink2); }
    .state.on { color: var(--lost); }
    input, select { font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; padding: 1px 4px; min-height: 24px; min-width: 0; width: 100%; box-sizing: border-box; }
    .top select { width: auto; }
    input[type='checkbox'] { width: 16px; height: 16px; min-height: 0; margin: 4px 0; accent-color: var(--you); }
    input[aria-invalid] { border-color: var(--lost); color: var(--lost); }
    .new { border-color: var(--edit); box-shadow: inset 2px 0 0 var(--edit); }
    .wrong { grid-column: 1 / -1; color: var(--lost); font: var(--t3) / 16px var(--serif); margin: 0; }
    .foot { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
    .go { height: 28px; padding: 0 12px; border-radius: 3px; box-shadow: inset 0 0 0 1px var(--line); }
    .go:disabled { color: var(--ink3); box-shadow: inset 0 0 0 1px var(--hair); }
    .go.primary:not(:disabled) { background: var(--ink); color: var(--paper); box-shadow: none; }
    @media (max-width: 599px) { input:not([type='checkbox']), select { min-height: 44px; font-size: 16px; } .go { min-height: 44px; } input[type='checkbox'] { width: 24px; height: 24px; } }
  `];

  /** Index of the link. */
  declare link: number;
  /** By end: what is asked for, until it is set. */
  declare protected drafts: ReadonlyMap<number, Impairing>;
  /** What is no number, by end and field. */
  declare protected typing: ReadonlyMap<string, string>;
  #of: number | undefined;

  constructor() {
    super();
    this.link = 0;
    this.drafts = new Map();
    this.typing = new Map();
  }

  protected override render(): TemplateResult | typeof nothing {
    const t = words[this.store.lang];
    const link = this.store.session.links()[this.link];
    if (!link) return nothing;
    if (this.#of !== this.link) {
      this.#of = this.link;
      this.drafts = new Map();
      this.typing = new Map();
    }
    const ways = link.ends.map((end, e) => this.drafts.get(e) ?? end.sends);
    const changed = ways.some((way, e) => !same(way, (link.ends[e] as EndView).sends));
    const preset = PRESETS.find((p) => ways.every((way, e) => same(way, e === 0 ? p.up : p.down)));
    const [wrong] = this.typing;
    return html`<form aria-label=${t('imp.label')} @submit=${(e: Event) => this.#set(e, link)} @keydown=${own}>
      <div class="top"><label>${t('imp.preset')} <select @change=${(e: Event) => this.#preset(link, (e.target as HTMLSelectElement).value)}>
        <option value="" .selected=${!preset}>${t('imp.preset.own')}</option>${PRESETS.map((p) => html`<option value=${p.id} .selected=${p === preset}>${t(`preset.${p.id as 'lan'}`)}</option>`)}</select></label></div>
      <p class=${preset ? 'source' : 'hint'}>${preset ? t('imp.preset.source', { source: preset.source }) : t('imp.hint')}</p>
      <div class="matrix" ${place({ 'grid-template-columns': `minmax(96px, 1fr) repeat(${link.ends.length}, minmax(0, 1fr))` })}>
        <span></span>${link.ends.map((end) => html`<span class="from">${t('imp.from', { node: this.#name(end) })}</span>`)}
        <span></span>${link.ends.map((end) => state(t, end))}
        ${this.#checks(t, link, ways, 'down', t('imp.up'), true)}
        ${FIELDS.map((f) => this.#row(t, link, ways, f, f.key === 'queue'))}
        ${this.#checks(t, link, ways, 'in_order', t('imp.in_order'), false)}
      </div>
      <div class="foot"><button class="go primary" ?disabled=${!changed || wrong !== undefined}>${t('imp.set')}</button>
        <button type="button" class="go" ?disabled=${!changed && wrong === undefined} @click=${() => this.#forget()}>${t('imp.reset')}</button></div></form>`;
  }

  /** Under the first field that is wrong: what, where, and how to mend it. */
  #under(t: Words, link: LinkView, f: Field): TemplateResult | typeof nothing {
    const [first] = this.typing;
    const [e = '', key = ''] = first?.[0].split(' ') ?? [];
    const end = link.ends[Number(e)];
    if (!first || key !== f.key || !end) return nothing;
    const what = { text: first[1], where: t('imp.cell', { what: t(`field.${f.key as 'mtu'}`), node: this.#name(end) }) };
    return html`<p class="wrong" id="wrong" role="alert">${mostOf(f) < Infinity ? t('imp.wrong.most', { ...what, most: mostOf(f) }) : t('imp.wrong', what)}</p>`;
  }

  #name(end: EndView): string {
    return nodeName(nodeOf(this.store.view, end.node), this.t);
  }

  /** A field, and below the queue's length how it is managed. */
  #row(t: Words, link: LinkView, ways: readonly Impairing[], f: Field, queue: boolean): TemplateResult | typeof nothing {
    if (WITHIN.has(f.key) && !ways.some((w) => w.burst)) return nothing;
    const kinds = [...new Set(ways.map(queueOf))];
    return html`<span class="head">${t(`field.${f.key as 'mtu'}`)}</span>
      ${link.ends.map((end, e) => this.#cell(t, end, e, ways[e] as Impairing, f))}${this.#under(t, link, f)}
      ${queue ? html`<span class="head">${t('imp.discipline')}</span>${link.ends.map((end, e) => this.#discipline(t, end, e, ways[e] as Impairing))}
        ${kinds.flatMap((kind) => MANAGED[kind]).map((m) => html`<span class="head">${t(`field.${m.key as 'codel.target'}`)}</span>
          ${link.ends.map((end, e) => (MANAGED[queueOf(ways[e] as Impairing)].includes(m) ? this.#cell(t, end, e, ways[e] as Impairing, m) : html`<span></span>`))}${this.#under(t, link, m)}`)}` : nothing}`;
  }

  #cell(t: Words, end: EndView, e: number, way: Impairing, f: Field): TemplateResult {
    if (WITHIN.has(f.key) && !way.burst) return html`<span></span>`;
    const id = `${e} ${f.key}`;
    const bad = this.typing.get(id);
    const value = shown(way, f);
    return html`<input inputmode="decimal" autocomplete="off" class=${value === shown(end.sends, f) ? '' : 'new'} .value=${bad ?? value} placeholder=${LIMITS.has(f.key) ? t('imp.any') : t('imp.none')}
      aria-label=${t('imp.cell', { what: t(`field.${f.key as 'mtu'}`), node: this.#name(end) })} aria-invalid=${bad === undefined ? nothing : 'true'} aria-describedby=${bad === undefined ? nothing : 'wrong'}
      @input=${(event: Event) => {
        const text = (event.target as HTMLInputElement).value;
        const next = typed(way, f, text);
        const typing = new Map(this.typing);
        if (next) {
          typing.delete(id);
          this.#draft(e, next);
        } else typing.set(id, text);
        this.typing = typing;
      }}>`;
  }

  #discipline(t: Words, end: EndView, e: number, way: Impairing): TemplateResult {
    const name = (w: Impairing): string => `${queueOf(w)}${marks(w) ? '.ecn' : ''}`;
    return html`<select class=${name(way) === name(end.sends) ? '' : 'new'} aria-label=${t('imp.cell', { what: t('imp.discipline'), node: this.#name(end) })} @change=${(event: Event) => {
      const [kind, ecn] = (event.target as HTMLSelectElement).value.split('.');
      this.#draft(e, managed(way, kind as Queue, ecn !== undefined));
    }}>${DISCIPLINES.map((d) => html`<option value=${d} .selected=${d === name(way)}>${t(`discipline.${d}`)}</option>`)}</select>`;
  }

  #checks(t: Words, link: LinkView, ways: readonly Impairing[], key: 'in_order' | 'down', label: string, inverse: boolean): TemplateResult {
    return html`<span class="head">${label}</span>${link.ends.map((end, e) => {
      const way = ways[e] as Impairing;
      return html`<input type="checkbox" .checked=${(way[key] ?? false) !== inverse} aria-label=${t('imp.cell', { what: label, node: this.#name(end) })}
        @change=${(event: Event) => this.#draft(e, switched(way, key, (event.target as HTMLInputElement).checked !== inverse))}>`;
    })}`;
  }

  #draft(end: number, way: Impairing): void {
    this.drafts = new Map(this.drafts).set(end, way);
  }

  #preset(link: LinkView, id: string): void {
    const preset = PRESETS.find((p) => p.id === id);
    this.typing = new Map();
    this.drafts = preset ? new Map(link.ends.map((_, e) => [e, e === 0 ? preset.up : preset.down])) : new Map();
  }

  #set(e: Event, link: LinkView): void {
    e.preventDefault();
    for (const [end, sends] of this.drafts) {
      if (same(sends, (link.ends[end] as EndView).sends)) continue;
      // What is refused is said by the page; what is typed stays.
      if (!this.store.command({ kind: 'setLink', link: link.id, end, sends })) return;
    }
    this.#forget();
  }

  #forget(): void {
    this.drafts = new Map();
    this.typing = new Map();
  }
}

/** What waits, and how its management stands. */
function state(t: Words, end: EndView): TemplateResult {
  const parts = [
    end.waiting ? t('imp.waiting', { octets: end.waiting }) : t('imp.free'),
    end.average == null ? '' : t('imp.average', { octets: Math.round(end.average) }),
    end.spell == null ? '' : t('imp.spell', { n: end.spell }),
    end.bad ? t('imp.bad') : '',
  ].filter(Boolean);
  return html`<span class="state${end.spell != null || end.bad ? ' on' : ''}">${parts.join(' · ')}</span>`;
}

/** Keys that are typed belong to the form. */
function own(e: KeyboardEvent): void {
  if (e.key !== 'Escape' && !e.ctrlKey && !e.metaKey) e.stopPropagation();
}

customElements.define('tcp-impairments', Impairments);
declare global {
  interface HTMLElementTagNameMap { 'tcp-impairments': Impairments }
}
