import { html, nothing, svg, type PropertyValues, type SVGTemplateResult, type TemplateResult } from 'lit';
import { arrange, picture, type Picture } from '../../diagram/network/index.js';
import { saveFile } from '../../engine/files.js';
import { stop } from '../../engine/run.js';
import { problem } from '../../locales/problems.js';
import { Element, panel, reset } from '../base/index.js';
import { packetSentence } from '../sequence/words.js';
import { draw } from '../sequence/svg.js';
import { keepSketch, Sketch, sketchOf } from './drafts.js';
import { facts, type Part } from './facts.js';
import { addLink, addNode, KINDS, MOST, modern, partOf, placeOf, removeLink, removeNode, WHOLE, withNode, type NodeKind, type ScenarioFile } from './file.js';
import { scenarioOf, signOf, stations, Traffic, wholeOf, wires } from './reading.js';
import { drawing, frame } from './styles.js';
import { verdict } from './verdict.js';
import { words, type Words } from './words.js';
import './form.js';

interface Spot {
  x: number;
  y: number;
}

/** How far a press of an arrow key moves a node, parts of the picture. */
const NUDGE = 0.02;
/** A pointer that moves less, px, has pressed and not dragged. */
const STILL = 4;

/**
 * The network: its nodes and links, and the frames that are on them at the present moment. A node is chosen by a press,
 * moved by dragging or by keys; under edit, a scenario takes shape that is loaded when it is begun with.
 */
export class Topology extends Element {
  static override properties = { editing: { state: true }, chosen: { state: true }, linking: { state: true }, size: { state: true } };
  static override styles = [reset, panel, drawing, frame];

