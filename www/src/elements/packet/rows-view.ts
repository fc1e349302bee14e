import { css, html, nothing, type TemplateResult } from 'lit';
import type { FieldView } from '../../engine/pkg/views.js';
import { plain, sentence } from '../../locales/sentences.js';
import { panel, place, reset } from '../base/index.js';
import { Editing, editorStyles } from './editing.js';
import { PacketPart } from './part.js';
import { headerRows, type Cell, type Row } from './rows.js';
import { ascii, flagName, label, letter, shown, valueOf } from './show.js';
import { find, within } from './tree.js';

const BITS = Array.from({ length: 32 }, (_, i) => i);
/** Rows that the panel has room for at their full height; a SYN with all its options has more. */
const FITS = 9;
/** Characters of the payload that its row shows. */
const PREVIEW = 24;

/** A header drawn as the RFC draws it, 32 bits a row. Arrows walk the cells, Enter edits, a flag is turned. */
export class PacketRows extends PacketPart {
  static override properties = { ...PacketPart.properties, layer: { attribute: false } };
  static override styles = [reset, panel, ...editorStyles, css`
    :host { display: block; overflow-y: auto; scrollbar-width: thin; min-height: 0; }
    .rfc { display: grid; font: var(--t1) / 18px var(--mono); }
    .ruler, .row { display: grid; grid-template-columns: 24px repeat(32, minmax(0, 1fr)); }
    .ruler { font: var(--t1) / 16px var(--sans); color: var(--ink3); text-align: center; }
    .offset { color: var(--ink3); text-align: right; padding-right: 8px; }
    .row { height: 18px; }
    .cell { position: relative; border-left: 1px solid var(--ink2); border-top: 1px solid var(--ink2); padding: 0 6px; display: flex; gap: 8px; white-space: nowrap;
      line-height: 17px; min-width: 0; cursor: default; }
    .cell:focus-visible { outline-offset: -1px; z-index: 1; }
    .cell.last { border-right: 1px solid var(--ink2); }
    .row:last-child .cell, .cell.bottom { border-bottom: 1px solid var(--ink2); }
    .row:last-child { height: 19px; }
    .name { font: var(--t1) / 17px var(--sans); color: var(--ink3); overflow: hidden; text-overflow: ellipsis; min-width: 0; }
    .value { margin-left: auto; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
    .name { flex-shrink: 10; }
    .brief { padding: 0 4px; gap: 3px; }
    .brief .value { margin-left: auto; }
    .meaning, s { color: var(--ink3); }
    .meaning.wrong { color: var(--lost); }
    .flag { padding: 0; justify-content: center; color: var(--ink3); }
    .flag.on { color: var(--ink); font-weight: 700; }
    .hole { background: var(--wash); }
    .pay { background: var(--wash); }
    .pointed { background: var(--wash); }
    .chosen { background: var(--you-wash); box-shadow: inset 0 0 0 1px var(--you); }
    .mended .value { color: var(--edit); }
    .edited { background: var(--edit-wash); box-shadow: inset 0 0 0 1px var(--edit); }
    .edited .name, .edited.flag { color: var(--edit); }
    .edited .value { color: var(--edit); font-weight: 700; }
    .edited s, .mended s { font-weight: 400; }
    .dense .row { height: 16px; }
    .dense .cell, .dense .name, .dense .offset { line-height: 15px; }
    .folded { display: none; }
    @container packet (max-width: 1239px) { .optional { display: none; } .folded { display: grid; } }
    @container packet (max-width: 599px) { .row, .row:last-child { height: 28px; } .cell, .name { line-height: 27px; padding-left: 3px; padding-right: 3px; gap: 3px; } .flag { padding: 0; font-size: 10px; letter-spacing: -0.6px; overflow: hidden; } .brief .name { display: none; }
      .ruler span:nth-child(4n + 3), .ruler span:nth-child(4n), .ruler span:nth-child(4n + 5) { visibility: hidden; } .ruler span:nth-child(4n + 2) { overflow: visible; } }
  `];

