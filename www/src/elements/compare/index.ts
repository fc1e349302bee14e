import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { compare, type Comparison, type Difference } from '../../engine/compare.js';
import { timeAt } from '../time-bar/marks.js';
import { flagNames } from '../../engine/records.js';
import { Store } from '../../engine/store.js';
import type { View } from '../../engine/pkg/views.js';
import { clock, duration } from '../../locales/format.js';
import { Element, icon, panel, reset } from '../base/index.js';
import { basesOf, flowOf, nodeName, nodeOf } from '../host-panel/view.js';
import { walk } from '../host-panel/roving.js';
import { packetName } from '../sequence/words.js';
import type { phaseName } from '../sequence/fate.js';
import type { Sequence } from '../sequence/index.js';
import { written } from '../tcb/values.js';
import { choices } from '../tools/choices.js';
import { words, type Words } from '../timelines/words.js';
import { styles } from './styles.js';
import { variables, type Group, type VariableDifference } from './variables.js';

/** Most differences that are listed. */
const MOST = 200;
/** Most steps that are run to see where a timeline ends. */
const FAR = 300_000;

/** Two timelines side by side, scrolled together by time: the first difference marked, packets and variables that differ listed. */
export class Compare extends Element {
  static override properties = { other: { type: Number }, narrow: { type: Boolean, reflect: true }, atEnd: { state: true } };
  static override styles = [reset, panel, styles];

  /** Timeline beside the one that the session is in. */
  declare other: number | undefined;
  /** One above the other. */
  declare narrow: boolean;
  declare protected atEnd: boolean;
  #beside: { store: Store; id: number; here: number; steps: number; at: number } | undefined;
  #compared: { key: string; value: Comparison } | undefined;
  #ends: { key: string; value: readonly [View, View] } | undefined;
  readonly #finished = new Map<string, boolean>();
  /** The diagram that a person scrolls; the other follows. */
  #leading: Sequence | undefined;

  constructor() {
    super();
    this.narrow = false;
    this.atEnd = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#free();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.ready) this.#follow();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { store } = this;
    const t = words[store.lang];
    const beside = this.#beside?.store;
    if (!beside) return nothing;
    const compared = this.#compare(beside);
    const [first] = compared.differences;
    const mark = first && { time: first.time, text: t('diff.first') };
    const signs = (side: 'a' | 'b'): ReadonlySet<number> => new Set(compared.differences.map((d) => d[side]).filter((f) => f !== undefined));
    return html`<section class="compare" aria-label=${t('diff.label')}>
      <div class="side"><h2><span class="name">${this.#name(store.view.timeline)}</span><span class="remark">${t('diff.here')}</span></h2>
        <tcp-sequence class="a" .first=${mark} .signs=${signs('a')} @scrolled=${this.#scrolled} @pointerenter=${this.#leads} @focusin=${this.#leads}></tcp-sequence></div>
      <div class="side"><h2>${this.#choose(t)}<span class="remark">${t('diff.with')}</span></h2>
        <tcp-sequence class="b" .store=${beside} .first=${mark} .signs=${signs('b')} @scrolled=${this.#scrolled} @pointerenter=${this.#leads} @focusin=${this.#leads}></tcp-sequence></div>
      <div class="list" tabindex="0" role="region" aria-label=${t('diff.title')}><h2><span class="name">${t('diff.title')}</span>
          <button type="button" class="close" aria-label=${t('diff.close')} title=${t('diff.close')} @click=${() => store.set({ compare: undefined })}>×</button></h2>
        ${this.#packets(t, beside, compared)}${this.#variables(t, beside)}</div></section>`;
  }

  protected override updated(changed: PropertyValues): void {
    // The diagrams bring now into view by themselves; then they are made to agree.
    if (!changed.size || changed.has('other')) void this.#agree();
  }

  // ---- the other timeline

