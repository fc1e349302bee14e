import { css, html, nothing, type TemplateResult } from 'lit';
import { panel, reset } from '../base/index.js';
import { Editing, editorStyles } from './editing.js';
import { PacketPart } from './part.js';
import { printable } from './show.js';
import { fieldAt, find, octets } from './tree.js';

/** Room, px, from which a line has sixteen octets, and from which it has their letters beside them. */
const WIDE = 380;
const LETTERS = 476;

/** The frame octet by octet, in hex and as text. Arrows walk it; Enter, or a hex digit, edits. */
export class PacketBytes extends PacketPart {
  static override properties = { ...PacketPart.properties, header: { attribute: false }, width: { state: true }, at: { state: true } };
  static override styles = [reset, panel, ...editorStyles, css`
    :host { display: block; overflow-y: auto; scrollbar-width: thin; min-height: 0; min-width: 0; }
    .hex { font: var(--t1) / 16px var(--mono); }
    .line { display: flex; height: 16px; white-space: pre; }
    .offset { color: var(--ink3); margin-right: 10px; }
    .octets { display: flex; margin-right: 8px; }
    .octet { width: 20px; text-align: center; position: relative; cursor: default; }
    .octet.gap { margin-left: 6px; }
    .letter { cursor: default; }
    .other, .pay { color: var(--ink3); }
    .pointed { background: var(--wash); }
    .chosen { background: var(--you-wash); color: var(--ink); }
    .mended { color: var(--edit); }
    .edited { background: var(--edit-wash); color: var(--edit); font-weight: 700; }
    .octet:focus-visible { outline-offset: -1px; }
    .octet .editor { position: absolute; left: -1px; top: 0; width: 22px; z-index: 2; }
    .octet .editor input { text-align: center; }
    .octet .problem { right: auto; left: 0; }
    .octet.right .problem { left: auto; right: 0; }
    @container packet (max-width: 599px) { .line { height: 28px; line-height: 28px; } .octet { width: 28px; } .octet .editor { width: 34px; } }
  `];

  /** First and last octet of the header that the rows show: the others step back. */
  declare header: readonly [number, number] | undefined;
  declare protected width: number;
  /** The octet that Tab comes to. */
  declare protected at: number;
  #sizes = new ResizeObserver(([entry]) => { if (entry && entry.contentRect.width > 0) this.width = entry.contentRect.width; });

  constructor() {
    super();
    this.width = LETTERS;
    this.at = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { packet } = this;
    if (!packet) return nothing;
    const bytes = packet.hex.match(/../g) ?? [];
    const per = this.width >= WIDE ? 16 : 8;
    const letters = this.width >= LETTERS || per === 8;
    const classes = this.#classes(bytes);
    const active = Math.min(this.at, Math.max(0, bytes.length - 1));
    const lines = Array.from({ length: Math.ceil(bytes.length / per) }, (_, i) => i * per);
    return html`<div class="hex" role="grid" aria-label=${this.t('packet.bytes')} @mouseleave=${() => this.hover(undefined)}>
      ${lines.map((from) => html`<div class="line" role="row"><span class="offset" aria-hidden="true">${from.toString(16).padStart(4, '0')}</span>
        <span class="octets" role="presentation">${bytes.slice(from, from + per).map((byte, i) => this.#octet(byte, from + i, i, per, classes[from + i] ?? '', from + i === active))}</span>
        ${letters ? html`<span class="letters" aria-hidden="true">${bytes.slice(from, from + per).map((byte, i) => html`<span class="letter ${classes[from + i]}"
          @click=${() => this.#choose(from + i)} @mouseenter=${() => this.#hover(from + i)}>${printable(parseInt(byte, 16))}</span>`)}</span>` : nothing}</div>`)}</div>`;
  }

  #octet(byte: string, offset: number, column: number, per: number, classes: string, active: boolean): TemplateResult {
    return html`<span class="octet ${column === 8 ? 'gap' : ''} ${column > per / 2 ? 'right' : ''} ${classes}" role="gridcell" data-key="byte-${offset}" tabindex=${active ? 0 : -1}
      aria-label=${this.t('packet.byte', { offset, value: byte })} @click=${() => this.#choose(offset)} @dblclick=${() => this.#edit(offset, byte)}
      @mouseenter=${() => this.#hover(offset)} @keydown=${(e: KeyboardEvent) => this.#key(e, offset, byte, per)}>${byte}${this.editing.is(`byte-${offset}`) ? this.editing.render() : nothing}</span>`;
  }

  /** What is to be said of each octet by its look. */
  #classes(bytes: readonly string[]): string[] {
    const { packet } = this;
    const { draft } = this.store;
    const range = (path: string | undefined): readonly [number, number] | undefined => {
      const field = path === undefined || !packet ? undefined : find(packet.layers, path);
      return field && octets(field);
    };
    const inside = (r: readonly [number, number] | undefined, i: number): boolean => r !== undefined && i >= r[0] && i <= r[1];
    const [chosen, pointed] = [range(this.chosen), range(this.hovered)];
    const edited = (draft?.edited ?? []).map((path) => byteOf(path) ?? range(path));
    const before = draft?.original.hex;
    const payload = packet?.layers.findLast((l) => !l.children.length);
    const pay = payload && octets(payload);
    return bytes.map((byte, i) => {
      const changed = before !== undefined && before.slice(2 * i, 2 * i + 2) !== byte;
      const look = edited.some((r) => inside(r, i)) ? 'edited' : changed ? 'mended' : inside(pay, i) ? 'pay' : inside(this.header, i) ? '' : 'other';
      return `${look} ${inside(chosen, i) ? 'chosen' : inside(pointed, i) ? 'pointed' : ''}`;
    });
  }

  #choose(offset: number): void {
    this.at = offset;
    const field = this.packet && fieldAt(this.packet.layers, offset);
    if (field) this.choose(field.path);
  }

  #hover(offset: number): void {
    this.hover(this.packet && fieldAt(this.packet.layers, offset)?.path);
  }

  #edit(offset: number, text: string): void {
    this.editing.open({
      key: `byte-${offset}`, label: this.t('packet.edit', { field: this.t('packet.byte', { offset, value: '' }).replace(/[:：]\s*$/, '') }), text,
      set: (typed) => this.store.setBytes(offset, typed),
    });
  }

  #key(e: KeyboardEvent, offset: number, byte: string, per: number): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const last = (this.packet?.hex.length ?? 0) / 2 - 1;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: per, ArrowUp: -per, Home: -offset, End: last - offset, PageDown: 8 * per, PageUp: -8 * per }[e.key];
    if (by !== undefined) {
      const to = Math.min(Math.max(offset + by, 0), last);
      this.#choose(to);
      void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`[data-key="byte-${to}"]`)?.focus());
    } else if (e.key === 'Enter' && Editing.possible(this)) this.#edit(offset, byte);
    else return;
    e.preventDefault();
    e.stopPropagation();
  }
}

/** `bytes[38]`, as a draft names what was set by octets. */
function byteOf(path: string): readonly [number, number] | undefined {
  const match = /^bytes\[(\d+)\]$/.exec(path);
  return match ? [Number(match[1]), Number(match[1])] : undefined;
}

customElements.define('tcp-packet-bytes', PacketBytes);
