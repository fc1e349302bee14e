import { html, nothing, svg, type PropertyValues, type TemplateResult } from 'lit';
import { loadScriptEngine } from '../../engine/script-engine.js';
import { clock } from '../../locales/format.js';
import { errorSentence, plain } from '../../locales/sentences.js';
import { Element, icon, panel, reset, type IconName } from '../base/index.js';
import { Files } from './files.js';
import { Editor, type Marks } from './editor.js';
import { commands, hint, keyOf, type CommandId } from './keys.js';
import { ScriptState } from './state.js';
import { styles } from './styles.js';
import { words, type Words } from './words.js';
import './trace.js';
import './why.js';

/** Pause in typing after which the text is read again, ms. */
const PAUSE = 150;

const TABS = ['editor', 'trace', 'why'] as const;
type Tab = (typeof TABS)[number];

/** The room of packetdrill scripts: open, edit, step both ways, with the verdict on each line. */
export class Script extends Element {
  static override properties = { layout: {}, tab: { state: true }, looked: { state: true }, dropping: { state: true }, failure: { state: true } };
  static override styles = [reset, panel, styles];

  declare layout: 'wide' | 'middle' | 'phone' | 'embed';
  declare protected tab: Tab;
  /** Row of the trace that is looked at. */
  declare protected looked: number | undefined;
  declare protected dropping: boolean;
  declare protected failure: string | undefined;