  /** A copy of the other timeline, standing at the time at which the session stands. */
  #follow(): void {
    const { store, other } = this;
    const here = store.view.timeline;
    const info = store.view.timelines.find((l) => l.id === other);
    if (!info || store.panic) return this.#free();
    if (this.#beside?.id !== info.id || this.#beside.here !== here || this.#beside.steps < info.steps) {
      this.#free();
      const lone = store.attempt(() => store.session.lone(info.id));
      if (!lone) return;
      this.#beside = { store: new Store(store.engine, lone), id: info.id, here, steps: info.steps, at: -1 };
    }
    const { store: beside } = this.#beside;
    const { lang, theme, numbers, zoom } = store.face;
    const was = beside.face;
    if (was.lang !== lang || was.theme !== theme || was.numbers !== numbers || was.zoom !== zoom) beside.set({ lang, theme, numbers, zoom });
    const { now } = store.view;
    if (this.#beside.at !== now) {
      this.#beside.at = now;
      beside.act((s) => {
        s.seek(stepBefore(beside, now));
        s.run(FAR, now);
      });
      // Between two events of its own it stands at the same time all the same.
      beside.clock = Math.max(beside.view.now, now);
    }
  }

  #free(): void {
    this.#beside?.store.session.free();
    this.#beside = undefined;
    this.#compared = undefined;
    this.#ends = undefined;
    this.#finished.clear();
  }

  #compare(beside: Store): Comparison {
    const { store } = this;
    const until = Math.min(this.#until(store), this.#until(beside));
    const key = `${store.view.timeline} ${store.view.steps} ${beside.view.steps} ${until} ${this.other}`;
    if (this.#compared?.key !== key) {
      const side = (s: Store) => ({ frames: s.frames, flows: s.session.flowNames() });
      this.#compared = { key, value: compare(side(store), side(beside), until) };
    }
    return this.#compared.value;
  }

  /** Up to when a timeline is known, ns: for ever, where nothing can follow. */
  #until(of: Store): number {
    const { step, steps, end, finished } = of.view;
    if (step === steps) return finished ? Infinity : end;
    const key = `${of === this.store} ${of.view.timeline} ${steps} ${this.other}`;
    let known = this.#finished.get(key);
    if (known === undefined) {
      known = this.store.attempt(() => {
        const lone = of.session.lone(of.view.timeline);
        try {
          lone.seek(steps);
          return lone.view().finished;
        } finally {
          lone.free();
        }
      }) ?? false;
      this.#finished.set(key, known);
    }
    return known ? Infinity : end;
  }

  // ---- diagrams

  readonly #leads = (e: Event): void => {
    this.#leading = e.currentTarget as Sequence;
  };

  readonly #scrolled = (e: Event): void => {
    // The session's own diagram leads until a person goes to the other; who follows is not followed in turn.
    const from = e.currentTarget as Sequence;
    const [a, b] = ['.a', '.b'].map((name) => this.renderRoot.querySelector<Sequence>(name));
    const to = from === a ? b : a;
    if (to && from === (this.#leading ?? a)) to.top = from.top;
  };

  async #agree(): Promise<void> {
    const [a, b] = ['.a', '.b'].map((name) => this.renderRoot.querySelector<Sequence>(name));
    await Promise.all([a?.updateComplete, b?.updateComplete]);
    if (!a || !b) return;
    if (this.#leading === b) a.top = b.top;
    else b.top = a.top;
  }

  #name(id: number | undefined): string {
    return this.store.view.timelines.find((l) => l.id === id)?.name ?? '';
  }

  #choose(t: Words): TemplateResult {
    const { store } = this;
    const others = store.view.timelines.filter((l) => l.id !== store.view.timeline);
    return html`<span class="name pick">${this.#name(this.other)}${others.length > 1 ? html`${icon('chevron')}<select aria-label=${t('diff.with')}
      @change=${(e: Event) => store.set({ compare: Number((e.target as HTMLSelectElement).value) })}>
      ${others.map((l) => html`<option value=${l.id} ?selected=${l.id === this.other}>${l.name}</option>`)}</select>` : nothing}</span>`;
  }

  // ---- packets

  #packets(t: Words, beside: Store, { differences, shifted }: Comparison): TemplateResult {
    const { store } = this;
    const count = (kind: Difference['kind']): number => differences.filter((d) => d.kind === kind).length;
    const name = this.#name(this.other);
    const [mine, theirs] = [this.#until(store), this.#until(beside)];
    const behind = mine < theirs ? store : theirs < mine ? beside : undefined;
    return html`<h3><span>${t('diff.packets')}</span></h3>
      <p class="sum">${differences.length ? t('diff.counts', { missing: count('missing'), added: count('added'), changed: count('changed'), name })
        : shifted ? nothing : t('diff.packets.none')} ${shifted ? t('diff.shifted', { n: shifted }) : nothing}</p>
      ${behind ? html`<p class="sum">${t('diff.stopped', { name: behind === store ? this.#name(store.view.timeline) : name, time: clock(behind.view.end) })}
        <button type="button" class="link" @click=${this.#runBoth}>${t('diff.run')}</button></p>` : nothing}
      <ol @keydown=${(e: KeyboardEvent) => walk(e, 'button')}>${differences.slice(0, MOST).map((d, i) => this.#difference(t, beside, d, i))}</ol>
      ${differences.length > MOST ? html`<p class="sum">${t('diff.more', { n: differences.length - MOST })}</p>` : nothing}`;
  }

  #difference(t: Words, beside: Store, d: Difference, i: number): TemplateResult {
    const { store } = this;
    const [of, frame] = d.a === undefined ? [beside, d.b ?? 0] : [store, d.a];
    const { frames, view } = of;
    const ends = `${nodeName(nodeOf(view, frames.from(frame)), this.t)} → ${nodeName(nodeOf(view, frames.to(frame)), this.t)}`;
    const letter = of.flowOf(frames.flow(frame))?.letter ?? '';
    const again = frames.resent(frame) ? ` ${this.t('sequence.again')}` : '';
    const kind = d.kind === 'added' ? t('diff.added', { name: this.#name(this.other) }) : t(`diff.${d.kind}`);
    return html`<li><button type="button" tabindex=${i === 0 ? 0 : -1} @click=${() => this.#go(d)}>
      <span class="time">${clock(d.time).replace(' s', '')}</span><b>${letter} ${packetName(of, frame)}${again}</b><span class="ends">${ends}</span>
      <span class="what">${d.kind === 'changed' ? this.#aspects(t, beside, d) : kind}</span></button></li>`;
  }

  #aspects(t: Words, beside: Store, { what, a = 0, b = 0 }: Difference): TemplateResult[] {
    const { store } = this;
    const told = (aspect: Difference['what'][number]): string => {
      switch (aspect) {
        case 'fate': return `${this.t(recorded(store, a))} → ${this.t(recorded(beside, b))}`;
        case 'ack': return `ACK ${store.frames.ack(a)} → ${beside.frames.ack(b)}`;
        case 'flags': return `${flagNames(store.frames.flags(a))} → ${flagNames(beside.frames.flags(b))}`;
        case 'edited': return t('diff.bytes');
        case 'delayed': return later(t, store.frames.ends(a), beside.frames.ends(b));
      }
    };
    return what.map((aspect, i) => html`${i ? ', ' : ''}${told(aspect)}`);
  }

  /** Chooses the packet in both diagrams, as far as both have it. */
  #go({ a, b }: Difference): void {
    this.#beside?.store.set({ selected: b });
    this.store.set({ selected: a, flow: undefined });
    // Each brings what is chosen in it into view; the one that has it leads.
    this.#leading = this.renderRoot.querySelector<Sequence>(a === undefined ? '.b' : '.a') ?? undefined;
    void this.#agree();
  }

  readonly #runBoth = (): void => {
    const beside = this.#beside?.store;
    if (!beside) return;
    for (const store of [this.store, beside]) {
      store.act((s) => {
        const at = store.view.step;
        s.seek(store.view.steps);
        s.run(FAR, Infinity);
        s.seek(at);
      });
    }
    this.store.remember();
  };

  // ---- variables

  #variables(t: Words, beside: Store): TemplateResult {
    const { store } = this;
    const [a, b] = this.atEnd ? this.#atEnds(beside) : [store.view, beside.view];
    const groups = variables(a, b);
    const when = [{ value: false, text: t('diff.now', { time: clock(store.view.now) }) }, { value: true, text: t('diff.end') }];
    return html`<h3><span>${t('diff.variables')}</span>${choices(t('diff.when'), when, this.atEnd, (atEnd) => { this.atEnd = atEnd; })}</h3>
      ${groups.length ? groups.map((g) => this.#group(t, g, a, b)) : html`<p class="sum">${t('diff.variables.none')}</p>`}`;
  }

  #group(t: Words, { node, flow, rows }: Group, a: View, b: View): TemplateResult {
    const host = nodeName(nodeOf(a, node), this.t);
    const letter = flowOf(a, flow)?.letter ?? flowOf(b, flow)?.letter ?? '';
    const title = flow === undefined ? t('diff.counters', { host }) : t('diff.of', { host, letter });
    const bases = basesOf(a, flow, node, this.store.face.numbers === 'relative');
    const text = (row: VariableDifference, value: number | string | undefined): string =>
      value === undefined ? t('diff.gone') : typeof value === 'string' ? value : row.unit ? written({ name: row.name, unit: row.unit }, value, bases, this.t) : String(value);
    return html`<table><caption>${title}</caption>
      <thead><tr><th scope="col">${t('diff.variable')}</th><th scope="col">${this.#name(this.store.view.timeline)}</th><th scope="col">${this.#name(this.other)}</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${row.name === 'state' ? t('diff.state') : row.name}</th><td>${text(row, row.a)}</td><td>${text(row, row.b)}</td></tr>`)}</tbody></table>`;
  }

  /** Both worlds at their ends, seen from copies: nobody moves. */
  #atEnds(beside: Store): readonly [View, View] {
    const { store } = this;
    const key = `${store.view.timeline} ${store.view.steps} ${beside.view.steps} ${this.other}`;
    if (this.#ends?.key !== key) {
      const end = (of: Store): View => {
        const lone = of.session.lone(of.view.timeline);
        try {
          lone.seek(of.view.steps);
          lone.run(FAR, Infinity);
          return lone.view();
        } finally {
          lone.free();
        }
      };
      const value = store.attempt(() => [end(store), end(beside)] as const);
      if (!value) return [store.view, beside.view];
      this.#ends = { key, value };
    }
    return this.#ends.value;
  }
}

/** The last step of `store` that is recorded to have happened by `time`. */
function stepBefore(store: Store, time: number): number {
  let [low, high] = [0, store.view.steps];
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (timeAt(store.marks, store.frames, mid) <= time) low = mid;
    else high = mid - 1;
  }
  return Math.max(0, low - 1);
}

const FATES = ['flying', 'held', 'delivered', 'lost', 'droppedByPerson', 'droppedByHost'] as const;

/** What became of a frame in the end, wherever we stand. */
function recorded(store: Store, frame: number): ReturnType<typeof phaseName> {
  return `sequence.fate.${FATES[store.frames.fate(frame)] ?? 'flying'}`;
}

function later(t: Words, a: number, b: number): string {
  return b >= a ? t('diff.later', { time: duration(b - a) }) : t('diff.earlier', { time: duration(a - b) });
}

customElements.define('tcp-compare', Compare);
