import { html, nothing, type TemplateResult } from 'lit';
import { actions, keyHint, perform, type ActionId } from '../../engine/actions.js';
import { toEngineError, type EngineError } from '../../engine/engine.js';
import { added, hits, type Breakpoint } from '../../engine/stops.js';
import type { HistoryView, OperandValue, WatchRow, WatchView } from '../../engine/pkg/views.js';
import { duration } from '../../locales/format.js';
import { errorSentence, plain } from '../../locales/sentences.js';
import { Element, icon, panel, reset } from '../base/index.js';
import { basesOf, flowOf, nodeName, nodeOf } from '../host-panel/view.js';
import { written } from '../tcb/values.js';
import { frame } from '../tools/styles.js';
import { caret, variableOf } from './reading.js';
import { styles } from './styles.js';
import { words } from './words.js';

/** Steps of hits that are offered at once. */
const SHOWN = 8;
/** Conditions to begin with; `?` stands for the client's name as expressions write it. */
const EXAMPLES = ['rule == "RTO fired"', 'retransmission', 'drop && tcp.len > 0', 'state == ESTABLISHED', 'A.?.cwnd < was(A.?.cwnd)', 'tcp.flags.reset', 'call == "accept"', 'changed(ListenDrops)', 'time >= 2 s'];

type Form = 'stop' | 'watch';
interface Wrong { readonly form: Form; readonly text: string; readonly error: EngineError }

/** Breakpoints and watches: where a run ends, forwards and back, and the values one keeps in sight. */
export class Stops extends Element {
  static override properties = { wrong: { state: true } };
  static override styles = [reset, panel, frame, styles];

  declare protected wrong: Wrong | undefined;
  #names: readonly string[] | undefined;
  #history: { revision: number; view: HistoryView | undefined } | undefined;