  declare protected editing: boolean;
  /** What is looked at. */
  declare protected chosen: Part | undefined;
  /** A link is being drawn from this node: the next one chosen is its other end. */
  declare protected linking: number | undefined;
  declare protected size: { readonly width: number; readonly height: number };
  readonly #traffic = new Traffic();
  #places = { key: '', at: [] as Spot[] };
  #drag: { node: number; from: Spot; start: Spot; moved: boolean } | undefined;
  /** Place of the node in hand while it is dragged. */
  #held: { node: number; at: Spot } | undefined;
  #picture: Picture | undefined;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry) this.size = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) };
  });
  #watched: globalThis.Element | null = null;
  #session: object | undefined;

  constructor() {
    super();
    this.editing = false;
    this.size = { width: 0, height: 0 };
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#watched = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (!this.ready || this.#session === this.store.session) return;
    // Another scenario has other nodes.
    if (this.#session) {
      this.chosen = undefined;
      this.editing = false;
    }
    this.#session = this.store.session;
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const sketch = this.editing ? sketchOf(store) : undefined;
    const file = sketch?.file ?? scenarioOf(store);
    const wrong = sketch?.error ? placeOf(problem(store.lang, problemOf(sketch.error))) : undefined;
    return html`<section aria-label=${t('net.label')} @keydown=${this.#key}>
      <h2><span class="name">${sketch ? t('edit.title') : t('net.title')}</span><span class="fact">${t('net.count', { nodes: file.nodes.length, links: file.links.length })}</span>
        <span class="tools">${sketch ? this.#editTools(t, sketch) : html`
          <button type="button" class="word" title=${t('net.arrange.title')} @click=${() => this.#arrange(file)}>${t('net.arrange')}</button>
          <button type="button" class="word" title=${t('net.save.title')} @click=${() => this.#save(wholeOf(store))}>${t('net.save')}</button>
          <button type="button" class="word" title=${t('net.edit.title')} @click=${() => this.#edit()}>${t('net.edit')}</button>`}</span></h2>
      ${sketch ? this.#bar(t, file) : nothing}
      <div class="figure">${this.#figure(t, file)}</div>
      ${sketch ? html`<tcp-topology-form .store=${store} .sketch=${sketch} .chosen=${this.chosen} .wrong=${wrong} @changed=${() => this.requestUpdate()} @gone=${() => { this.chosen = undefined; }}></tcp-topology-form>
        ${verdict(store.lang, t, sketch, this.linking !== undefined, () => this.#goTo(wrong?.path ?? ''))}`
      : facts(store, t, file, this.chosen, () => { this.chosen = undefined; })}
    </section>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const figure = this.renderRoot.querySelector('.figure');
    if (figure && figure !== this.#watched) {
      this.#resize.disconnect();
      this.#resize.observe((this.#watched = figure));
    }
  }

  // ---- the picture

  #figure(t: Words, file: ScenarioFile): TemplateResult | typeof nothing {
    const { width, height } = this.size;
    if (!width || !height) return nothing;
    const { store } = this;
    const at = this.#spots(file);
    const crossings = this.editing ? [] : this.#traffic.read(store);
    const chosen = this.chosen?.kind === 'node' ? this.chosen.index : undefined;
    const drawn = (this.#picture = picture({ stations: stations(file, at, this.t), wires: wires(file, this.editing ? [] : store.session.links()), crossings, width, height, chosen }));
    return html`<svg width=${width} height=${height} viewBox="0 0 ${width} ${height}" @click=${this.#pressedBeside}>
      ${drawn.wires.map((wire, i) => this.#link(t, file, wire, i))}
      ${drawn.stations.map((_, i) => this.#node(t, file, drawn, i))}
      <g role="list" aria-label=${t('net.crossing')}>${drawn.crossings.map((c) => this.#packet(c))}</g></svg>`;
  }

  #node(t: Words, file: ScenarioFile, drawn: Picture, i: number): SVGTemplateResult {
    const node = file.nodes[i];
    const { shapes, texts, hit } = drawn.stations[i] as Picture['stations'][number];
    const { x, y } = drawn.at[i] as Spot;
    const sign = node ? signOf(node) : 'host';
    const pressed = this.chosen?.kind === 'node' && this.chosen.index === i;
    const lines = node?.interfaces?.flatMap((f) => f.addresses) ?? (node?.addr === undefined ? [] : [node.addr]);
    const name = t('net.node', { kind: t(`kind.${sign}`), name: node?.name ?? '', addresses: lines.join(', ') || t('net.noAddress') });
    const tab = this.chosen?.kind === 'node' ? pressed : i === 0;
    return svg`<g class="node ${sign}" role="button" tabindex=${tab ? 0 : -1} data-node=${i} aria-pressed=${pressed ? 'true' : 'false'} aria-label=${name}
      @click=${(e: Event) => this.#pressed(e, i)} @pointerdown=${(e: PointerEvent) => this.#grab(e, i)} @focus=${() => this.requestUpdate()}><title>${name}</title>
      <rect class="hit" x=${hit.x} y=${hit.y} width=${hit.width} height=${hit.height}></rect>
      ${pressed || this.#focused(i) ? svg`<rect class=${this.#focused(i) ? 'ringed' : 'chosen'} x=${hit.x - 2} y=${hit.y - 2} width=${hit.width + 4} height=${hit.height + 4}></rect>` : nothing}
      <g transform="translate(${x} ${y}) scale(${drawn.scale})">${shapes.map(draw)}</g>${texts.map(draw)}</g>`;
  }

  #focused(i: number): boolean {
    const focus = this.shadowRoot?.activeElement;
    return focus instanceof SVGElement && focus.dataset['node'] === String(i) && focus.matches(':focus-visible');
  }

  #link(t: Words, file: ScenarioFile, wire: Picture['wires'][number], i: number): SVGTemplateResult {
    const link = file.links[i];
    const pressed = this.chosen?.kind === 'link' && this.chosen.index === i;
    const label = t('net.link', { name: link?.name ?? '', nodes: link?.ends.map((e) => e.node).join(', ') ?? '', note: '' });
    return svg`<g class="link" role="button" tabindex=${pressed ? 0 : -1} data-link=${i} aria-pressed=${pressed ? 'true' : 'false'} aria-label=${label} @click=${(e: Event) => {
      e.stopPropagation();
      this.chosen = pressed ? undefined : { kind: 'link', index: i };
    }}><path class="near" d=${wire.line}></path>${wire.shapes.map(draw)}</g>`;
  }

  #packet({ frame, shapes, hit }: Picture['crossings'][number]): SVGTemplateResult {
    const { store } = this;
    const chosen = frame === store.face.selected;
    const name = packetSentence(store, frame, this.t);
    const own = store.frames.flow(frame) === store.flow ? ' own' : '';
    return svg`<g class="packet${own}" role="listitem" aria-label=${name} @click=${(e: Event) => {
      e.stopPropagation();
      store.set({ selected: frame, flow: undefined });
    }}><title>${name}</title>${chosen ? svg`<path class="halo" d=${hit}></path><path class="halo-in" d=${hit}></path>` : nothing}
      <path class="hit" d=${hit}></path>${shapes.map(draw)}</g>`;
  }

  // ---- places

  /** Where nodes stand: where somebody put them, where the file has them, else by rule. */
  #spots(file: ScenarioFile): Spot[] {
    const { width, height } = this.size;
    const kept = this.editing ? {} : placesOf(this.store.kept['places']);
    const fixed = file.nodes.map((node) => kept[node.name] ?? spot(node.at));
    const number = new Map(file.nodes.map((n, i) => [n.name, i]));
    const links = file.links.map((l) => l.ends.flatMap((e) => number.get(e.node) ?? []));
    const aspect = Math.round((width / Math.max(height, 1)) * 5) / 5;
    const key = JSON.stringify([fixed, links, aspect]);
    if (key !== this.#places.key) this.#places = { key, at: arrange({ nodes: file.nodes.length, links }, fixed, aspect) };
    const held = this.#held;
    return held ? this.#places.at.map((at, i) => (i === held.node ? held.at : at)) : this.#places.at;
  }

  /** Puts a node somewhere: in the file under edit, or beside the scenario. */
  #put(node: number, to: Spot): void {
    const at = { x: Math.min(1, Math.max(0, to.x)), y: Math.min(1, Math.max(0, to.y)) };
    const sketch = this.editing ? sketchOf(this.store) : undefined;
    const file = sketch?.file ?? scenarioOf(this.store);
    const all = this.#spots(file).map((p, i) => (i === node ? at : p));
    if (sketch) sketch.change(placed(file, all));
    else this.store.keep('places', Object.fromEntries(file.nodes.map((n, i) => [n.name, thousandths(all[i] as Spot)])));
    this.requestUpdate();
  }

  #arrange(file: ScenarioFile): void {
    const number = new Map(file.nodes.map((n, i) => [n.name, i]));
    const links = file.links.map((l) => l.ends.flatMap((e) => number.get(e.node) ?? []));
    const at = arrange({ nodes: file.nodes.length, links }, [], this.size.width / Math.max(this.size.height, 1));
    const sketch = this.editing ? sketchOf(this.store) : undefined;
    if (sketch) sketch.change(placed(file, at));
    else this.store.keep('places', Object.fromEntries(file.nodes.map((n, i) => [n.name, thousandths(at[i] as Spot)])));
    this.requestUpdate();
  }

  #grab(e: PointerEvent, node: number): void {
    if (e.button !== 0 || this.linking !== undefined) return;
    const start = this.#spots(this.editing ? sketchOf(this.store)?.file ?? scenarioOf(this.store) : scenarioOf(this.store))[node];
    if (!start) return;
    const target = e.currentTarget as SVGElement;
    this.#drag = { node, from: { x: e.clientX, y: e.clientY }, start, moved: false };
    target.setPointerCapture(e.pointerId);
    target.addEventListener('pointermove', this.#move);
    target.addEventListener('pointerup', this.#drop, { once: true });
    target.addEventListener('pointercancel', this.#drop, { once: true });
  }

  readonly #move = (e: PointerEvent): void => {
    const drag = this.#drag;
    if (!drag) return;
    const [dx, dy] = [e.clientX - drag.from.x, e.clientY - drag.from.y];
    if (!drag.moved && Math.hypot(dx, dy) < STILL) return;
    drag.moved = true;
    (e.currentTarget as SVGElement).classList.add('dragged');
    const at = { x: drag.start.x + dx / (this.size.width - 132), y: drag.start.y + dy / (this.size.height - 96) };
    this.#held = { node: drag.node, at: { x: Math.min(1, Math.max(0, at.x)), y: Math.min(1, Math.max(0, at.y)) } };
    this.requestUpdate();
  };

  readonly #drop = (e: PointerEvent): void => {
    const target = e.currentTarget as SVGElement;
    target.removeEventListener('pointermove', this.#move);
    target.classList.remove('dragged');
    const held = this.#held;
    this.#held = undefined;
    if (held && e.type === 'pointerup') this.#put(held.node, held.at);
    else this.requestUpdate();
  };

  // ---- choosing

  #pressed(e: Event, node: number): void {
    e.stopPropagation();
    const moved = this.#drag?.moved;
    this.#drag = undefined;
    if (moved) return;
    const { linking } = this;
    const sketch = this.editing ? sketchOf(this.store) : undefined;
    if (sketch && linking !== undefined) {
      this.linking = undefined;
      if (linking === node) return;
      sketch.change(addLink(sketch.file, linking, node, words[this.store.lang]('edit.addLink')));
      this.chosen = { kind: 'link', index: sketch.file.links.length - 1 };
      return;
    }
    this.chosen = this.chosen?.kind === 'node' && this.chosen.index === node ? undefined : { kind: 'node', index: node };
    if (!this.editing) this.store.set({ node: this.chosen ? node : undefined });
  }

  readonly #pressedBeside = (): void => {
    this.chosen = undefined;
    this.linking = undefined;
    if (!this.editing) this.store.set({ node: undefined });
  };

  readonly #key = (e: KeyboardEvent): void => {
    const target = e.composedPath()[0];
    if (e.key === 'Escape' && this.linking !== undefined) {
      this.linking = undefined;
      e.stopPropagation();
      return;
    }
    if (this.editing && (e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'z' && !(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) {
      e.preventDefault();
      e.stopPropagation();
      return this.#undo(e.shiftKey);
    }
    if (!(target instanceof SVGElement)) return;
    const node = target.dataset['node'];
    const by = ARROWS[e.key];
    if (by && node !== undefined) {
      e.preventDefault();
      e.stopPropagation();
      if (e.shiftKey) this.#nudge(Number(node), by);
      else this.#walk(Number(node), by);
    } else if (e.key === 'Enter' || e.key === ' ') {
      e.preventDefault();
      e.stopPropagation();
      target.dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }));
    } else if (this.editing && (e.key === 'Delete' || e.key === 'Backspace') && (node !== undefined || target.dataset['link'] !== undefined)) {
      e.preventDefault();
      e.stopPropagation();
      this.#remove(node === undefined ? { kind: 'link', index: Number(target.dataset['link']) } : { kind: 'node', index: Number(node) });
    }
  };

  #nudge(node: number, [dx, dy]: readonly [number, number]): void {
    const file = this.editing ? sketchOf(this.store)?.file ?? scenarioOf(this.store) : scenarioOf(this.store);
    const at = this.#spots(file)[node];
    if (at) this.#put(node, { x: at.x + dx * NUDGE, y: at.y + dy * NUDGE });
  }

  /** The focus goes to the nearest node in the direction of the arrow. */
  #walk(node: number, [dx, dy]: readonly [number, number]): void {
    const at = this.#picture?.at ?? [];
    const from = at[node];
    if (!from) return;
    let best: { i: number; cost: number } | undefined;
    at.forEach((p, i) => {
      const [x, y] = [p.x - from.x, p.y - from.y];
      const ahead = x * dx + y * dy;
      const cost = ahead + 2 * Math.abs(x * dy - y * dx);
      if (i !== node && ahead > 1 && (!best || cost < best.cost)) best = { i, cost };
    });
    if (best) this.renderRoot.querySelector<SVGElement>(`[data-node="${best.i}"]`)?.focus();
  }

  // ---- editing

  #edit(): void {
    const { store } = this;
    const file = modern(scenarioOf(store));
    if (!sketchOf(store)) keepSketch(store, new Sketch(store, placed(file, this.#spots(scenarioOf(store)))));
    stop(store);
    if (this.chosen === undefined && store.face.node !== undefined) this.chosen = { kind: 'node', index: store.face.node };
    this.editing = true;
  }

  #editTools(t: Words, sketch: Sketch): TemplateResult {
    return html`<button type="button" class="word" title=${t('edit.discard.title')} @click=${() => this.#leave(true)}>${t('edit.discard')}</button>
      <button type="button" class="word" title=${t('edit.cancel.title')} @click=${() => this.#leave(false)}>${t('edit.cancel')}</button>
      <button type="button" class="word primary" title=${t('edit.begin.title')} ?disabled=${sketch.error !== undefined} @click=${() => this.#begin(sketch)}>${t('edit.begin')}</button>`;
  }

  #bar(t: Words, file: ScenarioFile): TemplateResult {
    const sketch = sketchOf(this.store);
    const node = this.chosen?.kind === 'node' ? this.chosen.index : undefined;
    return html`<div class="bar" role="toolbar" aria-label=${t('edit.title')}>
      <select aria-label=${t('edit.addNode')} .value=${''} ?disabled=${file.nodes.length >= MOST} @change=${(e: Event) => this.#add(t, e.target as HTMLSelectElement)}>
        <option value="">${t('edit.addNode')} …</option>${KINDS.map((k) => html`<option value=${k}>${t(`kind.${k}`)}</option>`)}</select>
      <button type="button" class="word" title=${t('edit.addLink.title')} ?disabled=${node === undefined} aria-pressed=${this.linking !== undefined} @click=${() => { this.linking = this.linking === undefined ? node : undefined; }}>${t('edit.addLink')}</button>
      <button type="button" class="word" ?disabled=${!this.chosen} @click=${() => this.chosen && this.#remove(this.chosen)}>${t('edit.removeThis')}</button>
      <span class="space"></span>
      <button type="button" class="word" ?disabled=${!sketch?.canUndo} @click=${() => this.#undo(false)}>${t('edit.undo')}</button>
      <button type="button" class="word" ?disabled=${!sketch?.canRedo} @click=${() => this.#undo(true)}>${t('edit.redo')}</button>
      <button type="button" class="word" title=${t('net.arrange.title')} @click=${() => this.#arrange(file)}>${t('net.arrange')}</button>
      <button type="button" class="word" title=${t('net.save.title')} @click=${() => this.#save(file)}>${t('net.save')}</button></div>`;
  }

  #add(t: Words, select: HTMLSelectElement): void {
    const kind = select.value as NodeKind | '';
    select.value = '';
    const sketch = sketchOf(this.store);
    if (!sketch || kind === '') return;
    const near = this.chosen?.kind === 'node' ? this.#spots(sketch.file)[this.chosen.index] : undefined;
    const at = thousandths(near ? { x: Math.min(1, near.x + 0.16), y: Math.min(1, near.y + 0.16) } : { x: 0.5, y: 0.5 });
    sketch.change(addNode(sketch.file, kind, t(`kind.${kind}`), at));
    this.chosen = { kind: 'node', index: sketch.file.nodes.length - 1 };
  }

  #remove(part: Part): void {
    const sketch = sketchOf(this.store);
    if (!sketch) return;
    sketch.change(part.kind === 'node' ? removeNode(sketch.file, part.index) : removeLink(sketch.file, part.index));
    this.chosen = undefined;
    this.linking = undefined;
    this.requestUpdate();
    // What had the focus is gone.
    void this.updateComplete.then(() => this.renderRoot.querySelector<SVGElement>('[data-node]')?.focus());
  }

  #undo(again: boolean): void {
    const sketch = sketchOf(this.store);
    if (again) sketch?.redo();
    else sketch?.undo();
    const { chosen: part } = this;
    const list = part?.kind === 'node' ? sketch?.file.nodes : sketch?.file.links;
    if (part && part.index >= (list?.length ?? 0)) this.chosen = undefined;
    this.requestUpdate();
  }

  #leave(forget: boolean): void {
    if (forget) keepSketch(this.store, undefined);
    this.editing = false;
    this.linking = undefined;
    this.chosen = undefined;
  }

  #begin(sketch: Sketch): void {
    if (!sketch.begin()) return this.requestUpdate();
    keepSketch(this.store, undefined);
    this.editing = false;
    this.chosen = undefined;
  }

  /** Shows what a sentence of the core is about. */
  #goTo(path: string): void {
    const part = partOf(path);
    if (!part) return;
    this.chosen = part;
    void this.updateComplete.then(async () => {
      const form = this.renderRoot.querySelector('tcp-topology-form');
      await form?.updateComplete;
      form?.go(path);
    });
  }

  #save(file: ScenarioFile): void {
    const text = JSON.stringify(placed(file, this.#spots(file)), undefined, 2);
    saveFile(`${file.id}.scenario.json`, new TextEncoder().encode(`${text}\n`), 'application/json');
  }
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** The core's own words about a file, without what the page says around them. */
function problemOf(error: NonNullable<Sketch['error']>): string {
  const problem = error.operands.find((o) => o.name === 'problem')?.value;
  return problem?.kind === 'word' ? problem.value : error.message;
}

function thousandths({ x, y }: Spot): [number, number] {
  return [Math.round(x * WHOLE), Math.round(y * WHOLE)];
}

function spot(at: readonly number[] | undefined): Spot | undefined {
  const [x, y] = at ?? [];
  return typeof x === 'number' && typeof y === 'number' && x >= 0 && x <= WHOLE && y >= 0 && y <= WHOLE ? { x: x / WHOLE, y: y / WHOLE } : undefined;
}

/** Places by name, as far as what was kept has any. */
function placesOf(kept: unknown): Record<string, Spot> {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).flatMap(([name, at]) => {
    const read = Array.isArray(at) ? spot(at as number[]) : undefined;
    return read ? [[name, read]] : [];
  }));
}

/** The file with every node's place in it. */
function placed(file: ScenarioFile, at: readonly Spot[]): ScenarioFile {
  return at.reduce<ScenarioFile>((f, p, i) => withNode(f, i, (node) => ({ ...node, at: thousandths(p) })), file);
}

customElements.define('tcp-topology', Topology);