  #files: Files | undefined;
  #editor: Editor | undefined;
  #stop: (() => void) | undefined;
  #revision = -1;
  #label = '';
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.layout = 'wide';
    this.tab = 'editor';
    this.dropping = false;
    this.addEventListener('dragover', (e) => this.#dragged(e));
    this.addEventListener('dragleave', (e) => {
      if (!this.contains(e.relatedTarget as Node | null)) this.dropping = false;
    });
    this.addEventListener('drop', (e) => this.#dropped(e));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pagehide', this.#keep);
    addEventListener('hashchange', this.#linked);
    void this.updateComplete.then(() => this.#begin());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#keep();
    removeEventListener('pagehide', this.#keep);
    removeEventListener('hashchange', this.#linked);
    this.#stop?.();
    this.#stop = undefined;
    this.#editor?.destroy();
    this.#editor = undefined;
    if (this.ready && this.store.roomKeys === this.#keys) this.store.roomKeys = undefined;
  }

  /** The element may be there before its session is. */
  protected override storeChanged(): void {
    super.storeChanged();
    void this.#files?.follow(this.store.face.asked?.script);
  }

  async #begin(): Promise<void> {
    while (!this.ready) await new Promise((done) => setTimeout(done, 10));
    if (!this.isConnected) return;
    this.store.roomKeys = this.#keys;
    try {
      const open = await loadScriptEngine();
      const page = ((this.getRootNode() as ShadowRoot).host as HTMLElement | undefined)?.hasAttribute('page') ?? false;
      const files = Files.of(this.store, () => new ScriptState(open), page);
      this.#files = files;
      this.#stop?.();
      this.#stop = files.subscribe(() => this.requestUpdate());
      this.failure = undefined;
      await files.begin(this.store.face.asked?.script);
      this.requestUpdate();
    } catch (thrown) {
      this.failure = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  protected override render(): TemplateResult {
    const t = words[this.store.lang];
    const files = this.#files;
    if (this.failure !== undefined) return html`<p class="loading failed" role="alert">${t('failed', { why: this.failure })}</p>`;
    if (!files?.begun) return html`<p class="loading">${t('loading')}</p>`;
    const { state } = files;
    return html`${this.#head(files, t)}
      ${this.#main(state, t)}
      ${this.#bar(state, t)}
      <p class="sr" role="status">${this.#said(state, t)}</p>
      ${files.note ? html`<p class="note ${files.note.bad ? 'bad' : ''}" role=${files.note.bad ? 'alert' : 'status'}>${files.note.text(t)}
        <button @click=${() => files.tell(undefined)}>${t('dismiss')}</button></p>` : nothing}
      ${this.dropping ? html`<p class="dropping">${t('drop')}</p>` : nothing}`;
  }

  protected override updated(_changed: PropertyValues): void {
    const files = this.#files;
    const parent = this.renderRoot.querySelector<HTMLElement>('.code');
    if (!files?.begun || !parent) return;
    const { state } = files;
    const label = words[this.store.lang]('label');
    if (!this.#editor) {
      const keys = commands.flatMap((c) => c.editor.map((key) => ({ key, run: () => this.perform(c.id) })));
      this.#editor = new Editor(parent, this.renderRoot as ShadowRoot, state.text, label, {
        changed: (text) => this.#typed(text), goTo: (line) => this.#goTo(line), keys,
      });
      [this.#label, this.#revision] = [label, state.revision];
    }
    if (state.revision !== this.#revision) {
      this.#revision = state.revision;
      this.looked = undefined;
      this.#editor.replace(state.text);
    }
    if (label !== this.#label) this.#editor.label((this.#label = label));
    this.#editor.show(this.#marks(state));
  }

  #marks({ view, events, fault }: ScriptState): Marks {
    const next = view?.next == null ? undefined : events[view.next];
    const message = fault ? plain(errorSentence(this.store.lang, fault.error)) : '';
    return {
      verdicts: view?.verdicts ?? [],
      next: next && [next.line, next.endLine],
      waiting: events.slice(view?.step ?? 0).map((e) => e.line),
      looked: this.looked === undefined ? undefined : view?.rows[this.looked]?.line ?? undefined,
      fault: fault && { line: fault.line, column: fault.column, message },
    };
  }

  // ---- what a person does

  /** Does what a button or a key says. */
  perform(id: CommandId): void {
    const files = this.#files;
    if (!files?.begun) return;
    this.#settle();
    const { state } = files;
    this.looked = undefined;
    switch (id) {
      case 'step': return state.step();
      case 'back': return state.back();
      case 'restart': return state.restart();
      case 'run': return state.running ? state.stop() : state.run((slice) => requestAnimationFrame(slice));
      case 'open': return this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click();
      case 'save': return files.save();
      case 'share': return void files.share();
    }
  }

  readonly #keys = (e: KeyboardEvent): boolean => {
    const id = keyOf(e);
    if (id) this.perform(id);
    return id !== undefined;
  };

  #typed(text: string): void {
    clearTimeout(this.#typing);
    this.looked = undefined;
    this.#typing = setTimeout(() => {
      this.#typing = undefined;
      this.#files?.state.edit(text);
    }, PAUSE);
    this.#pending = text;
  }

  #pending: string | undefined;

  /** What was typed last counts at once. */
  #settle(): void {
    if (this.#typing === undefined || this.#pending === undefined) return;
    clearTimeout(this.#typing);
    this.#typing = undefined;
    this.#files?.state.edit(this.#pending);
  }

  #goTo(line: number): void {
    this.#settle();
    this.looked = undefined;
    this.#files?.state.seekLine(line);
  }

  #dragged(e: DragEvent): void {
    if (!e.dataTransfer?.types.includes('Files')) return;
    e.preventDefault();
    this.dropping = true;
  }

  #dropped(e: DragEvent): void {
    const file = e.dataTransfer?.files[0];
    this.dropping = false;
    if (!file) return;
    e.preventDefault();
    void this.#files?.openFile(file);
  }

  /** A link pasted over the address of a page that is open already. */
  readonly #linked = (): void => void this.#files?.openLink();

  readonly #keep = (): void => {
    this.#settle();
    this.#files?.keep();
  };

  // ---- what is seen

