import { html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { keyHint, perform } from '../../engine/actions.js';
import { Diagram, lifelines, MARGIN, type Choice, type Drawing, type Input, type Life, type PacketShapes } from '../../diagram/index.js';
import { Element, place, reset } from '../base/index.js';
import { nodeName } from '../host-panel/view.js';
import { dragPacket } from './drag.js';
import { legend } from './legend.js';
import type * as Lifelines from '../lifelines/index.js';
import { figure, frame } from './styles.js';
import { draw } from './svg.js';
import { foreseen, packetSentence, words } from './words.js';

/** Drawn at once: stretches of this height, and one beyond each end of what is seen. */
const BLOCK = 256;
/** Width in which a node's name stands beside its address, px; and least widths of a lifeline, and of its address. */
const ROOM_FOR_NAME = 170;
const ROOM_FOR_LIFE = 76;
const ROOM_FOR_ADDRESS = 98;

/**
 * The sequence diagram: time runs down, a lane a connection, slanted arrows to the time scale. Draws only what is
 * in view. A packet is chosen by a click or with the arrow keys; screen readers meet a list of packets.
 */
export class Sequence extends Element {
  static override properties = { legend: { type: Boolean }, first: { attribute: false }, signs: { attribute: false }, width: { state: true }, tall: { state: true }, choosing: { state: true } };
  static override styles = [reset, figure, frame];

  declare legend: boolean;
  /** A moment that is pointed out, with a word for it. */
  declare first: { readonly time: number; readonly text: string } | undefined;
  /** Packets that are told apart from the others. */
  declare signs: ReadonlySet<number> | undefined;
  declare width: number;
  /** Lifelines are being chosen. */
  declare choosing: boolean;
  /** Height of what is seen at once, px. */
  declare tall: number;
  readonly #diagram = new Diagram();
  readonly #resize = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (target === this) this.width = Math.floor(contentRect.width);
      else {
        this.tall = Math.floor(contentRect.height);
        // Now must stay in view when there is less room.
        this.#seen.revision = -1;
      }
    }
  });
  #watched: globalThis.Element | null = null;
  #block = { top: 0, bottom: BLOCK * 2 };
  #seen = { revision: -1, selected: undefined as number | undefined, zoom: 1 };

  constructor() {
    super();
    this.legend = false;
    this.choosing = false;
    this.width = 0;
    this.tall = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#watched = null;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.width) return nothing;
    const { store, t } = this;
    store.frames.attach();
    store.marks.attach();
    const input = this.#input();
    this.#diagram.update(input);
    const height = Math.max(this.#diagram.height, this.tall - 1);
    const { top, bottom } = this.#block;
    const drawing = this.#diagram.draw(top, Math.min(bottom, height));
    const { selected } = store.face;
    return html`
      <header>${this.#heads()}<span class="t">${t('sequence.time')}</span></header>
      <div class="scroll" tabindex="0" role="listbox" aria-label="${t('sequence.label')}. ${t('sequence.packets', { n: store.frames.length })}"
        aria-activedescendant=${selected === undefined ? nothing : `packet-${selected}`}
        @scroll=${this.#scrolled} @wheel=${this.#wheel} @dblclick=${this.#pointedAt}>
        <div class="tall" role="presentation" ${place({ height: `${height}px` })}>
          ${this.#figure(drawing, top, Math.min(bottom, height))}
        </div>
      </div>
      ${this.choosing ? html`<tcp-lifelines .store=${store} .lives=${this.#lives()} @close=${this.#chosen}></tcp-lifelines>` : nothing}
      ${store.frames.length ? nothing : this.#empty()}
      ${this.legend ? legend(t, this.store.view.rules.length > 0) : nothing}`;
  }

  protected override updated(_changed: PropertyValues): void {
    const scroll = this.renderRoot.querySelector('.scroll');
    if (!this.width || !scroll) return;
    if (scroll !== this.#watched) this.#resize.observe((this.#watched = scroll));
    const { store } = this;
    const { selected, zoom } = store.face;
    const seen = this.#seen;
    this.#seen = { revision: store.revision, selected, zoom };
    if (selected !== seen.selected && selected !== undefined) {
      const { frames } = store;
      this.#show(this.#diagram.y(frames.sent(selected)), this.#diagram.y(Math.max(frames.ends(selected), frames.sent(selected))));
    } else if (store.revision !== seen.revision || zoom !== seen.zoom || store.face.running) {
      this.#show(this.#diagram.y(store.clock) - 24, this.#diagram.y(store.clock) + 60);
    }
    this.#reblock();
  }

  #input(): Input {
    const { store, t } = this;
    const { view, face } = store;
    const listening = view.nodes.flatMap((n) => n.sockets.flatMap((s) => (s.listener ? [{ node: n.id, backlog: s.listener.backlog }] : [])));
    return {
      frames: store.frames, marks: store.marks, known: view.steps, list: store.list,
      step: view.step, now: store.clock, held: view.held, selected: face.selected, flow: store.flow,
      foreseen: foreseen(store), order: this.#lives(),
      letter: (flow) => store.flowOf(flow)?.letter ?? '', words: words(store, t, store.rules),
      width: this.width, zoom: face.zoom, listener: listening[0],
    };
  }

  /** Lifelines as they were chosen, or as there is room; what is looked at is always there. */
  #lives(): readonly Life[] {
    const { store } = this;
    const { view, face } = store;
    const flow = face.flow !== undefined || face.selected !== undefined ? store.flowOf(store.flow) : undefined;
    const wanted = [flow?.clientNode, flow?.serverNode].filter((id) => id != null);
    return lifelines(view.nodes, choiceOf(store.kept['lifelines']), Math.max(2, Math.floor((this.width - 60) / ROOM_FOR_LIFE)), wanted);
  }

  #figure(drawing: Drawing, top: number, bottom: number): TemplateResult {
    const height = Math.max(bottom - top, 0);
    const shift = `0 ${top - MARGIN.top} ${this.width} ${height}`;
    return html`<svg class="block" role="presentation" width=${this.width} height=${height} viewBox=${shift} ${place({ top: `${top}px` })}
      @pointerdown=${(e: PointerEvent) => dragPacket(this.store, e.currentTarget as SVGSVGElement, e)}>
      <g aria-hidden="true">${drawing.ground.map(draw)}</g>
      ${this.first ? this.#first(this.first) : nothing}
      ${drawing.packets.map((p) => this.#packet(p))}
      <g class="marks" aria-hidden="true">${drawing.marks.map(draw)}</g>
    </svg>`;
  }

  #first({ time, text }: { time: number; text: string }): TemplateResult {
    const y = Math.round(this.#diagram.y(time) - MARGIN.top) + 0.5;
    return svg`<g class="first" aria-hidden="true"><path d="M46 ${y}H${this.width}"></path><text x=${this.width - 4} y=${y - 4} text-anchor="end">${text}</text></g>`;
  }

  #packet(packet: PacketShapes): TemplateResult {
    const { store } = this;
    const chosen = packet.frame === store.face.selected;
    const name = packetSentence(store, packet.frame, this.t);
    return svg`<g class=${this.signs?.has(packet.frame) ? `${packet.cls} differs` : packet.cls} id="packet-${packet.frame}" role="option" aria-selected=${chosen ? 'true' : 'false'}
      aria-label=${name} data-frame=${packet.frame} @click=${() => this.#select(packet.frame)}>
      <title>${name}</title><path class="hit" d=${packet.hit}></path>${packet.shapes.map(draw)}</g>`;
  }

  #select(selected: number): void {
    const { store } = this;
    store.set({ selected, flow: undefined });
  }

  /** Names of the nodes above their columns: what they are, what of theirs is to be seen. */
  #heads(): TemplateResult[] {
    const { store, t } = this;
    const { view } = store;
    const { columns } = this.#diagram.scene;
    const queues = this.#diagram.scene.queues;
    const short = this.width < ROOM_FOR_NAME * columns.length;
    // Of many a person looks for the names; an address is told by the head's title.
    const narrow = (short && columns.length > 2) || this.width - 54 < ROOM_FOR_ADDRESS * columns.length;
    const most = { '--most': `${Math.max(40, Math.floor(0.64 * (this.width - 54) / columns.length))}px` };
    const heads = columns.map((c, i) => {
      const side: Record<string, string> = i === 0 ? { left: `${c.x}px`, 'text-align': 'left' } : i === columns.length - 1 && !queues
        ? { right: `${this.width - c.x - c.width}px`, 'text-align': 'right' } : { left: `${c.x + c.width / 2}px`, transform: 'translateX(-50%)' };
      const open = (): void => this.#choose(c.node);
      if (c.folded) {
        const names = c.folded.map((id) => nodeName(view.nodes.find((n) => n.id === id), t)).join(', ');
        return html`<div ${place(side)}><button class="head" title=${names} aria-label=${t('sequence.folded', { n: c.folded.length, names })} @click=${open}>+${c.folded.length}</button><span class="sub">&nbsp;</span></div>`;
      }
      const node = view.nodes.find((n) => n.id === c.node);
      const listener = node?.sockets.find((s) => s.listener);
      const letters = view.flows.filter((f) => f.clientNode === c.node).map((f) => f.letter);
      const sub = listener ? listener.state : letters.length && !narrow
        ? t(letters.length > 1 ? 'sequence.connections' : 'sequence.connection', { letters: letters.slice(0, 8).join(', ') }) : letters.length ? letters.slice(0, 4).join(' ') : '\u00a0';
      const addr = listener ? `${node?.addr ?? ''}${listener.local.slice(listener.local.lastIndexOf(':'))}` : node?.addr ?? '';
      const name = nodeName(node, t);
      return html`<div data-life=${c.node} ${place({ ...side, ...most })}><button class="head" title="${name} ${addr}" aria-label=${t('sequence.life', { name, addr })} aria-haspopup="dialog" @click=${open} @pointerdown=${(e: PointerEvent) => void this.#drag(e, c.node)} @keydown=${(e: KeyboardEvent) => void this.#key(e, c.node)}>${
        short && !narrow && addr ? nothing : html`<span class="name ${narrow ? 'narrow' : ''}">${name}</span>`}${narrow || !addr ? nothing : html`<span class="addr">${addr}</span>`}</button><span class="sub">${sub}</span></div>`;
    });
    if (!queues) return heads;
    const half = queues.width / 2;
    return [...heads,
      html`<div class="sub" ${place({ left: `${queues.x}px`, top: '28px' })}>${t('sequence.syn')}</div>`,
      html`<div class="sub" ${place({ left: `${queues.x + half - 2}px`, top: '28px' })}>${t('sequence.accept')}</div>`];
  }

  /** What orders and folds lifelines is fetched when it is first wanted. */
  async #late(): Promise<typeof Lifelines | undefined> {
    try {
      return await import('../lifelines/index.js');
    } catch (thrown) {
      this.store.attempt(() => {
        throw new Error(this.t('shell.roomFailed', { why: thrown instanceof Error ? thrown.message : String(thrown) }));
      });
      return undefined;
    }
  }

  #opener: number | undefined;
  #choose(node: number): void {
    this.#opener = node;
    void this.#late().then((late) => (this.choosing = late !== undefined && !this.choosing));
  }

  readonly #chosen = (): void => {
    this.choosing = false;
    void this.updateComplete.then(() => this.#head(this.#opener)?.focus());
  };

  #head(node: number | undefined): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`[data-life="${node}"] .head`) ?? this.renderRoot.querySelector<HTMLElement>('.head');
  }

  async #drag(e: PointerEvent, node: number): Promise<void> {
    const { columns } = this.#diagram.scene;
    const head = (e.currentTarget as HTMLElement).parentElement;
    if (e.button === 0 && head && columns.length > 1) (await this.#late())?.drag(this.store, this.#lives(), columns, node, head, e.clientX);
  }

  /** Shift with an arrow key moves a lifeline, Delete folds it. */
  async #key(e: KeyboardEvent, node: number): Promise<void> {
    const by = e.shiftKey ? { ArrowLeft: -1, ArrowRight: 1 }[e.key] : undefined;
    const fold = e.key === 'Delete' || e.key === 'Backspace';
    if (by === undefined && !fold) return;
    e.preventDefault();
    e.stopPropagation();
    const late = await this.#late();
    if (by !== undefined) late?.move(this.store, this.#lives(), node, by);
    else late?.fold(this.store, this.#lives(), node);
    await this.updateComplete;
    this.#head(node)?.focus();
  }

  #empty(): TemplateResult {
    const { t } = this;
    const hint = t('sequence.press', { key: '\u0000' }).split('\u0000');
    return html`<p class="empty">${t('sequence.empty')}<br>${hint[0]}<kbd>${keyHint('step')}</kbd>${hint[1]}</p>`;
  }

  /** The time at the upper edge of what is seen, ns. */
  get top(): number {
    const scroll = this.renderRoot.querySelector('.scroll');
    return scroll && this.width ? this.#diagram.scene.warp.t(Math.max(0, scroll.scrollTop - MARGIN.top)) : 0;
  }
  set top(time: number) {
    const scroll = this.renderRoot.querySelector('.scroll');
    if (scroll && this.width) scroll.scrollTop = this.#diagram.y(time);
  }

  /** Scrolls so that a stretch of height is to be seen, if it is not. */
  #show(from: number, to: number): void {
    const scroll = this.renderRoot.querySelector('.scroll');
    if (!scroll) return;
    const { scrollTop, clientHeight } = scroll;
    if (to - from > clientHeight || from < scrollTop) scroll.scrollTop = from - clientHeight * 0.3;
    else if (to > scrollTop + clientHeight) scroll.scrollTop = to - clientHeight * 0.7;
  }

  readonly #scrolled = (): void => {
    this.#reblock();
    this.dispatchEvent(new Event('scrolled'));
  };

  /** Another stretch is drawn when what is seen comes near the end of the one that is. */
  #reblock(): void {
    const scroll = this.renderRoot.querySelector('.scroll');
    if (!scroll) return;
    const first = Math.floor(scroll.scrollTop / BLOCK);
    const last = Math.floor((scroll.scrollTop + scroll.clientHeight) / BLOCK);
    const block = { top: Math.max(0, (first - 1) * BLOCK), bottom: (last + 2) * BLOCK };
    if (block.top === this.#block.top && block.bottom === this.#block.bottom) return;
    this.#block = block;
    this.requestUpdate();
  }

  /** A place on the time scale: runs, or goes back, to that moment. */
  readonly #pointedAt = (e: MouseEvent): void => {
    const tall = this.renderRoot.querySelector('.tall');
    if (!tall || (e.target as globalThis.Element).closest('[data-frame]')) return;
    const y = e.clientY - tall.getBoundingClientRect().top;
    let [low, high] = [0, this.store.view.end];
    // The scale leaves silence out, but never turns round.
    for (let i = 0; i < 60; i++) {
      const mid = (low + high) / 2;
      if (this.#diagram.y(mid) <= y) low = mid;
      else high = mid;
    }
    perform(this.store, 'here', { time: low });
  };

  readonly #wheel = (e: WheelEvent): void => {
    if (!e.ctrlKey) return;
    e.preventDefault();
    perform(this.store, e.deltaY < 0 ? 'zoomIn' : 'zoomOut');
  };
}

/** What was chosen of the lifelines, as far as what was kept says so. */
export function choiceOf(kept: unknown): Choice {
  const names = (list: unknown): string[] | undefined => (Array.isArray(list) && list.every((n) => typeof n === 'string') ? list : undefined);
  const { order, folded } = (typeof kept === 'object' && kept !== null ? kept : {}) as { order?: unknown; folded?: unknown };
  return { order: names(order), folded: names(folded) };
}

customElements.define('tcp-sequence', Sequence);
