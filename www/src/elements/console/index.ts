import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Completions, ErrorView } from '../../engine/pkg/views.js';
import { stop } from '../../engine/run.js';
import { clock } from '../../locales/format.js';
import { errorSentence } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { cross, signs } from '../host-panel/signs.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { choices } from '../tools/choices.js';
import { frame } from '../tools/styles.js';
import { words, type Words } from '../tools/words.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { scrollback, type Entry } from './lines.js';
import { desk, type Desk } from './desk.js';
import { styles } from './styles.js';
import { accept, usageAt } from './typing.js';

/** Most lines of the log that the scrollback looks through. */
const MOST = 400;
const EXAMPLE = 'connect(3, "10.0.0.2", 80)';

/** A console on a host: calls and questions as a person types them there, completed while typing. */
export class Console extends Element {
  static override properties = { node: { attribute: false }, line: { state: true }, open: { state: true }, active: { state: true } };
  static override styles = [reset, panel, signs, spokenStyles, frame, styles];

  /** Host, until a person chooses another. */
  declare node: number | undefined;
  declare protected line: string;
  /** Whether what could come next is shown. */
  declare protected open: boolean;
  /** Item of it that Tab takes; -1 while the arrows have not been used. */
  declare protected active: number;
  #shown = '';

  constructor() {
    super();
    this.line = '';
    this.open = false;
    this.active = -1;
  }

  override focus(): void {
    void this.updateComplete.then(() => this.#input?.focus());
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input');
  }

  get #desk(): Desk {
    return desk(this.store);
  }