  #head(files: Files, t: Words): TemplateResult {
    const { state } = files;
    const slash = state.name.lastIndexOf('/') + 1;
    const choose = (e: Event): void => {
      const { value } = e.target as HTMLSelectElement;
      if (value) void files.openShipped(value);
    };
    const profiles = ['linux', 'rfc', 'bsd43'];
    const named = state.profile ?? '';
    return html`<div class="head" role="region" aria-label=${t('name')}>
      <span class="pick"><h2 class="file"><span class="folder">${state.name.slice(0, slash)}</span>${state.name.slice(slash)}</h2>${icon('chevron')}
        <select aria-label=${t('choose')} @focus=${() => files.list()} @pointerdown=${() => files.list()} @change=${choose}>
          ${files.isShipped ? nothing : html`<option selected value="">${state.name}</option>`}
          ${[...files.folders].map(([folder, paths]) => html`<optgroup label=${folder}>${paths.map((path) => html`<option value=${path} ?selected=${files.isShipped && path === state.name}>${path.slice(folder.length + 1)}</option>`)}</optgroup>`)}
        </select></span>
      <span class="fact"><span class="key">${t('profile')}</span><span class="pick"><span>${state.view?.profile ?? (named || '–')}</span>${icon('chevron', 14)}
        <select aria-label=${t('profile')} @change=${(e: Event) => { this.#settle(); state.setProfile((e.target as HTMLSelectElement).value || undefined); }}>
          <option value="" ?selected=${named === ''}>${t('profile.script')}</option>
          ${profiles.map((p) => html`<option value=${p} ?selected=${p === named}>${p}</option>`)}</select></span></span>
      <span class="files">${(['open', 'save', 'share'] as const).map((id) => html`<button aria-label=${t(id)} title="${t(id)} ${hint(id)}" @click=${() => this.perform(id)}>
        ${this.layout === 'phone' ? icon(id === 'open' ? 'folder' : id) : nothing}<span>${t(id)}</span></button>`)}</span>
      <input type="file" hidden accept=".pkt,text/plain" aria-label=${t('open')} @change=${(e: Event) => {
        const input = e.target as HTMLInputElement;
        if (input.files?.[0]) void files.openFile(input.files[0]);
        input.value = '';
      }}></div>`;
  }

  #main(state: ScriptState, t: Words): TemplateResult {
    const { layout } = this;
    const tabs: readonly Tab[] = layout === 'wide' ? [] : layout === 'phone' ? TABS : ['trace', 'why'];
    const tab = tabs.includes(this.tab) ? this.tab : tabs[0];
    const shown = (panel: Tab): boolean => !tabs.includes(panel) || panel === tab;
    const role = (panel: Tab): string | typeof nothing => (tabs.includes(panel) ? 'tabpanel' : nothing);
    const look = (e: CustomEvent<number>): void => { this.looked = this.looked === e.detail ? undefined : e.detail; };
    const go = (e: CustomEvent<{ line: number; column: number }>): void => {
      this.tab = 'editor';
      void this.updateComplete.then(() => this.#editor?.focusAt(e.detail.line, e.detail.column));
    };
    return html`<main class="main" data-tabs=${tabs.length}>
      ${tabs.length ? this.#tabList(tabs, tab, state, t) : nothing}
      <div class="panel editor" id="panel-editor" role=${role('editor')} aria-label=${t('tab.editor')} ?hidden=${!shown('editor')}><div class="code"></div></div>
      <div class="panel" id="panel-trace" role=${role('trace')} aria-label=${t('tab.trace')} ?hidden=${!shown('trace')}>
        <tcp-script-trace .state=${state} .view=${state.view} .step=${hint('step')} .looked=${this.looked} @look=${look}></tcp-script-trace></div>
      <div class="panel reasons" id="panel-why" role=${role('why')} aria-label=${t('tab.why')} ?hidden=${!shown('why')}>
        <tcp-script-why .state=${state} .view=${state.view} @go=${go}></tcp-script-why></div></main>`;
  }

  #tabList(tabs: readonly Tab[], tab: Tab | undefined, { view, fault }: ScriptState, t: Words): TemplateResult {
    const move = (e: KeyboardEvent): void => {
      const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
      if (!by || !tab) return;
      e.preventDefault();
      this.tab = tabs[(tabs.indexOf(tab) + by + tabs.length) % tabs.length] as Tab;
      (e.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab=${this.tab}]`)?.focus();
    };
    const bad = view?.failure != null || fault !== undefined;
    return html`<div class="tabs ${bad ? 'bad' : ''}" role="tablist" aria-label=${t('tabs')} @keydown=${move}>${tabs.map((p) => html`<button role="tab" data-tab=${p}
      aria-selected=${String(p === tab)} tabindex=${p === tab ? 0 : -1} aria-controls="panel-${p}" @click=${() => (this.tab = p)}>${t(`tab.${p}`)}</button>`)}</div>`;
  }

  #bar(state: ScriptState, t: Words): TemplateResult {
    const { view, events } = state;
    const step = view?.step ?? 0;
    const word = view?.outcome ?? undefined;
    return html`<div class="bar" role="region" aria-label=${t('controls')}>
      <div class="controls">${this.#button('back', 'back', state.canBack, t)}${this.#button('step', 'step', state.canStep, t)}
        ${this.#button('run', state.running ? 'pause' : 'run', state.running || state.canStep, t)}${this.#button('restart', 'restart', state.canBack, t)}</div>
      <div class="scrub">${this.#scrub(state, t)}</div>
      <p class="position"><b>${clock(view?.now ?? 0)}</b><span>${t('position', { step, events: events.length })}${word ? html` · <span class=${word}>${t(`verdict.${word}`)}</span>` : nothing}</span></p></div>`;
  }

  #button(id: 'back' | 'step' | 'run' | 'restart', name: IconName, allowed: boolean, t: Words): TemplateResult {
    const label = t(name === 'pause' ? 'pause' : id);
    return html`<button data-command=${id} ?disabled=${!allowed} aria-label=${label} title=${t('withKey', { action: label, key: hint(id), editor: hint(id, true) })}
      @click=${() => this.perform(id)}>${icon(name)}<span>${label}</span><kbd aria-hidden="true">${hint(id)} ${hint(id, true)}</kbd></button>`;
  }

  #scrub({ view, events }: ScriptState, t: Words): TemplateResult {
    const step = view?.step ?? 0;
    const count = events.length;
    const x = (n: number): string => `${count ? (n / count) * 100 : 0}%`;
    const ticks = count <= 100 ? events : [];
    return html`<input type="range" min="0" max=${Math.max(count, 1)} .value=${String(step)} ?disabled=${!view} aria-label=${t('scrub')}
        aria-valuetext=${t('at', { step, events: count, time: clock(view?.now ?? 0) })}
        @input=${(e: Event) => { this.#settle(); this.looked = undefined; this.#files?.state.seek(Number((e.target as HTMLInputElement).value)); }}>
      <svg aria-hidden="true"><rect class="rail" x="0" y="22" width="100%" height="1"></rect><rect class="done" x="0" y="21" width=${x(step)} height="2"></rect>
        ${ticks.map((_, n) => svg`<rect class="tick" x=${x(n + 1)} y="17" width="1" height="5"></rect>`)}
        ${view?.failure ? svg`<svg x=${x(step)} y="22"><path class="cross" d="M-4 8l8 8m0-8l-8 8"></path></svg>` : nothing}
        <svg x=${x(step)} y="0"><rect class="knob" x="-1.500" y="11" width="3" height="21"></rect></svg></svg>`;
  }

  #said({ view, fault, name, events }: ScriptState, t: Words): string {
    if (fault) return t('said.fault', { why: plain(errorSentence(this.store.lang, fault.error)) });
    if (!view) return '';
    const last = view.verdicts.at(-1);
    const next = view.next == null ? undefined : events[view.next];
    return [
      last ? t('said.line', { line: last.line, verdict: t(`verdict.${last.verdict}`) }) : t('said.start', { name }),
      view.outcome ? t('said.over', { verdict: t(`verdict.${view.outcome}`) }) : '',
      next ? t('said.next', { line: next.line }) : '',
    ].filter(Boolean).join(' ');
  }
}

customElements.define('tcp-script', Script);
