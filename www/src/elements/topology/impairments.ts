import { css, html, nothing, type TemplateResult } from 'lit';
import type { Impairing } from '../../engine/pkg/views.js';
import { Element, place, reset } from '../base/index.js';
import { disciplineOf, DISCIPLINES, fieldGroups, valueOf, withDiscipline, withValue, type Discipline, type LinkField } from './link-fields.js';
import { words, type Words } from './words.js';

/** Detail of `changed`: what an end is asked for now. */
export interface Asked {
  readonly end: number;
  readonly sends: Impairing;
}

/** What a link does to what each of its ends sends: a row a setting, a column an end. */
export class Impairments extends Element {
  static override properties = { ends: { attribute: false }, wrong: { attribute: false }, path: { attribute: false } };
  static override styles = [reset, css`
    :host { display: block; overflow: auto hidden; scrollbar-width: thin; }
    .matrix { display: grid; gap: 3px 8px; align-items: center; padding: 2px; }
    .head { color: var(--ink3); font: var(--t1) / 16px var(--sans); overflow: hidden; text-overflow: ellipsis; }
    .title { grid-column: 1 / -1; font: italic var(--t3) / 20px var(--serif); }
    :host(:lang(zh)) .title { font-style: normal; }
    input, select { font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; padding: 3px 6px; min-height: 24px; width: 100%; min-width: 0; }
    input[type='checkbox'] { width: 14px; min-height: 14px; height: 14px; margin: 5px 0; accent-color: var(--you); }
    [aria-invalid='true'] { border-color: var(--lost); box-shadow: inset 2px 0 0 var(--lost); }
    .wrong { grid-column: 1 / -1; font: var(--t3) / 16px var(--serif); color: var(--lost); overflow-wrap: anywhere; }
    summary { min-height: 24px; line-height: 24px; color: var(--ink2); cursor: pointer; }
    @media (max-width: 599px) { input:not([type='checkbox']), select { min-height: 44px; font-size: 16px; } }
  `];

  /** Node that sends, and what its end is asked for. */
  declare ends: readonly { readonly node: string; readonly sends: Impairing }[];
  /** What the core has against it. */
  declare wrong: { readonly path: string; readonly text: string } | undefined;
  /** Path of the link in its file: `links[0]`. */
  declare path: string;

  protected override render(): TemplateResult {
    const t = words[this.store.lang];
    const queues = this.ends.map((e) => disciplineOf(e.sends));
    const columns = { 'grid-template-columns': `minmax(96px, 130px) repeat(${this.ends.length}, minmax(72px, 1fr))` };
    const groups = [...new Map((['tail', ...queues] as Discipline[]).flatMap((q) => fieldGroups(t, q)).map((g) => [g.title, g])).values()];
    const heads = html`<span></span>${this.ends.map((e) => html`<span class="head">${t('edit.from', { node: e.node })}</span>`)}`;
    return html`${groups.map((g, i) => {
      const rows = html`<div class="matrix" ${place(columns)}>${i === 0 ? heads : nothing}${g.fields.map((f) => this.#row(t, f))}${i === 0 ? this.#disciplines(t, queues) : nothing}</div>`;
      const told = g.fields.some((f) => this.ends.some((e) => valueOf(e.sends, f.key) !== undefined));
      return g.open ? html`${g.title ? html`<div class="title">${g.title}</div>` : nothing}${rows}` : html`<details ?open=${told}><summary>${g.title}</summary>${rows}</details>`;
    })}${this.wrong?.path.startsWith(`${this.path}.`) || this.wrong?.path === this.path ? html`<p class="wrong" id="wrong">${this.wrong.text}</p>` : nothing}`;
  }

  #row(t: Words, f: LinkField): TemplateResult {
    return html`<span class="head">${f.label}</span>${this.ends.map((e, end) => {
      const label = `${f.label}, ${t('edit.from', { node: e.node })}`;
      const value = valueOf(e.sends, f.key);
      const outer = f.key.split('.')[0] as 'codel' | 'red' | 'burst';
      if ((outer === 'codel' || outer === 'red') && !e.sends[outer]) return html`<span></span>`;
      if (f.flag) return html`<input type="checkbox" aria-label=${label} .checked=${value === true} @change=${(x: Event) => this.#put(end, withValue(e.sends, f.key, (x.target as HTMLInputElement).checked ? true : undefined))}>`;
      const bad = this.#bad(end, f.key);
      return html`<input name="${this.path}.ends[${end}].impairments.${f.key}" aria-label=${label} .value=${f.show(value)} placeholder=${f.hint} autocomplete="off" inputmode="decimal"
        aria-invalid=${bad ? 'true' : nothing} aria-describedby=${bad ? 'wrong' : nothing} @change=${(x: Event) => this.#put(end, withValue(e.sends, f.key, f.read((x.target as HTMLInputElement).value.trim())))}>`;
    })}`;
  }

  #bad(end: number, key: string): boolean {
    const at = this.wrong?.path;
    return at !== undefined && [`${this.path}.ends[${end}].impairments.${key}`, `${this.path}.ends[${end}].${key}`, `${this.path}.impairments.${key}`].includes(at);
  }

  #disciplines(t: Words, queues: readonly Discipline[]): TemplateResult {
    return html`<span class="head">${t('edit.discipline')}</span>${this.ends.map((e, end) => html`<select aria-label="${t('edit.discipline')}, ${t('edit.from', { node: e.node })}"
      @change=${(x: Event) => this.#put(end, withDiscipline(e.sends, (x.target as HTMLSelectElement).value as Discipline))}>${DISCIPLINES.map((d) => html`<option value=${d} ?selected=${d === queues[end]}>${t(`edit.discipline.${d}`)}</option>`)}</select>`)}`;
  }

  #put(end: number, sends: Impairing): void {
    this.dispatchEvent(new CustomEvent<Asked>('changed', { detail: { end, sends } }));
  }

  /** Puts the focus on the field that a path names, if it is here. */
  go(path: string): boolean {
    const field = [...this.renderRoot.querySelectorAll<HTMLElement>('[name]')].find((f) => f.getAttribute('name') === path)
      ?? this.renderRoot.querySelector<HTMLElement>('[aria-invalid]');
    field?.focus();
    return field != null;
  }
}

customElements.define('tcp-impair-matrix', Impairments);
declare global {
  interface HTMLElementTagNameMap { 'tcp-impair-matrix': Impairments }
}
