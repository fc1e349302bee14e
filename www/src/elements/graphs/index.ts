import { html, nothing, unsafeCSS, type TemplateResult } from 'lit';
import type uPlot from 'uplot';
import sheet from 'uplot/dist/uPlot.min.css?inline';
import { perform } from '../../engine/actions.js';
import { clock, duration } from '../../locales/format.js';
import { Element, panel, reset } from '../base/index.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { timeAt } from '../time-bar/marks.js';
import { choices } from '../tools/choices.js';
import { frame } from '../tools/styles.js';
import { draw, type Paint } from './figure.js';
import { congestion, links, queues, roundTrip, sequence, throughput, type End, type Listening, type Plot, type World } from './plots.js';
import { Sample, Samples } from './samples.js';
import { styles } from './styles.js';
import { table } from './table.js';
import { words, type Words } from './words.js';

const KINDS = ['sequence', 'window', 'rtt', 'throughput', 'queues', 'link'] as const;
type Kind = (typeof KINDS)[number];
/** Steps read between two frames of the screen. */
const SLICE = 8_000;
/** While the world runs, the figure is drawn again no sooner than this, ms. */
const CALM = 300;
/** Width in which the names of all graphs stand beside the tabs, px. */
const ROOMY = 1240;
/** Most ends that the menu offers. */
const MOST_ENDS = 60;

interface Made {
  readonly plot: Plot;
  readonly says: string;
}

/** Graphs along time, bound to the time bar: a click goes there, and the stroke of now follows. */
export class Graphs extends Element {
  static override properties = { kind: { state: true }, end: { state: true }, asTable: { state: true }, width: { state: true }, height: { state: true } };
  static override styles = [reset, panel, unsafeCSS(sheet), frame, styles];

