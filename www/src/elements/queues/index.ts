import { html, nothing, svg, type TemplateResult } from 'lit';
import type { HalfOpenView, ListenerView, NodeView, SocketView, WaitingView } from '../../engine/pkg/views.js';
import { duration, moment, seconds } from '../../locales/format.js';
import { asker, askerStyles } from '../base/asker.js';
import { Element, panel, place, reset } from '../base/index.js';
import { bars, cross, lane, signs } from '../host-panel/signs.js';
import { stop, walk } from '../host-panel/roving.js';
import { flowOf, nodeName, nodeOf, port } from '../host-panel/view.js';
import { countdown, places, refusal, type Places } from './slots.js';
import { plain, sentence } from '../../locales/sentences.js';
import { styles } from './styles.js';

/** Characters of a peer beside which everything else of a row finds room. */
const ROOM = 14;

interface Listening extends SocketView { listener: ListenerView }

/**
 * A host's listening sockets with their two queues as slots. `mode` is `full` in a host panel, `strip` under a
 * phone's figure, `embed` beside an embedded one.
 */
export class Queues extends Element {
  static override properties = { node: { attribute: false }, mode: { type: String } };
  static override styles = [reset, panel, signs, styles, askerStyles];

  declare node: number | undefined;
  declare mode: 'full' | 'strip' | 'embed';

  constructor() {
    super();
    this.mode = 'full';
  }

  protected override render(): TemplateResult | typeof nothing {
    const node = nodeOf(this.store.view, this.node) ?? this.store.view.nodes.find((n) => n.sockets.some(isListening));
    const listening = node?.sockets.filter(isListening) ?? [];
    if (!node || !listening.length) return nothing;
    if (this.mode === 'strip') return this.#strip(listening[0] as Listening);
    if (this.mode === 'embed') return this.#embed(node, listening[0] as Listening);
    return html`<div class="all">${listening.map((s) => this.#full(s, node.id))}</div>`;
  }

  // ---- in a host panel

