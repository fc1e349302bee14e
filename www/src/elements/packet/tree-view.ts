import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { plain, sentence } from '../../locales/sentences.js';
import { panel, place, reset } from '../base/index.js';
import { cross, signs } from '../host-panel/signs.js';
import { Editing, editorStyles } from './editing.js';
import { PacketPart } from './part.js';
import { label, shown, summary, valueOf } from './show.js';
import { find, lines, pathTo, within, type Line } from './tree.js';

/** The packet as a tree of fields: arrows walk it, Enter edits, Space opens and closes. */
export class PacketTree extends PacketPart {
  static override properties = { ...PacketPart.properties, open: { state: true } };
  static override styles = [reset, panel, signs, ...editorStyles, css`
    :host { display: block; overflow-y: auto; scrollbar-width: thin; min-height: 0; }
    ul { font: var(--t1) / 15px var(--mono); }
    li { display: flex; align-items: center; min-height: 15px; white-space: nowrap; cursor: default; gap: 0; padding-left: calc((var(--level) - 1) * 14px); }
    li:focus-visible { outline-offset: -2px; }
    .twisty { width: 14px; flex: none; color: var(--ink3); font-family: var(--sans); }
    .name { font-family: var(--sans); color: var(--ink2); margin-right: 8px; }
    .layer .name { color: var(--ink); }
    .layer[aria-expanded='true'] .name { font-weight: 600; }
    .value { margin-left: auto; display: flex; gap: 6px; min-width: 0; padding-left: 4px; }
    .value > * { overflow: hidden; text-overflow: ellipsis; }
    .value s { flex-shrink: 100; min-width: 0; }
    .meaning { color: var(--ink3); }
    .meaning.wrong { color: var(--lost); }
    s { color: var(--ink3); text-decoration-thickness: 1px; }
    .pointed { background: var(--wash); }
    [aria-selected='true'] { background: var(--you-wash); box-shadow: inset 2px 0 0 var(--you); }
    .mended .value { color: var(--edit); }
    .edited { background: var(--edit-wash); }
    .edited .name, .edited .value { color: var(--edit); }
    .edited[aria-selected='true'] { box-shadow: inset 2px 0 0 var(--edit); }
    .edited s, .mended s { color: var(--ink3); }
    li.editing { overflow: visible; }
    @container packet (max-width: 599px) { li { min-height: 28px; } .twisty { width: 24px; text-align: center; } }
  `];

  declare protected open: ReadonlySet<string>;
  #active: string | undefined;
  #opened: number | undefined;
  #followed: string | undefined;
  #seen: string | undefined;

  constructor() {
    super();
    this.open = new Set();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!this.ready) return;
    const { packet, chosen } = this;
    if (!packet) return;
    if (packet.id !== this.#opened) {
      // A packet opens at its transport header, the last that has fields of its own.
      this.#opened = packet.id;
      const header = packet.layers.findLast((layer) => layer.children.length > 0);
      if (this.open.size === 0 && header) this.open = new Set([header.path]);
    }
    if (chosen !== this.#followed) {
      this.#followed = chosen;
      const way = chosen === undefined ? [] : pathTo(packet.layers, chosen).slice(0, -1);
      if (way.some((path) => !this.open.has(path))) this.open = new Set([...this.open, ...way]);
      if (chosen !== undefined) this.#active = chosen;
    }
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (this.chosen === this.#seen) return;
    this.#seen = this.chosen;
    // Only the tree scrolls, never the page around it.
    const line = this.renderRoot.querySelector<HTMLElement>('[aria-selected=true]');
    if (!line) return;
    const [from, to] = [line.getBoundingClientRect(), this.getBoundingClientRect()];
    if (from.top < to.top) this.scrollTop += from.top - to.top;
    else if (from.bottom > to.bottom) this.scrollTop += from.bottom - to.bottom;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { packet } = this;
    if (!packet) return nothing;
    const all = lines(packet.layers, this.open);
    const active = all.some((l) => l.field.path === this.#active) ? this.#active : all[0]?.field.path;
    return html`<ul role="tree" aria-label=${this.t('packet.tree')} @mouseleave=${() => this.hover(undefined)}>
      ${all.map((line, i) => this.#line(line, line.field.path === active, all, i))}</ul>`;
  }

  #line(line: Line, active: boolean, all: readonly Line[], i: number): TemplateResult {
    const { field, level } = line;
    const group = all.slice(0, i).findLast((l) => l.level === level - 1)?.field;
    const name = label(this.store.lang, field, group, level === 1);
    const editing = this.editing.is(field.path);
    const pointed = this.hovered !== undefined && (field.path === this.hovered || (!line.open && within(field, this.hovered)));
    const was = this.was(field.path);
    const edited = this.edited(field.path);
    return html`<li role="treeitem" data-key=${field.path} ${place({ '--level': level })}
      class="${level === 1 ? 'layer' : ''} ${pointed ? 'pointed' : ''} ${edited ? 'edited' : was === undefined ? '' : 'mended'} ${editing ? 'editing' : ''}"
      aria-level=${level} aria-posinset=${line.place} aria-setsize=${line.siblings} aria-selected=${field.path === this.chosen}
      aria-expanded=${field.children.length ? String(line.open) : nothing} aria-label=${this.#spoken(line, name)} tabindex=${active ? 0 : -1}
      @click=${() => this.#click(line)} @dblclick=${() => this.#enter(line, name)} @keydown=${(e: KeyboardEvent) => this.#key(e, line, name, all, i)}
      @mouseenter=${() => this.hover(field.path)}>
      <span class="twisty" @click=${(e: Event) => { e.stopPropagation(); this.#turn(line); }}>${field.children.length ? (line.open ? '▾' : '▸') : ''}</span><span class="name">${name}</span>
      ${editing ? this.editing.render() : this.#value(line)}</li>`;
  }