  /** The header drawn. */
  declare layer: FieldView | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { packet, layer } = this;
    if (!packet || !layer) return nothing;
    const rows = headerRows(layer);
    const payload = packet.layers.findLast((l) => l !== layer && !l.children.length);
    const folded = find(layer.children, 'tcp.options');
    const first = rows.findIndex((r) => r.options);
    const active = this.#activeKey(rows);
    const name = label(this.store.lang, layer, undefined, false);
    const dense = rows.length + (payload ? 1 : 0) > FITS;
    return html`<div class="rfc ${dense ? 'dense' : ''}" role="grid" aria-label=${this.t('packet.rows', { layer: name })} @mouseleave=${() => this.hover(undefined)}
        @keydown=${(e: KeyboardEvent) => this.#key(e)}>
      <div class="ruler" aria-hidden="true"><span></span>${BITS.map((b) => html`<span>${b}</span>`)}</div>
      ${rows.map((row, i) => html`${i === first && folded ? this.#folded(row.offset, folded, !payload) : nothing}${this.#row(row, active)}`)}
      ${payload ? this.#payload(layer, payload) : nothing}</div>`;
  }

  /** The cell that Tab comes to. */
  #activeKey(rows: readonly Row[]): string | undefined {
    const cells = rows.flatMap((r) => r.cells);
    return (cells.find((c) => c.field && c.field.path === this.chosen) ?? cells.find((c) => c.field))?.field?.path;
  }