  get #t(): (typeof words)['en'] {
    return words[this.store.lang];
  }

  protected override render(): TemplateResult {
    const t = this.#t;
    const { stops, watches } = this.store.face;
    return html`<section aria-label=${t('stops.label')}>
      <h2><span class="sr">${t('stops.label')}</span>${this.#button('previous', t('stops.previous'))}${this.#button('next', t('stops.next'))}
        <span class="remark" role="status">${this.#status()}</span></h2>
      <div class="both">
        <div class="list">
          <h3><span>${t('stops.list')}</span></h3>
          ${this.#form('stop')}
          ${stops.length ? html`<ul>${stops.map((b) => this.#stop(b))}</ul>` : html`<p class="none">${t('stops.none')}</p>`}
        </div>
        <div class="list">
          <h3><span>${t('watch.list')}</span></h3>
          ${this.#form('watch')}
          ${watches.length ? html`<ul>${watches.map((w, i) => this.#watch(w, this.store.watched[i]))}</ul>` : html`<p class="none">${t('watch.none')}</p>`}
        </div>
      </div>
      <datalist id="names">${(this.#names ??= this.store.engine.Session.names()).map((n) => html`<option value=${n}></option>`)}</datalist>
      <datalist id="examples">${EXAMPLES.map((e) => html`<option value=${e.replaceAll('?', this.#client)}></option>`)}</datalist></section>`;
  }

  #button(id: ActionId & ('next' | 'previous'), label: string): TemplateResult {
    return html`<button type="button" class="go" ?disabled=${!actions[id].allowed(this.store)} title=${this.t('action.withKey', { action: label, key: keyHint(id) })}
      @click=${() => perform(this.store, id)}>${icon(id === 'next' ? 'step' : 'back')}<span>${label}</span><kbd aria-hidden="true">${keyHint(id)}</kbd></button>`;
  }

  /** That nothing was met; else what history holds. */
  #status(): string {
    const { nowhere } = this.store.face;
    if (nowhere?.revision !== this.store.revision) return this.#kept();
    return this.#t(nowhere.back ? 'stops.notFoundBack' : 'stops.notFound');
  }

  /** What history holds, and that all of it can still be reached. */
  #kept(): string {
    const { store } = this;
    if (this.#history?.revision !== store.revision) this.#history = { revision: store.revision, view: store.attempt(() => store.session.history()) };
    const { view } = this.#history;
    if (!view) return '';
    const weight = ((view.weight + view.records) / 2 ** 20).toFixed(1);
    const worlds = this.#t(view.spacing <= view.firstSpacing ? 'history.all' : 'history.thinned', { spacing: view.spacing, weight });
    return view.aside || view.marksAside ? `${worlds} ${this.#t('history.aside', { n: view.aside, marks: view.marksAside })}` : worlds;
  }

  get #client(): string {
    return this.store.view.nodes.find((n) => n.role === 'client')?.name.replaceAll(' ', '') ?? 'Client';
  }

  // ---- breakpoints

  #stop(b: Breakpoint): TemplateResult {
    const t = this.#t;
    const what = this.#what(b);
    const steps = [...(hits(this.store).get(b.id) ?? [])].sort((x, y) => x - y);
    return html`<li class=${b.enabled ? '' : 'off'}>
      <input type="checkbox" .checked=${b.enabled} aria-label=${t('stops.enabled', { what })} @change=${() => this.#change(b, { enabled: !b.enabled })}>
      <code title=${what}>${b.at ? html`${what}${b.when ? html` <i>${t('stops.when')}</i> ${b.when}` : nothing}` : b.when}</code>
      <span class="hits">${this.#near(steps).map((step) => html`<button type="button" aria-label=${t('stops.go', { step, what })} title=${t('stops.go', { step, what })}
        aria-current=${step === this.store.view.step ? 'step' : nothing} @click=${() => perform(this.store, 'seek', { step })}>${step}</button>`)}<span class="count">${t('stops.hits', { n: steps.length })}</span></span>
      <label class="nth">${t('stops.every')}<input type="number" min="1" max="1000000" .value=${String(b.nth)} aria-label=${t('stops.nth', { what })}
        @change=${(e: Event) => this.#change(b, { nth: Math.max(1, Math.floor(Number((e.target as HTMLInputElement).value)) || 1) })}></label>
      <button type="button" class="remove" aria-label=${t('stops.remove', { what })} title=${t('stops.remove', { what })}
        @click=${() => this.store.set({ stops: this.store.face.stops.filter((x) => x.id !== b.id) })}>×</button></li>`;
  }

  /** The hits nearest to where we stand. */
  #near(steps: readonly number[]): readonly number[] {
    const at = steps.findIndex((s) => s >= this.store.view.step);
    const from = Math.max(0, Math.min((at < 0 ? steps.length : at) - SHOWN / 2, steps.length - SHOWN));
    return steps.slice(from, from + SHOWN);
  }

  #what(b: Breakpoint): string {
    if (!b.at) return b.when;
    return this.#t('stops.line', { file: b.at.file, line: b.at.line, host: nodeName(nodeOf(this.store.view, b.at.node), this.t) });
  }

  #change(b: Breakpoint, change: Partial<Breakpoint>): void {
    this.store.set({ stops: this.store.face.stops.map((x) => (x.id === b.id ? { ...x, ...change } : x)) });
  }

  // ---- watches

  #watch(text: string, view: WatchView | undefined): TemplateResult {
    const t = this.#t;
    const rows = view?.rows ?? [];
    return html`<li><code title=${text}>${text}</code><span class="values">${view?.error ? html`<span class="lost">${plain(errorSentence(this.store.lang, view.error))}</span>`
      : rows.length ? rows.map((r) => this.#row(text, r, rows.length > 1)) : t('watch.nothing')}${view?.more ? html`<span class="count">${t('watch.more', { n: view.more })}</span>` : nothing}</span>
      <button type="button" class="remove" aria-label=${t('watch.remove', { what: text })} title=${t('watch.remove', { what: text })}
        @click=${() => this.store.set({ watches: this.store.face.watches.filter((w) => w !== text) })}>×</button></li>`;
  }

  #row(text: string, row: WatchRow, several: boolean): TemplateResult {
    const value = this.#value(text, row, row.value);
    const was = row.was == null ? undefined : this.#value(text, row, row.was);
    const { view } = this.store;
    const letter = flowOf(view, row.flow)?.letter ?? '';
    const who = several ? html`<span class="who">${letter} ${row.node == null ? '' : nodeName(nodeOf(view, row.node), this.t)}</span> ` : nothing;
    return html`<span class="row">${who}<span class=${row.changed ? 'changed' : ''} title=${was ? this.#t('watch.was', { was }) : nothing}>${was ? `${was} → ${value}` : value}</span></span>`;
  }

  #value(text: string, row: WatchRow, value: OperandValue): string {
    const { view, face } = this.store;
    if (value.kind === 'word') return value.value;
    const name = variableOf(text);
    const bases = name ? basesOf(view, row.flow, row.node, face.numbers === 'relative') : undefined;
    if (value.kind === 'seq') return written({ name: name ?? text, unit: 'seq' }, value.value, bases, this.t);
    if (row.unit === 'ns') return duration(value.value);
    if (row.unit === 'bool') return value.value ? this.t('tcb.true') : this.t('tcb.false');
    return Number.isFinite(value.value) ? String(Number(value.value.toPrecision(12))) : '∞';
  }

  // ---- the lines below

  #form(form: Form): TemplateResult {
    const t = this.#t;
    const wrong = this.wrong?.form === form ? this.wrong : undefined;
    const watch = form === 'watch';
    const placeholder = watch ? t('watch.placeholder', { client: this.#client }) : t('stops.placeholder');
    return html`<form class=${form} @submit=${(e: Event) => this.#take(e, form, 'add')}>
      <div class="line"><input name="text" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" list=${watch ? 'names' : 'examples'} placeholder=${placeholder}
          aria-label=${watch ? t('watch.expression') : t('stops.condition')} aria-invalid=${wrong ? 'true' : nothing} aria-describedby=${wrong ? `${form}-wrong` : nothing}
          @input=${() => { this.wrong = undefined; }} @keydown=${this.#leave}>
        ${watch ? nothing : html`<button type="button" @click=${(e: Event) => this.#take(e, form, 'untilBack')}>${t('stops.untilBack')}</button><button type="button" @click=${(e: Event) => this.#take(e, form, 'until')}>${t('stops.until')}</button>`}
        <button type="submit" class="primary">${watch ? t('watch.add') : t('stops.add')}</button></div>
      ${wrong ? html`<div class="wrong" id="${form}-wrong" role="alert"><pre aria-hidden="true">${caret(wrong.text, wrong.error)}</pre><p>${plain(errorSentence(this.store.lang, wrong.error))}</p></div>` : nothing}</form>`;
  }

  /** The keys are the page's again. */
  readonly #leave = (e: KeyboardEvent): void => {
    if (e.key === 'Escape') (this.getRootNode() as ShadowRoot).querySelector<HTMLElement>('.app')?.focus();
  };

  /** What is typed joins its list, or is run to once. */
  #take(e: Event, form: Form, what: 'add' | 'until' | 'untilBack'): void {
    e.preventDefault();
    const input = this.renderRoot.querySelector<HTMLInputElement>(`form.${form} input`);
    if (!input) return;
    const text = input.value.trim();
    const error = this.#check(text, form === 'stop');
    this.wrong = error && { form, text, error };
    if (error) return input.focus();
    const { store } = this;
    if (form === 'watch') {
      if (!store.face.watches.includes(text)) store.set({ watches: [...store.face.watches, text] });
      input.value = '';
    } else if (what === 'add') {
      store.set({ stops: added(store.face.stops, { when: text, at: undefined }) });
      input.value = '';
    } else perform(store, what, { when: text });
  }

  /** What is wrong with an expression. */
  #check(text: string, condition: boolean): EngineError | undefined {
    const { store } = this;
    try {
      store.session.checkExpression(text, condition);
      return undefined;
    } catch (thrown) {
      if (!(thrown instanceof Error) || thrown instanceof WebAssembly.RuntimeError) return void store.attempt(() => { throw thrown; });
      return toEngineError(thrown);
    }
  }

  override focus(): void {
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('form.stop input')?.focus());
  }
}

customElements.define('tcp-stops', Stops);