  #value({ field }: Line): TemplateResult {
    const bases = Editing.bases(this);
    const was = this.was(field.path);
    const { value, meaning } = shown(field, bases, this.original(field.path));
    const text = field.form === 'group' ? summary(field, this.packet?.payload ?? 0) : field.children.length && field.form === 'bytes' ? '' : value;
    const long = field.form === 'bytes' && text.length > 24 ? `${text.slice(0, 22)}…` : text;
    const problem = field.problem == null ? undefined : plain(sentence(this.store.lang, { id: field.problem, operands: [] }));
    return html`<span class="value" title=${problem ?? nothing}>${was === undefined ? nothing : html`<s>${valueOf(field, was, bases)}</s>`}<span>${long}</span>${meaning ? html`<span class="meaning ${problem ? 'wrong' : ''}">${meaning}</span>` : problem ? cross : nothing}</span>`;
  }

  #spoken({ field }: Line, name: string): string {
    const bases = Editing.bases(this);
    const { value, meaning } = shown(field, bases);
    const was = this.was(field.path);
    if (field.form === 'flag') return this.t(field.value === '1' ? 'packet.flagOn' : 'packet.flagOff', { flag: name });
    if (field.form === 'group') return `${name} ${summary(field, this.packet?.payload ?? 0)}`.trim();
    if (was !== undefined) return this.t('packet.was', { field: name, was: valueOf(field, was, bases), value });
    return `${name} ${value} ${field.problem == null ? meaning : this.t('packet.problem')}`.trim();
  }

  #click({ field }: Line): void {
    this.#active = field.path;
    if (field.form === 'group' && field.path === this.chosen) return this.#turn({ field, open: this.open.has(field.path) });
    this.choose(field.path);
  }

  #turn({ field, open }: Pick<Line, 'field' | 'open'>): void {
    if (!field.children.length) return;
    const next = new Set(this.open);
    if (open) next.delete(field.path);
    else next.add(field.path);
    this.open = next;
  }

  #enter(line: Line, name: string): void {
    const { field } = line;
    if (field.form === 'flag') this.editing.toggle(field);
    else if (field.editable) this.editing.field(field, name);
    else this.#turn(line);
  }

  #key(e: KeyboardEvent, line: Line, name: string, all: readonly Line[], i: number): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const to = (n: number): void => this.#go(all[Math.min(Math.max(n, 0), all.length - 1)]);
    switch (e.key) {
      case 'ArrowDown': to(i + 1); break;
      case 'ArrowUp': to(i - 1); break;
      case 'Home': to(0); break;
      case 'End': to(all.length - 1); break;
      case 'ArrowRight': if (line.field.children.length) { if (line.open) to(i + 1); else this.#turn(line); } break;
      case 'ArrowLeft':
        if (line.open) this.#turn(line);
        else if (line.level > 1) to(all.slice(0, i).findLastIndex((l) => l.level === line.level - 1));
        break;
      case 'Enter': if (!Editing.possible(this) && !line.field.children.length) return; this.#enter(line, name); break;
      case ' ': if (line.field.form === 'flag') this.editing.toggle(line.field); else this.#turn(line); break;
      default: return;
    }
    e.preventDefault();
    e.stopPropagation();
  }

  #go(line: Line | undefined): void {
    const { packet } = this;
    if (!line || !packet || !find(packet.layers, line.field.path)) return;
    this.#active = line.field.path;
    this.choose(line.field.path);
    this.requestUpdate();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-key="${CSS.escape(line.field.path)}"]`)?.focus());
  }
}

customElements.define('tcp-packet-tree', PacketTree);