  declare protected kind: Kind;
  /** `node flow` of the sender that was chosen. */
  declare protected end: string | undefined;
  declare protected asTable: boolean;
  declare protected width: number;
  declare protected height: number;
  #figure: uPlot | undefined;
  #drawn = '';
  #at = 0;
  #made: { key: string; value: Made | undefined } | undefined;
  #read = { list: {} as object, timeline: -1, step: 0 };
  #later: number | undefined;
  #calm: ReturnType<typeof setTimeout> | undefined;
  #holds: { list: object; node: number; port: number; syn: number; accept: number } | undefined;
  #watched: globalThis.Element | null = null;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (!entry) return;
    this.width = Math.floor(entry.contentRect.width);
    this.height = Math.floor(entry.contentRect.height);
  });

  constructor() {
    super();
    this.kind = 'sequence';
    this.asTable = false;
    this.width = 0;
    this.height = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#watched = null;
    this.#destroy();
    if (this.#later !== undefined) cancelAnimationFrame(this.#later);
    this.#later = undefined;
    clearTimeout(this.#calm);
    this.#calm = undefined;
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const complete = this.#readOn();
    const made = this.#make(t);
    return html`<section aria-label=${t('graph.label')}>
      <h2><span class="sr">${t('graph.label')}</span>${this.#kinds(t)}${this.#ends(t)}
        <span class="remark">${complete ? made?.says ?? '' : t('graph.reading', { step: this.#read.step, steps: store.view.steps })}</span>
        <button type="button" class="as" aria-pressed=${this.asTable ? 'true' : 'false'} @click=${() => { this.asTable = !this.asTable; }}>${t('graph.table')}</button></h2>
      ${!made ? html`<p class="none">${t(this.#nothing())}</p>` : this.asTable ? table(t, this.t, store, made.plot, (time) => this.#go(time))
        : html`<div class="body"><div class="plot" role="img" aria-label="${t(`graph.${this.kind}`)}. ${made.says}" title=${t('graph.hint')}><div class="now"></div></div>${this.#legend(t, made.plot)}</div>`}</section>`;
  }

  protected override updated(): void {
    const box = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (box !== this.#watched) {
      this.#resize.disconnect();
      this.#watched = box;
      if (box) this.#resize.observe(box);
      this.#destroy();
    }
    const made = this.#made?.value;
    if (!box || !made || !this.width || !this.height) return this.#destroy();
    const style = getComputedStyle(this);
    const key = `${this.#made?.key} ${this.width} ${this.height} ${style.getPropertyValue('--ink')} ${this.store.lang}`;
    if (key !== this.#drawn && !this.#resting()) {
      this.#destroy();
      this.#figure = draw(made.plot, this.#paint(style, made.plot), box);
      this.#drawn = key;
    }
    this.#now();
  }

  /** While the world runs, the figure rests between two drawings. */
  #resting(): boolean {
    if (!this.store.face.running || !this.#figure) return false;
    const left = this.#at + CALM - performance.now();
    if (left <= 0) {
      this.#at = performance.now();
      return false;
    }
    this.#calm ??= setTimeout(() => {
      this.#calm = undefined;
      this.requestUpdate();
    }, left);
    return true;
  }

  #destroy(): void {
    this.#figure?.destroy();
    this.#figure = undefined;
    this.#drawn = '';
  }

  /** Beside the tabs there is not always room for the names of all. */
  #kinds(t: Words): TemplateResult {
    const kinds = KINDS.map((value) => ({ value, text: t(`graph.${value}`) }));
    const room = this.offsetWidth;
    if (room < 600 || room >= ROOMY) return choices(t('graph.which'), kinds, this.kind, (kind) => { this.kind = kind; });
    return html`<select class="ends" aria-label=${t('graph.which')} @change=${(e: Event) => { this.kind = (e.target as HTMLSelectElement).value as Kind; }}>
      ${kinds.map((k) => html`<option value=${k.value} ?selected=${k.value === this.kind}>${k.text}</option>`)}</select>`;
  }

  // ---- what is drawn

  /** Reads on behind the session; true once everything known is read. */
  #readOn(): boolean {
    const { store } = this;
    const { timeline, steps } = store.view;
    if (store.panic) return true;
    if (this.#read.list !== store.list || this.#read.timeline !== timeline) this.#read = { list: store.list, timeline, step: 0 };
    if (this.#read.step < steps) {
      this.#read.step = store.attempt(() => store.session.sample(SLICE)) ?? steps;
    }
    if (this.#read.step >= steps) return true;
    this.#later ??= requestAnimationFrame(() => {
      this.#later = undefined;
      this.requestUpdate();
    });
    return false;
  }

  #world(): World {
    const { store } = this;
    const samples = new Samples(store.engine.layouts[2], store.engine.memory);
    if (!store.panic) samples.point(store.session.samples());
    return { frames: store.frames, samples, end: store.view.end };
  }

  #make(t: Words): Made | undefined {
    const { store } = this;
    const end = this.#sender();
    const key = [this.kind, this.#holds?.accept, end?.node, end?.flow, store.view.timeline, store.view.steps, this.#read.step, store.frames.length, store.lang].join(' ');
    if (this.#made?.key !== key) this.#made = { key, value: this.#plot(t, this.#world(), end) };
    return this.#made.value;
  }

  #plot(t: Words, world: World, end: End | undefined): Made | undefined {
    if (this.kind === 'queues') {
      const of = this.#listener();
      const plot = of && queues(world, of);
      return plot?.x.length ? { plot, says: t('sum.queues', { syn: plot.most[0], accept: plot.most[1] }) } : undefined;
    }
    if (this.kind === 'link') {
      const plot = links(world);
      return plot.x.length ? { plot, says: t('sum.link', { most: octets(plot.most) }) } : undefined;
    }
    if (!end) return undefined;
    switch (this.kind) {
      case 'sequence': {
        const plot = sequence(world, end);
        const time = duration(((plot.x.at(-1) ?? 0) - (plot.x[0] ?? 0)) * 1e9);
        return plot.segments ? { plot, says: t('sum.sequence', { octets: octets(plot.acked), time, again: plot.again, n: plot.segments }) } : undefined;
      }
      case 'window': {
        const plot = congestion(world, end);
        const [least, most] = range(plot.series[1]?.values ?? []);
        return plot.x.length ? { plot, says: t('sum.window', { least: octets(least), most: octets(most) }) } : undefined;
      }
      case 'rtt': {
        const plot = roundTrip(world, end);
        const seen = plot.strokes[0]?.y ?? [];
        const [least, most] = range(seen);
        return plot.x.length ? { plot, says: seen.length ? t('sum.rtt', { n: seen.length, least: duration(least * 1e6), most: duration(most * 1e6) }) : '' } : undefined;
      }
      case 'throughput': {
        const plot = throughput(world, end);
        return plot.x.length ? { plot, says: t('sum.throughput', { rate: `${short(plot.mean)}bit/s`, bin: duration(plot.bin) }) } : undefined;
      }
    }
  }

  #nothing(): 'graph.none' | 'graph.none.flow' | 'graph.none.listener' | 'graph.none.link' {
    if (this.kind === 'queues') return this.#listener() ? 'graph.none' : 'graph.none.listener';
    if (this.kind === 'link') return this.store.frames.length ? 'graph.none.link' : 'graph.none';
    return this.#sender() ? 'graph.none' : 'graph.none.flow';
  }

  /** The node that listens, or did, and what its queues hold as far as that has been seen. */
  #listener(): Listening | undefined {
    const { view, list } = this.store;
    for (const node of view.nodes) {
      const socket = node.sockets.find((s) => s.listener);
      const l = socket?.listener;
      if (l) this.#holds = { list, node: node.id, port: Number(socket.local.slice(socket.local.lastIndexOf(':') + 1)), syn: l.synCapacity, accept: l.acceptCapacity };
    }
    if (this.#holds?.list === list) return { node: this.#holds.node, port: this.#holds.port, holds: this.#holds };
    const { samples } = this.#world();
    for (let i = 0; i < samples.length; i++) {
      if (samples.kind(i) === Sample.queues) return { node: samples.node(i), port: samples.of(i), holds: undefined };
    }
    return undefined;
  }

  /** The end that was chosen, else of the connection looked at the one that sent more. */
  #sender(): End | undefined {
    const chosen = this.end?.split(' ').map(Number);
    const flow = this.store.flowOf(chosen?.[1] ?? this.store.flow ?? 0);
    if (!flow) return undefined;
    const node = chosen?.[0] ?? this.#louder(flow.id) ?? flow.clientNode ?? undefined;
    if (node === undefined) return undefined;
    return { node, flow: flow.id, isn: (node === flow.serverNode ? flow.serverIsn : flow.clientIsn) ?? 0 };
  }

  #louder(flow: number): number | undefined {
    const { frames } = this.store;
    const sent = new Map<number, number>();
    const every = Math.max(1, Math.floor(frames.length / 5000));
    for (let i = 0; i < frames.length; i += every) {
      if (frames.flow(i) === flow) sent.set(frames.from(i), (sent.get(frames.from(i)) ?? 0) + frames.payload(i));
    }
    return [...sent].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
  }

  #ends(t: Words): TemplateResult | typeof nothing {
    if (this.kind === 'queues' || this.kind === 'link') return nothing;
    const { store } = this;
    const now = this.#sender();
    const name = (node: number | null): string => nodeName(nodeOf(store.view, node ?? undefined), this.t);
    const all = store.view.flows.slice(0, MOST_ENDS).flatMap((f) => [[f.clientNode, f.serverNode], [f.serverNode, f.clientNode]].map(([from, to]) => ({
      value: `${from} ${f.id}`, text: t('graph.end.of', { letter: f.letter, from: name(from ?? null), to: name(to ?? null) }),
    })));
    if (!now || !all.length) return nothing;
    return html`<select class="ends" aria-label=${t('graph.end')} @change=${(e: Event) => { this.end = (e.target as HTMLSelectElement).value; }}>
      ${all.map((e) => html`<option value=${e.value} ?selected=${e.value === `${now.node} ${now.flow}`}>${e.text}</option>`)}</select>`;
  }

  // ---- the figure

  #paint(style: CSSStyleDeclaration, plot: Plot): Paint {
    const t = words[this.store.lang];
    return {
      width: this.width, height: this.height, colour: (name) => style.getPropertyValue(`--${name}`).trim(),
      mono: `11px ${style.getPropertyValue('--mono')}`, xLabel: t('graph.time'), yLabel: t(`axis.${plot.unit}`),
      log: plot.unit === 'ms', y: plot.unit === 'ms' || plot.unit === 'entries' ? (v) => String(Number(v.toFixed(2))) : short,
      clicked: (time) => this.#go(time), moved: () => this.#now(),
    };
  }

  /** The stroke at the time where we stand. */
  #now(): void {
    const figure = this.#figure;
    const line = this.renderRoot.querySelector<HTMLElement>('.now');
    if (!figure || !line) return;
    const x = figure.valToPos(this.store.clock / 1e9, 'x');
    const { left, top, width, height } = figure.over.getBoundingClientRect();
    const box = line.parentElement?.getBoundingClientRect();
    line.hidden = x < 0 || x > width;
    line.style.setProperty('left', `${Math.round(x + left - (box?.left ?? 0))}px`);
    line.style.setProperty('top', `${top - (box?.top ?? 0)}px`);
    line.style.setProperty('height', `${height}px`);
  }

  /** Stands at the last step that had happened by then. */
  #go(time: number): void {
    const { store } = this;
    let [low, high] = [0, store.view.steps];
    while (low < high) {
      const mid = (low + high + 1) >> 1;
      if (timeAt(store.marks, store.frames, mid) <= time * 1e9 + 1) low = mid;
      else high = mid - 1;
    }
    perform(store, 'seek', { step: low });
  }

  /** Names of the lines, with their values where we stand. */
  #legend(t: Words, plot: Plot): TemplateResult {
    const at = last(plot.x, this.store.clock / 1e9);
    const unit = plot.unit;
    const say = (v: number | null | undefined): string => (v == null ? '–' : unit === 'ms' ? duration(v * 1e6) : unit === 'entries' ? String(v) : short(v));
    const strokes = plot.strokes.filter((s) => s.x.length);
    return html`<ul class="legend">
      ${plot.series.map((s) => html`<li><span><i class="key ${s.ink} ${s.dashed ? 'dashed' : ''}"></i>${named(t, this.t, this.store, s.name)}</span><b>${say(at < 0 ? undefined : held(s.values, at))}</b></li>`)}
      ${strokes.map((s) => html`<li><span><i class="key ${s.ink} ${s.mark}"></i>${t(`series.${s.name as 'segment'}`)}</span><b>${s.x.length}</b></li>`)}
      <li class="when">${t('graph.at', { time: clock(this.store.clock) })}</li></ul>`;
  }
}

