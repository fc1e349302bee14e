import { css, html, nothing, svg, type TemplateResult } from 'lit';
import type { TcbView } from '../../engine/pkg/views.js';
import { seq } from '../../locales/format.js';
import { Element, panel, reset } from '../base/index.js';
import { basesOf, nodeOf, tcbOf } from '../host-panel/view.js';
import { find } from '../packet/tree.js';
import { variable } from '../tcb/values.js';
import { line, receiveWindow, sendWindow, type Line, type Span, type Tick } from './geometry.js';

/** One side's window on the sequence line, with the number of the packet under edit beside it. */
export class WindowLine extends Element {
  static override properties = { node: { attribute: false }, way: { type: String }, width: { state: true } };
  static override styles = [reset, panel, css`
    :host { display: block; }
    svg { display: block; margin-top: 4px; overflow: visible; }
    text { font: var(--t1) var(--sans); fill: var(--ink3); text-anchor: middle; }
    .number { font-family: var(--mono); fill: var(--ink2); }
    .number.new { font-weight: 700; fill: var(--ink); }
    .packet { fill: var(--edit); }
    .inflight { fill: var(--ink2); }
    .unread { fill: var(--line); }
    .usable { fill: none; stroke: var(--ink); }
    .forbidden { fill: var(--wash); stroke: var(--line); stroke-dasharray: 2 2; }
    path { stroke: var(--ink); fill: none; }
    .cut { fill: var(--paper); stroke: none; }
    .cuts { stroke: var(--ink3); }
    .diamond { fill: var(--edit); stroke: none; }
  `];

  declare node: number | undefined;
  declare way: 'send' | 'receive';
  /** Room there is, px: labels are set to it. */
  declare width: number;
  #sizes = new ResizeObserver(([entry]) => {
    if (entry && entry.contentRect.width > 0) this.width = Math.min(Math.round(entry.contentRect.width), 420);
  });

  constructor() {
    super();
    this.way = 'send';
    this.width = 276;
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
    const node = nodeOf(this.store.view, this.node);
    const tcb = node && tcbOf(node, this.store.flow);
    const drawn = node && tcb && this.#line(tcb, node.id);
    if (!drawn) return nothing;
    return html`<h3><span>${this.t(this.way === 'send' ? 'window.send' : 'window.receive')}</span><span class="remark">${this.t('window.remark')}</span></h3>
      ${this.#figure(drawn)}`;
  }

  #line(tcb: TcbView, node: number): Line | undefined {
    const value = (name: string): number | undefined => variable(tcb.vars, name);
    const changed = new Set(tcb.vars.filter((v) => v.was != null).map((v) => v.name));
    const bases = basesOf(this.store.view, tcb.flow, node, this.store.face.numbers === 'relative');
    const { width } = this;
    if (this.way === 'send') {
      const [una, nxt, wnd] = [value('SND.UNA'), value('SND.NXT'), value('SND.WND')];
      if (una === undefined || nxt === undefined || wnd === undefined) return undefined;
      return line({ ...sendWindow({ una, nxt, wnd, cwnd: value('cwnd'), changed }, this.#packet(tcb, node, 'from')), number: (o) => seq(una + o, bases?.own), width });
    }
    const [nxt, wnd] = [value('RCV.NXT'), value('RCV.WND')];
    if (nxt === undefined || wnd === undefined) return undefined;
    const unread = this.#socket(tcb, node);
    return line({ ...receiveWindow({ nxt, wnd, unread, changed }, this.#packet(tcb, node, 'to')), number: (o) => seq(nxt + o, bases?.peer), width });
  }

  /** Octets that wait to be read. */
  #socket(tcb: TcbView, node: number): number {
    return nodeOf(this.store.view, node)?.sockets.find((s) => s.id === tcb.socket)?.recvQ ?? 0;
  }

  /** The sequence number of the packet under edit, if it goes this way on this connection. */
  #packet(tcb: TcbView, node: number, end: 'from' | 'to'): number | undefined {
    const packet = this.store.draft?.dirty ? this.store.shown : undefined;
    if (!packet || packet.flow !== tcb.flow || packet[end] !== node) return undefined;
    const value = Number(find(packet.layers, 'tcp.seq')?.value);
    return Number.isFinite(value) ? value : undefined;
  }

  #figure({ ticks, spans, breaks }: Line): TemplateResult {
    const { width, t } = this;
    const of = (name: string): string => ticks.find((tick) => tick.names.includes(name))?.label ?? '–';
    const label = this.way === 'send'
      ? t('window.send.label', { una: of('UNA'), nxt: of('NXT'), cwnd: of('cwnd'), wnd: of('WND') })
      : t('window.receive.label', { nxt: of('NXT'), wnd: of('WND') });
    return html`<svg width=${width} height="70" viewBox="0 0 ${width} 70" role="img" aria-label=${label}>
      ${spans.map((s) => svg`<rect class=${s.kind} x=${s.x} y="24" width=${s.width} height="12"></rect>`)}
      <path d="M2 36.5H${width - 2}"></path>
      ${ticks.map((tick) => this.#tick(tick))}
      ${breaks.map((x) => svg`<path class="cut" d="M${x - 4} 41l4 -9h4l-4 9z"></path><path class="cuts" d="M${x - 4} 41l4 -9M${x} 41l4 -9"></path>`)}
      ${spans.map((s) => this.#name(s))}</svg>`;
  }

  #tick(tick: Tick): unknown {
    const names = tick.names.filter((n) => n !== 'SEQ').join(' ');
    return svg`${names ? svg`<path d="M${tick.x + 0.5} 22V40"></path>` : nothing}
      <text class="number ${tick.changed ? 'new' : ''} ${tick.packet ? 'packet' : ''}" x=${tick.x} y="52">${tick.label}</text>
      <text x=${tick.x} y="65">${names}</text>
      ${tick.packet ? svg`<path class="diamond" d="M${tick.x} 31l-5 -6l5 -6l5 6z"></path><text class="packet" x=${tick.x} y="14">SEQ</text>` : nothing}`;
  }

  /** A stretch says what it is where there is room for it. */
  #name(s: Span): unknown {
    const text = this.t(({ inflight: 'window.inflight', usable: this.way === 'send' ? 'window.usable' : 'window.expected', forbidden: 'window.cwnd', unread: 'window.received' } as const)[s.kind]);
    const wide = [...text].reduce((w, c) => w + (c > '\u2e80' ? 11 : 5.6), 0);
    return wide <= s.width + 6 ? svg`<text x=${s.x + s.width / 2} y="18">${text}</text>` : nothing;
  }
}

customElements.define('tcp-window-line', WindowLine);