  /** The host typed at: the one chosen, the one that the element was given, the server. */
  get #host(): number {
    const { nodes } = this.store.view;
    const chosen = this.#desk.node ?? this.node;
    return (nodes.find((n) => n.id === chosen) ?? nodes.find((n) => n.role === 'server') ?? nodes[0])?.id ?? 0;
  }

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const node = this.#host;
    const name = nodeName(nodeOf(store.view, node), this.t);
    const entries = this.#entries(node);
    const offered = this.open ? this.#offered(node) : undefined;
    const all = store.view.nodes.map((n) => ({ value: n.id, text: nodeName(n, this.t) }));
    return html`<section aria-label=${t('console.label', { host: name })}>
      <h2><span class="sr">${t('console.label', { host: name })}</span>${choices(t('console.host'), all, node, (id) => { this.#desk.node = id; this.#closed(); this.requestUpdate(); })}
        <span class="remark">${t('console.hint')}</span></h2>
      <div class="terminal" @click=${(e: Event) => this.#clicked(e)}>
        <div class="said" role="log" aria-live="polite" aria-label=${t('console.said')} tabindex="0">${entries.length ? entries.map((e) => this.#entry(e))
          : html`<p class="none">${t('console.empty', { call: EXAMPLE })}</p>`}</div>
        <form class="prompt" @submit=${(e: Event) => { e.preventDefault(); this.#enter(node); }}>
          <span class="who" aria-hidden="true">${name} <i>$</i></span>${this.#field(t, offered)}${offered ? this.#list(t, offered) : nothing}</form></div></section>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const { revision } = this.store;
    const shown = `${revision} ${this.#host} ${this.#desk.notes.length}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const said = this.renderRoot.querySelector('.said');
    if (said) said.scrollTop = said.scrollHeight;
  }

  // ---- what was said

  #entries(node: number): Entry[] {
    const { store } = this;
    const { step, timeline, timelines } = store.view;
    return scrollback(store.log(node, MOST), this.#desk.notes, { node, step, timeline, timelines });
  }

  #entry(e: Entry): TemplateResult {
    if (e.kind === 'asked') return html`<div class="asked"><p class="echo">$ ${e.line}</p><pre>${e.answer.replace(/\n$/, '')}</pre></div>`;
    if (e.kind === 'wrong') {
      return html`<div class="wrong"><p class="echo">$ ${e.line}</p>${e.column === undefined ? nothing : html`<pre class="caret" aria-hidden="true">${' '.repeat(e.column + 1)}^</pre>`}${this.#why(e.error)}</div>`;
    }
    return html`<div class="made ${e.failed ? 'failed' : ''}"><p><span class="when" title=${clock(e.time)}>${e.step}</span>${e.failed ? cross : nothing}<span class="text">${e.text}</span></p>${e.error ? this.#why(e.error) : nothing}</div>`;
  }

  #why(error: ErrorView): TemplateResult {
    return html`<p class="sentence">${spoken(errorSentence(this.store.lang, error))}</p>`;
  }

  // ---- typing

  #field(t: Words, offered: Completions | undefined): TemplateResult {
    const listed = (offered?.items.length ?? 0) > 0;
    return html`<input type="text" role="combobox" aria-label=${t('console.prompt')} aria-autocomplete="list" aria-expanded=${listed} aria-controls="offered"
      aria-activedescendant=${listed && this.active >= 0 ? `item-${this.active}` : nothing} autocomplete="off" autocapitalize="off" spellcheck="false" enterkeyhint="go"
      placeholder=${EXAMPLE} .value=${this.line} @input=${(e: Event) => this.#typed((e.target as HTMLInputElement).value)}
      @keydown=${(e: KeyboardEvent) => this.#key(e, offered)} @blur=${() => this.#closed()}>`;
  }

  #offered(node: number): Completions | undefined {
    return this.store.attempt(() => this.store.session.complete(node, this.line));
  }

  #list(t: Words, offered: Completions): TemplateResult | typeof nothing {
    const { items, usage } = offered;
    if (!items.length && !usage) return nothing;
    const [before, now, after] = usageAt(usage, this.line);
    return html`<div class="popup">
      <ul id="offered" role="listbox" aria-label=${t('console.offered')} ?hidden=${!items.length}>${items.map((c, i) => html`<li id="item-${i}" role="option" aria-selected=${i === Math.max(this.active, 0)}
        @pointerdown=${(e: Event) => { e.preventDefault(); this.#take(offered, i); }}><code>${c.text}</code><span>${c.hint}</span></li>`)}</ul>
      ${usage ? html`<p class="usage" role="status"><span class="sr">${t('console.usage', { usage })}</span><span aria-hidden="true">${before}<b>${now}</b>${after}</span></p>` : nothing}</div>`;
  }

  #typed(line: string): void {
    this.line = line;
    this.active = -1;
    this.open = line.trim() !== '';
  }

  #closed(): void {
    this.open = false;
    this.active = -1;
  }

  #key(e: KeyboardEvent, offered: Completions | undefined): void {
    const count = offered?.items.length ?? 0;
    const used = (): void => { e.preventDefault(); e.stopPropagation(); };
    if (e.isComposing) return;
    if (e.key === 'Escape' && this.open) { used(); return this.#closed(); }
    if (e.key === 'Escape') { used(); return this.#leave(); }
    if (e.key === ' ' && e.ctrlKey) { used(); this.open = true; return; }
    if (e.key === 'Tab' && !e.shiftKey && offered && count) { used(); return this.#take(offered, Math.max(this.active, 0)); }
    // Enter makes the call, unless the arrows have gone to an item.
    if (e.key === 'Enter' && offered && this.active >= 0 && this.active < count) { used(); return this.#take(offered, this.active); }
    if (e.key !== 'ArrowDown' && e.key !== 'ArrowUp') return;
    used();
    const by = e.key === 'ArrowDown' ? 1 : -1;
    if (count && (by === 1 || this.active >= 0)) {
      this.active = Math.min(this.active + by, count - 1);
      void this.updateComplete.then(() => this.renderRoot.querySelector(`#item-${Math.max(this.active, 0)}`)?.scrollIntoView({ block: 'nearest' }));
      return;
    }
    const line = this.#desk.history.walk(by, this.line);
    if (line === undefined) return;
    this.#set(line);
    this.#closed();
  }

  /** Escape empties the line; once it is empty, the keys are the page's again. */
  #leave(): void {
    if (this.line) return this.#set('');
    this.#input?.blur();
    (this.getRootNode() as ShadowRoot).querySelector<HTMLElement>('.app')?.focus();
  }

  #take(offered: Completions, index: number): void {
    const item = offered.items[index];
    if (!item) return;
    this.#set(accept(this.line, offered, item));
    this.active = -1;
    this.open = true;
  }

  #set(line: string): void {
    this.line = line;
    const input = this.#input;
    if (!input) return;
    input.value = line;
    input.setSelectionRange(line.length, line.length);
  }

  // ---- asking and calling

  #enter(node: number): void {
    const line = this.line.trim();
    if (!line) return;
    stop(this.store);
    this.#desk.history.add(line);
    this.#desk.enter(node, line);
    this.#set('');
    this.#closed();
    this.requestUpdate();
  }

  /** A click on what was said goes on typing, unless it marked text. */
  #clicked(e: Event): void {
    if (!(e.target as globalThis.Element).closest('input') && getSelection()?.isCollapsed !== false) this.#input?.focus();
  }
}

customElements.define('tcp-console', Console);