/** A series' name as the legend has it. */
export function named(t: Words, page: Element['t'], store: Element['store'], name: string): string {
  const [what, node] = name.split(' ');
  if (what === 'waits') return t('series.waits', { host: nodeName(nodeOf(store.view, Number(node)), page) });
  return t(`series.${name as 'ack'}`);
}

/** Index of the last of `x` that is not after `at`; -1 where there is none. */
export function last(x: readonly number[], at: number): number {
  let [low, high] = [0, x.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((x[mid] as number) <= at + 1e-12) low = mid + 1;
    else high = mid;
  }
  return low - 1;
}

/** The value that holds at a place: the last one up to there. */
export function held(values: readonly (number | null)[], at: number): number | null {
  for (let i = at; i >= 0; i--) if (values[i] != null) return values[i] as number;
  return null;
}

function range(values: readonly (number | null)[]): [number, number] {
  let [least, most] = [Infinity, 0];
  for (const v of values) {
    if (v === null) continue;
    least = Math.min(least, v);
    most = Math.max(most, v);
  }
  return [Number.isFinite(least) ? least : 0, most];
}

/** Three digits and a prefix: `12.5 k`, `1.2 M`. */
function short(value: number): string {
  const [scale, sign] = value >= 1e9 ? [1e9, 'G'] : value >= 1e6 ? [1e6, 'M'] : value >= 1e4 ? [1e3, 'k'] : [1, ''];
  const text = String(Number((value / scale).toPrecision(value / scale >= 100 ? 4 : 3)));
  return sign ? `${text}\u202f${sign}` : text;
}

function octets(value: number): string {
  return `${short(value)}${value >= 1e4 ? '' : '\u202f'}B`;
}

customElements.define('tcp-graphs', Graphs);