  #row(row: Row, active: string | undefined): TemplateResult {
    return html`<div class="row ${row.options ? 'optional' : ''}" role="row"><span class="offset" aria-hidden="true">${row.offset}</span>
      ${row.cells.map((cell, i) => this.#cell(cell, i === row.cells.length - 1, active))}</div>`;
  }

  #cell(cell: Cell, last: boolean, active: string | undefined): TemplateResult {
    const { field, group } = cell;
    const at = place({ 'grid-column': `${cell.from + 2} / span ${cell.bits}` });
    const end = last ? 'last' : '';
    if (!field) return html`<span class="cell hole ${end}" role="gridcell" ${at}></span>`;
    const name = label(this.store.lang, field, group, false);
    const was = this.was(field.path);
    const state = [
      end, this.edited(field.path) ? 'edited' : was === undefined ? '' : 'mended', field.path === this.chosen ? 'chosen' : '',
      this.hovered !== undefined && (this.hovered === field.path || (group && within(group, this.hovered) && this.hovered === group.path)) ? 'pointed' : '',
    ].join(' ');
    const key = cell.first ? field.path : nothing;
    const tab = cell.first && field.path === active ? 0 : -1;
    if (field.form === 'flag') {
      return html`<span class="cell flag ${field.value === '1' ? 'on' : ''} ${state}" role="gridcell" ${at} data-key=${key} tabindex=${tab} title=${name}
        aria-label=${this.t(field.value === '1' ? 'packet.flagOn' : 'packet.flagOff', { flag: flagName(field) })}
        @click=${() => this.#flag(field)} @mouseenter=${() => this.hover(field.path)}>${letter(field)}</span>`;
    }
    const brief = cell.bits <= 4;
    return html`<span class="cell ${brief && cell.bits <= 4 ? 'brief' : ''} ${state}" role="gridcell" ${at} data-key=${key} tabindex=${tab}
      title=${this.#title(field, name) ?? nothing} aria-label=${cell.first ? this.#spoken(field, name) : nothing}
      @click=${() => this.choose(field.path)} @dblclick=${() => this.editing.field(field, name)} @mouseenter=${() => this.hover(field.path)}>
      ${cell.first ? html`<span class="name">${label(this.store.lang, field, group, cell.bits <= 8)}</span>${this.editing.is(field.path) ? this.editing.render() : this.#value(field, cell.bits)}` : nothing}</span>`;
  }

  #value(field: FieldView, bits: number): TemplateResult {
    const bases = Editing.bases(this);
    const was = this.was(field.path);
    const { value, meaning } = shown(field, bases, this.original(field.path));
    // A meaning that is only a name would crowd a narrow cell.
    const room = bits >= 16;
    return html`<span class="value">${was !== undefined && room ? html`<s>${valueOf(field, was, bases)}</s> ` : nothing}${value}${meaning && room
      ? html` <span class="meaning ${field.problem == null ? '' : 'wrong'}">${meaning}</span>` : nothing}</span>`;
  }

  #title(field: FieldView, name: string): string | undefined {
    if (field.problem != null) return plain(sentence(this.store.lang, { id: field.problem, operands: [] }));
    return field.meaning == null ? name : `${name}: ${field.meaning}`;
  }

  #spoken(field: FieldView, name: string): string {
    const bases = Editing.bases(this);
    const { value, meaning } = shown(field, bases);
    const was = this.was(field.path);
    return was === undefined ? `${name} ${value} ${meaning}`.trim() : this.t('packet.was', { field: name, was: valueOf(field, was, bases), value });
  }

  /** All options in one line, where there is no room for their rows. */
  #folded(offset: number, options: FieldView, end: boolean): TemplateResult {
    const { lang } = this.store;
    const text = options.children.map((o) => {
      const values = o.children.filter((c) => c.name !== 'tcp.option_kind' && c.name !== 'tcp.option_len');
      return [label(lang, o, undefined, true), ...values.map((v) => (values.length > 1 ? `${label(lang, v, undefined, true)} ${v.value}` : v.value))].join(' ');
    }).join(' · ');
    const name = label(lang, options, undefined, false);
    return html`<div class="row folded" role="row"><span class="offset" aria-hidden="true">${offset}</span>
      <span class="cell last ${end ? 'bottom' : ''} ${options.path === this.chosen ? 'chosen' : ''}" role="gridcell" tabindex="-1" data-key=${options.path} ${place({ 'grid-column': '2 / span 32' })}
        aria-label="${name} ${text}" @click=${() => this.choose(options.path)} @dblclick=${() => this.editing.field(options, name)} @mouseenter=${() => this.hover(options.path)}>
        <span class="name">${name}</span>${this.editing.is(options.path) ? this.editing.render() : html`<span class="value">${text}</span>`}</span></div>`;
  }

  #payload(layer: FieldView, payload: FieldView): TemplateResult {
    const name = this.t('packet.data');
    const text = ascii(payload.value, PREVIEW);
    return html`<div class="row" role="row"><span class="offset" aria-hidden="true">${(payload.bit - layer.bit) / 8}</span>
      <span class="cell pay last ${payload.path === this.chosen ? 'chosen' : ''} ${this.edited(payload.path) ? 'edited' : ''}" role="gridcell" data-key=${payload.path} tabindex="-1" ${place({ 'grid-column': '2 / span 32' })}
        aria-label="${name} ${text}" @click=${() => this.choose(payload.path)} @dblclick=${() => this.editing.field(payload, name)} @mouseenter=${() => this.hover(payload.path)}>
        <span class="name">${name}</span>${this.editing.is(payload.path) ? this.editing.render()
          : html`<span class="value">${text} <span class="meaning">${this.t('packet.octets', { n: payload.bits / 8 })}</span></span>`}</span></div>`;
  }

  #flag(field: FieldView): void {
    this.choose(field.path);
    this.editing.toggle(field);
  }

  #key(e: KeyboardEvent): void {
    const cell = (e.composedPath()[0] as HTMLElement).closest<HTMLElement>('.cell[data-key]');
    if (!cell || e.ctrlKey || e.metaKey || e.altKey) return;
    const field = this.packet && find(this.packet.layers, cell.dataset['key'] as string);
    if (e.key === 'Enter' || (e.key === ' ' && field?.form === 'flag')) {
      if (!field || !Editing.possible(this)) return;
      if (field.form === 'flag') this.#flag(field);
      else this.editing.field(field, label(this.store.lang, field, undefined, false));
    } else if (!this.#walk(e.key, cell)) return;
    e.preventDefault();
    e.stopPropagation();
  }

  /** Left and right go through the cells, up and down to the cell above or below the middle of this one. */
  #walk(key: string, cell: HTMLElement): boolean {
    const cells = [...this.renderRoot.querySelectorAll<HTMLElement>('.cell[data-key]')].filter((c) => c.offsetParent !== null);
    const at = cells.indexOf(cell);
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: cells.length - 1 - at }[key];
    let to = by === undefined ? undefined : cells[at + by];
    if (key === 'ArrowDown' || key === 'ArrowUp') {
      const box = cell.getBoundingClientRect();
      const x = box.left + box.width / 2;
      const there = cells.map((c) => ({ c, b: c.getBoundingClientRect() }))
        .filter(({ b }) => (key === 'ArrowDown' ? b.top > box.top + 2 : b.top < box.top - 2) && b.left <= x && b.right >= x);
      to = (key === 'ArrowDown' ? there[0] : there.at(-1))?.c;
    } else if (by === undefined) return false;
    if (to) {
      this.choose(to.dataset['key'] as string);
      const next = to;
      void this.updateComplete.then(() => next.focus());
    }
    return true;
  }
}

customElements.define('tcp-packet-rows', PacketRows);