  #full(s: Listening, node: number): TemplateResult {
    const { t } = this;
    const l = s.listener;
    const over = l.acceptQueue.length > l.backlog;
    return html`
      <h3><span>${t('queues.listening')} <span class="fact">${t('queues.backlog', { addr: port(s.local), n: l.backlog })}</span></span><span class="fact">ss -ltn</span></h3>
      <table class="ss" aria-label="${t('queues.listening')} ${s.local}"><thead><tr>
        <th scope="col">${t('sockets.state')}</th><th scope="col" class="n">${t('sockets.recvq')}</th><th scope="col" class="n">${t('sockets.sendq')}</th>
        <th scope="col" class="n">${t('sockets.local')}</th><th scope="col" class="n">${t('sockets.peer')}</th></tr></thead>
        <tbody><tr><td>${s.ss}</td><td class="n ${over ? 'lost' : ''}">${this.#length(node, s, 'accept queue', `Recv-Q ${t('queues.accept')}`, s.recvQ)}</td><td class="n">${s.sendQ}</td>
          <td class="n">${s.local}</td><td class="n">${s.remote || '0.0.0.0:*'}</td></tr></tbody></table>
      ${this.#synQueue(s, node, this.#refused(s, node, 'syn'))}${this.#acceptQueue(s, node, this.#refused(s, node, 'accept'))}`;
  }

  #synQueue(s: Listening, node: number, refused: unknown): TemplateResult {
    const { t } = this;
    const l = s.listener;
    const p = places(l.synQueue.length, l.synCapacity, l.backlog);
    return html`<table class="queue syn ${dense(l.synQueue)}">${this.#caption(t('queues.syn'), t('queues.syn.remark'), this.#length(node, s, 'syn queue', t('queues.syn'), `${l.synQueue.length}/${l.backlog}`), l.synQueue.length, p)}
      ${l.synQueue.length ? html`<thead><tr><td></td><th scope="col">${t('queues.peer')}</th><th scope="col" class="n">${t('queues.age')}</th>
        <th scope="col" class="n">${t('queues.repeats')}</th><th scope="col" class="n">${t('queues.next')}</th></tr></thead>` : nothing}
      <tbody @keydown=${(e: KeyboardEvent) => walk(e, 'button:not(.asks)') || walk(e, '.asks', false)}>${l.synQueue.map((e, i) => html`<tr class="entry ${this.#classes(e.flow, i, p)}" @click=${() => this.#choose(e.flow)}>
          <td>${this.#slot('hollow', e.flow, i === this.#stop(l.synQueue))}</td><td class="peer" title=${e.peer}>${this.#peer(node, e, i === this.#stop(l.synQueue))}</td><td class="n">${this.#ask(node, e, 'state', t('queues.age'), seconds(this.store.clock - e.since))}</td>
          <td class="n">${this.#repeats(e, node)}</td>${this.#next(e, seconds(Math.max(0, e.next - this.store.clock)), node)}</tr>`)}${refused}</tbody></table>`;
  }

  #acceptQueue(s: Listening, node: number, refused: unknown): TemplateResult {
    const { t } = this;
    const l = s.listener;
    const p = places(l.acceptQueue.length, l.acceptCapacity, l.backlog);
    return html`<table class="queue accept ${dense(l.acceptQueue)}">${this.#caption(t('queues.accept'), t('queues.accept.remark'), this.#length(node, s, 'accept queue', t('queues.accept'), `${l.acceptQueue.length}/${l.backlog}`), l.acceptQueue.length, p)}
      ${l.acceptQueue.length ? html`<thead><tr><td></td><th scope="col">${t('queues.peer')}</th><th scope="col" class="n">${t('queues.waiting')}</th>
        <th scope="col" class="n">${t('queues.unread')}</th></tr></thead>` : nothing}
      <tbody @keydown=${(e: KeyboardEvent) => walk(e, 'button:not(.asks)') || walk(e, '.asks', false)}>${l.acceptQueue.map((e, i) => html`<tr class="entry ${this.#classes(e.flow, i, p)}" @click=${() => this.#choose(e.flow)}>
          <td>${this.#slot('solid', e.flow, i === this.#stop(l.acceptQueue))}</td><td class="peer" title=${e.peer}>${this.#peer(node, e, i === this.#stop(l.acceptQueue))}</td><td class="n">${this.#ask(node, e, 'state', t('queues.waiting'), seconds(this.store.clock - e.since))}</td>${this.#unread(e, i, p, node)}</tr>`)}${refused}</tbody></table>`;
  }

  /** Who found the queue full in this step: beyond its last place, crossed out. */
  #refused(s: Listening, node: number, queue: 'syn' | 'accept'): TemplateResult | typeof nothing {
    const { trace, view, lang } = this.store;
    const found = trace && refusal(trace.rules, node);
    const flow = flowOf(view, trace?.info?.flow);
    if (found?.queue !== queue || !flow || port(flow.server) !== port(s.local)) return nothing;
    return html`<tr class="refused" title=${plain(sentence(lang, found.rule))} @click=${() => this.#choose(flow.id)}><td>${cross}<b>${flow.letter}</b></td><td class="peer" title=${flow.client}>${flow.client}</td>
      <td class="n" colspan="3">${this.t('queues.refused')}</td></tr>`;
  }

  // ---- parts that all three share

  /** Name, length and limit; free places as dotted lanes, the dashed red line before the one beyond the backlog. */
  #caption(name: string, remark: string, shown: unknown, length: number, p: Places): TemplateResult {
    return html`<caption><div><span>${name}</span><span class="dim">${remark}</span>
      ${p.full ? nothing : html`<span class="free" title=${this.t('queues.free', { n: p.free })}>${Array.from({ length: p.drawn }, (_, i) => html`${length + i === p.over ? html`<span class="mark"></span>` : nothing}${lane('free')}`)}<span class="sr">${this.t('queues.free', { n: p.free })}</span></span>`}
      <b class=${p.full ? 'lost' : ''}>${p.full ? html`${cross}${this.t('queues.full')} ` : nothing}${shown}</b></div></caption>`;
  }

  #classes(flow: number | null, index: number, p: Places): string {
    return `${flow != null && this.store.flow === flow ? 'chosen' : ''} ${index === p.over ? 'over' : ''}`;
  }

  /** Whose entry it is; pressed, it goes to the step that last changed the entry. */
  #peer(node: number, e: HalfOpenView | WaitingView, stop: boolean): TemplateResult {
    return asker(this, { node, socket: e.socket, what: 'entry' }, e.peer, e.peer, stop);
  }

  /** A number of an entry that can be asked like the entry itself; arrows come to it from the peer. */
  #ask(node: number, e: HalfOpenView | WaitingView, what: string, name: string, shown: unknown): TemplateResult {
    return asker(this, { node, socket: e.socket, what }, `${e.peer} ${name}`, shown, false);
  }

  /** How many wait; pressed, it goes to the step that last changed that. */
  #length(node: number, s: Listening, what: string, name: string, shown: unknown): TemplateResult {
    return asker(this, { node, socket: s.id, what }, name, shown);
  }

  #slot(form: 'hollow' | 'solid', flow: number | null, tab: boolean): TemplateResult {
    const f = this.store.flowOf(flow);
    const chosen = f !== undefined && this.store.flow === f.id;
    const what = this.t(form === 'hollow' ? 'queues.slot.half' : 'queues.slot.waiting');
    return html`${lane(form, chosen)}${f ? html`<button type="button" tabindex=${tab ? 0 : -1} aria-pressed=${chosen}
      aria-label="${this.t('host.connection', { letter: f.letter })}, ${what}">${f.letter}</button>` : html`<span class="sr">${what}</span>`}`;
  }

  /** Entry of a queue that Tab comes to. */
  #stop(entries: readonly { flow: number | null }[]): number {
    return stop(entries.map((e) => e.flow != null && e.flow === this.store.flow));
  }

  #choose(flow: number | null): void {
    if (flow != null) this.store.set({ flow });
  }

  /** The life of a half-open entry: the SYN-ACKs that went again, those that still may, and its death. */
  #repeats(e: HalfOpenView, node: number): TemplateResult {
    const left = e.repeatsMax - e.repeats;
    const label = this.t('queues.repeats.label', { left, max: e.repeatsMax, dies: moment(e.dies) });
    const drawn = Math.min(e.repeatsMax, 7);
    const at = (i: number): number => 3 + (38 * (i + 1)) / (drawn + 1);
    return html`<svg class="left" viewBox="0 0 46 12" role="img" aria-label=${label}><title>${label}</title><path class="line" d="M3 6H41"></path>
      ${Array.from({ length: drawn }, (_, i) => svg`<circle class=${i < e.repeats ? 'gone' : 'still'} cx=${at(i).toFixed(1)} cy="6" r="2.25"></circle>`)}
      <path d="M38.5 3.5l5 5m0-5l-5 5"></path></svg><span>${this.#ask(node, e, 'entry', this.t('queues.repeats'), `${left}/${e.repeatsMax}`)}</span>`;
  }

  #next(e: HalfOpenView, text: string, node: number): TemplateResult {
    const left = duration(Math.max(0, e.next - this.store.clock));
    return html`<td class="n next" title=${this.t('queues.next.label', { time: left })}>${this.#ask(node, e, 'retransmit', this.t('queues.next'), text)}<span class="bar" aria-hidden="true"
      ${place({ width: `calc(${(countdown(e, this.store.clock) * 100).toFixed(1)}% - 8px)` })}></span></td>`;
  }

  #unread(e: WaitingView, index: number, p: Places, node: number): TemplateResult {
    return html`<td class="n">${index === p.over ? html`<span class="beyond">${this.t('queues.over')}</span> ` : nothing}${this.#ask(node, e, 'entry', this.t('queues.unread'), this.t('packet.octets', { n: e.unread }))}</td>`;
  }

  // ---- elsewhere

  #strip({ listener: l }: Listening): TemplateResult {
    const syn = places(l.synQueue.length, l.synCapacity, l.backlog);
    const accept = places(l.acceptQueue.length, l.acceptCapacity, l.backlog);
    const slots = (form: 'hollow' | 'solid', entries: readonly { flow: number | null }[], over: number): TemplateResult[] =>
      entries.map((e, i) => html`<span class="slot ${i === over ? 'over' : ''}">${lane(form, this.store.flow === e.flow)}${this.store.flowOf(e.flow)?.letter}</span>`);
    const sum = (n: number, p: Places): TemplateResult =>
      html`<b class=${p.full ? 'lost' : ''}>${n}/${l.backlog}${p.full ? ` ${this.t('queues.full')}` : ''}</b>`;
    return html`<div class="strip" role="region" aria-label=${this.t('queues.listening')}>
      <span class="dim">${this.t('queues.syn')}</span>${slots('hollow', l.synQueue, syn.over)}${sum(l.synQueue.length, syn)}
      <span class="dim">${this.t('queues.accept.brief')}</span>${slots('solid', l.acceptQueue, accept.over)}${sum(l.acceptQueue.length, accept)}</div>`;
  }

  #embed(node: NodeView, s: Listening): TemplateResult {
    const { t } = this;
    const l = s.listener;
    const parked = node.processes.find((p) => p.parked);
    const syn = places(l.synQueue.length, l.synCapacity, l.backlog);
    const accept = places(l.acceptQueue.length, l.acceptCapacity, l.backlog);
    return html`<p class="remark-line"><span><span class="name">${nodeName(node, this.t)}</span> <span class="mono">${port(s.local)}</span></span>
        ${parked ? html`<span class="time">${bars} ${t('program.mark.parked')}</span>` : nothing}</p>
      <div class="embed">
      <table class="queue syn">${this.#caption(t('queues.syn'), t('queues.syn.remark'), this.#length(node.id, s, 'syn queue', t('queues.syn'), `${l.synQueue.length}/${l.backlog}`), l.synQueue.length, syn)}<tbody @keydown=${(e: KeyboardEvent) => walk(e, 'button:not(.asks)') || walk(e, '.asks', false)}>
        ${l.synQueue.map((e, i) => html`<tr class="entry ${this.#classes(e.flow, i, syn)}" @click=${() => this.#choose(e.flow)}>
            <td rowspan="2" class="who">${this.#slot('hollow', e.flow, i === this.#stop(l.synQueue))}</td><td class="peer" title=${e.peer}>${this.#peer(node.id, e, i === this.#stop(l.synQueue))}</td>${this.#next(e, duration(Math.max(0, e.next - this.store.clock)), node.id)}</tr>
          <tr class="under"><td>${this.#repeats(e, node.id)} <span class="dim">${t('queues.left')}</span></td><td class="n">${t('queues.toSynAck')}</td></tr>`)}</tbody></table>
      <table class="queue accept">${this.#caption(t('queues.accept'), '', this.#length(node.id, s, 'accept queue', t('queues.accept'), `${l.acceptQueue.length}/${l.backlog}`), l.acceptQueue.length, accept)}<tbody @keydown=${(e: KeyboardEvent) => walk(e, 'button:not(.asks)') || walk(e, '.asks', false)}>
        ${l.acceptQueue.map((e, i) => html`<tr class="entry ${this.#classes(e.flow, i, accept)}" @click=${() => this.#choose(e.flow)}>
            <td>${this.#slot('solid', e.flow, i === this.#stop(l.acceptQueue))}</td><td class="peer" title=${e.peer}>${this.#peer(node.id, e, i === this.#stop(l.acceptQueue))}</td>${this.#unread(e, i, { ...accept, over: -1 }, node.id)}</tr>`)}</tbody></table></div>`;
  }
}

/** Long addresses of peers leave no room for pictures in a narrow panel. */
function dense(entries: readonly { readonly peer: string }[]): string {
  return entries.some((e) => e.peer.length > ROOM) ? 'dense' : '';
}

function isListening(s: SocketView): s is Listening {
  return s.listener != null;
}

customElements.define('tcp-queues', Queues);
