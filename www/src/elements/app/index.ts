import { FIRST, scenarioText } from '../../engine/shipped.js';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { actions, perform, type ActionId, type Arguments } from '../../engine/actions.js';
import { loadEngine, type Engine } from '../../engine/engine.js';
import { saveFile } from '../../engine/files.js';
import { keepTaste, keptTaste, reloaded } from '../../engine/persist.js';
import { stop } from '../../engine/run.js';
import { arrive, leave } from '../../engine/trail.js';
import { linkedTimeline } from '../../engine/share.js';
import { ROOMS, Store, type Lower, type Room, type Saved, type Theme } from '../../engine/store.js';
import type { Notice, Work } from '../../engine/work.js';
import { nearest, translator, type T } from '../../locales/index.js';
import { reset, StoreRequest, tokens } from '../base/index.js';
import { handleKey } from './keys.js';
import { layoutFor, panelsOf, type Layout, type Panel } from './layout.js';
import { spoken } from './speak.js';
import { styles } from './styles.js';
import { arrangement, load, type Tab } from './arrangement.js';

/** How long after a change the work is kept, ms. */
const KEEP_AFTER = 800;
/** How long the page waits for work to be back before it shows itself, ms. */
const PATIENCE = 400;
const badLink: Notice = { say: (lang) => translator(lang)('shell.badLink') };

/** Detail of the `step` event. */
export interface StepDetail {
  readonly step: number;
  readonly steps: number;
  /** ns. */
  readonly now: number;
  readonly finished: boolean;
}

/**
 * A whole playground: a session, its bars and panels. Any number may stand in a page, each with its own session.
 *
 * @attr scenario id of a shipped scenario, or its JSON; `accept-flow` without one
 * @attr {"en"|"zh-CN"} lang language; without one, the reader's
 * @attr {"auto"|"light"|"dark"} theme
 * @attr panels which parts are shown, by name: top sequence packet server client why states time console log pipeline
 * @attr view `embed` for the arrangement of a small frame, whatever the size; `script` or `conformance` for that room of the page
 * @attr script shipped packetdrill script that the room `script` opens on, by its path: `requirements/nagle.pkt`
 * @attr step step to open at
 * @attr seed of the session, where it should be another than the scenario's
 * @attr page it is the page: fills the window, takes the keys, keeps work over a reload, reads links
 * @attr {"page"} keys take the keys that are pressed where nothing in the page has the focus
 * @attr full address of the whole page, for a link out of an embedded one
 * @fires ready once a session stands
 * @fires step at every change of where we stand; detail {@link StepDetail}
 */
export class TcpPlayground extends LitElement {
  static override properties = {
    scenario: {}, script: {}, lang: { reflect: true }, theme: {}, panels: {}, view: {}, step: { type: Number, noAccessor: true },
    seed: { type: Number }, page: { type: Boolean, reflect: true }, keys: {}, full: {},
    failure: { state: true }, layout: { state: true }, tab: { state: true }, notice: { state: true },
  };
  static override styles = [tokens, reset, styles];

  declare scenario: string | undefined;
  declare script: string | undefined;
  declare theme: Theme | undefined;
  declare panels: string | undefined;
  declare view: string | null;
  declare seed: number | undefined;
  declare page: boolean;
  declare keys: string | undefined;
  declare full: string | undefined;
  declare protected failure: string | undefined;
  declare protected layout: Layout;
  declare protected tab: Tab;
  /** A word about what was found when the page was opened. */
  declare protected notice: Notice | undefined;

  #store: Store | undefined;
  #waiting: ((store: Store) => void)[] = [];
  #first: number | undefined;
  #stop: (() => void) | undefined;
  #room: Room = 'session';
  #said = '';
  #told = -1;
  #lower: Lower = 'packet';
  #work: Work | undefined;
  #keeping: ReturnType<typeof setTimeout> | undefined;
  #asks = 0;
  #resuming = false;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry) this.layout = layoutFor(entry.contentRect.width, entry.contentRect.height, this.view);
  });

  constructor() {
    super();
    this.page = false;
    this.view = null;
    this.layout = 'wide';
    this.tab = 'sequence';
    this.addEventListener(StoreRequest.type, (e) => {
      e.stopPropagation();
      void this.whenStore().then((e as StoreRequest).answer);
    });
    this.addEventListener('keydown', (e) => this.#store && handleKey(this.#store, e));
  }

  // ---- what a page may ask of it (v1)

  /** Version of attributes, properties, methods and events: what is there stays as long as this is 1. */
  static readonly version = 1;

  /** Step we stand at. Setting it goes there, running what has not run yet. */
  get step(): number {
    return this.#store?.view.step ?? this.#first ?? 0;
  }
  set step(step: number) {
    if (this.#store) this.#store.goTo(step);
    else this.#first = step;
  }

  /** Does what a button does; false where it is not allowed now. */
  perform(action: ActionId, args?: Arguments): boolean {
    return this.#store !== undefined && perform(this.#store, action, args);
  }

  /** Every action's name. */
  get actions(): readonly string[] {
    return Object.keys(actions);
  }

  /** The timeline as text; {@link restore} takes it. */
  save(): string | undefined {
    return this.#store && JSON.stringify(this.#store.saved());
  }

  /** Stands where a saved timeline stood. */
  async restore(text: string): Promise<void> {
    const [store, { restore }] = await Promise.all([this.whenStore(), import('../../engine/journey.js')]);
    await restore(store, JSON.parse(text) as Saved);
  }

  /** The session's store, as soon as there is one. */
  whenStore(): Promise<Store> {
    const store = this.#store;
    return store ? Promise.resolve(store) : new Promise((answer) => this.#waiting.push(answer));
  }

  // ---- life

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resize.observe(this);
    document.addEventListener('keydown', this.#pageKey);
    addEventListener('pagehide', this.#keep);
    addEventListener('popstate', this.#travelled);
    if (this.#store) this.#stop = this.#store.subscribe(this.#changed);
    else void this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#keep();
    if (this.#store) stop(this.#store);
    this.#stop?.();
    this.#resize.disconnect();
    document.removeEventListener('keydown', this.#pageKey);
    removeEventListener('pagehide', this.#keep);
    removeEventListener('popstate', this.#travelled);
  }

  async #open(): Promise<void> {
    try {
      const engine = await loadEngine();
      const store = await this.#session(engine);
      if (this.#store) return;
      this.#store = store;
      this.#dress(store);
      if (this.page) {
        store.leapt = (from) => leave(store, from);
      }
      if (this.#first) store.goTo(this.#first);
      this.#stop = store.subscribe(this.#changed);
      store.remember();
      for (const answer of this.#waiting.splice(0)) answer(store);
      this.#changed();
      this.dispatchEvent(new CustomEvent('ready'));
    } catch (thrown) {
      this.failure = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  /** From a link, from before the reload, or from the scenario. */
  async #session(engine: Engine): Promise<Store> {
    const scenario = this.scenario ?? FIRST;
    const store = Store.open(engine, await scenarioText(scenario), this.seed);
    if (!this.page) return store;
    const linked = await linkedTimeline(location.hash);
    if (location.hash.startsWith('#t=') && !linked) this.notice = badLink;
    if (linked) {
      await this.#resume(store, linked, () => {
        this.notice = badLink;
      });
      // The work goes on from here; loading again must not throw it away for the link.
      history.replaceState(null, '', location.pathname + location.search);
    } else if (reloaded()) await this.#takeUp(store, scenario);
    return store;
  }

  /** The work of before the reload, if there is any that can be read. */
  async #takeUp(store: Store, scenario: string): Promise<void> {
    const { Work } = await import('../../engine/work.js');
    const work = (this.#work = await Work.open(this.id, scenario, true));
    const { saved } = work;
    if (saved) {
      await this.#resume(store, saved, (why) => {
        work.refuse(why, JSON.stringify(saved));
        this.notice = work.notice;
      });
    }
    this.notice = work.notice;
  }

  /** Goes back to saved work. Where that is a long way, the page is there meanwhile, and can stop it. */
  async #resume(store: Store, saved: Saved, failed: (why: string | undefined) => void): Promise<void> {
    this.#resuming = true;
    const { restore } = await import('../../engine/journey.js');
    const way = restore(store, saved).then((there) => {
      if (!there) failed(undefined);
    }, (thrown: unknown) => failed(thrown instanceof Error ? thrown.message : String(thrown))).finally(() => {
      this.#resuming = false;
    });
    await Promise.race([way, new Promise((later) => setTimeout(later, PATIENCE))]);
  }

  /** Language, theme and the like: the attribute first, then what was chosen before, then the reader's own. */
  #dress(store: Store): void {
    const kept = this.page ? keptTaste() : {};
    const lang = this.lang ? nearest(this.lang) : kept.lang ?? nearest(navigator.language);
    const theme = this.theme ?? kept.theme ?? 'auto';
    this.#room = roomOf(this.view);
    load(this.#room, () => this.requestUpdate());
    store.set({ ...kept, lang, theme, room: this.#room, asked: this.script ? { script: this.script } : undefined });
  }

  /** Another room has been entered: it is fetched, and the page's address names it. */
  #entered(room: Room): void {
    this.#room = room;
    load(room, () => this.requestUpdate());
    if (!this.page) return;
    const url = new URL(location.href);
    if (roomOf(url.searchParams.get('view')) === room) return;
    if (room === 'session') url.searchParams.delete('view');
    else url.searchParams.set('view', room);
    url.searchParams.delete('script');
    history.pushState(null, '', url);
  }

  /** Another panel is looked at below; where there is no below, it has a tab. A console takes the keys. */
  #looksAt(lower: Lower): void {
    this.#lower = lower;
    if (this.layout === 'phone') this.tab = lower === 'packet' ? 'packet' : 'console';
    if ((lower !== 'console' && lower !== 'stops') || this.shadowRoot?.activeElement?.getAttribute('role') === 'tab') return;
    const name = `tcp-${lower}`;
    void customElements.whenDefined(name).then(async () => {
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>(name)?.focus();
    });
  }

  /** The browser's own back and forward go between rooms, and back from where a value was set. */
  readonly #travelled = (e: PopStateEvent): void => {
    const store = this.#store;
    if (!this.page || !store) return;
    store.set({ room: roomOf(new URL(location.href).searchParams.get('view')) });
    stop(store);
    arrive(store, e.state);
  };

  readonly #changed = (): void => {
    const store = this.#store;
    if (!store) return;
    const { lang, theme, room } = store.face;
    if (room !== this.#room) this.#entered(room);
    if (this.#lower !== store.face.lower) this.#looksAt(store.face.lower);
    if (this.#asks !== store.face.asks) {
      this.#asks = store.face.asks;
      this.tab = 'why';
    }
    this.lang = lang;
    if (this.page) document.documentElement.lang = lang;
    if (theme === 'auto') delete this.dataset['theme'];
    else this.dataset['theme'] = theme;
    if (this.page) document.documentElement.dataset['theme'] = theme;
    this.requestUpdate();
    this.#keepSoon();
    if (this.#told === store.revision) return;
    this.#told = store.revision;
    const { step, steps, now, finished } = store.view;
    this.dispatchEvent(new CustomEvent<StepDetail>('step', { detail: { step, steps, now, finished } }));
  };

  readonly #keep = (): void => {
    const store = this.#store;
    if (!store || !this.page) return;
    keepTaste(store);
    // Until it is back, what is kept is the work itself.
    if (!this.#resuming) this.#work?.keep(store.saved());
  };

  /** The work is kept a moment after it changed, not at each step of a run. */
  #keepSoon(): void {
    if (!this.page || this.#keeping !== undefined) return;
    this.#keeping = setTimeout(() => {
      this.#keeping = undefined;
      void (async () => {
        if (!this.#work) {
          const { Work } = await import('../../engine/work.js');
          this.#work ??= await Work.open(this.id, this.scenario ?? FIRST, false);
        }
        this.#keep();
      })();
    }, KEEP_AFTER);
  }

  /** Keys pressed where nothing has the focus belong to the page. */
  readonly #pageKey = (e: KeyboardEvent): void => {
    if ((this.page || this.keys === 'page') && e.target === document.body && this.#store) handleKey(this.#store, e);
  };

  protected override willUpdate(changed: PropertyValues): void {
    const store = this.#store;
    if (!store || !this.hasUpdated) return;
    if (changed.has('scenario') && this.scenario && this.scenario !== store.view.scenario.id) {
      perform(store, 'scenario', { scenario: this.scenario });
    }
    if (changed.has('view')) store.set({ room: roomOf(this.view) });
    if (changed.has('script') && this.script) store.set({ asked: { script: this.script } });
    if (changed.has('lang') && this.lang && nearest(this.lang) !== store.lang) store.set({ lang: nearest(this.lang) });
    if (changed.has('theme') && this.theme && this.theme !== store.face.theme) store.set({ theme: this.theme });
  }

  protected override render(): TemplateResult {
    const store = this.#store;
    const t = translator(nearest(this.lang || navigator.language));
    if (this.failure !== undefined) return html`<p class="loading failed" role="alert">${t('shell.failed', { why: this.failure })}</p>`;
    if (!store) return html`<p class="loading">${t('shell.loading')}</p>`;
    const shown = panelsOf(this.panels);
    return html`${arrangement({ store, t, layout: this.layout, tab: this.tabOf(shown), shown, full: this.full, choose: (tab) => (this.tab = tab) })}
      <p class="sr" role="status" aria-live="polite">${store.face.room === 'session' ? this.#speech(store, t) : ''}</p>
      ${this.notice ? html`<p class="notice" role="alert">${this.notice.say(nearest(this.lang))}
        ${this.notice.file === undefined ? nothing : html`<button @click=${this.#saveNotice}>${this.notice.label?.(nearest(this.lang))}</button>`}<button @click=${() => (this.notice = undefined)}>${t('shell.dismiss')}</button></p>` : nothing}`;
  }

  readonly #saveNotice = (): void => {
    saveFile('damaged.timeline.json', new TextEncoder().encode(this.notice?.file ?? ''), 'application/json');
  };

  /** The tab chosen, if the arrangement has it. */
  protected tabOf(shown: ReadonlySet<Panel>): Tab {
    if (this.layout === 'phone') return this.tab === 'console' || shown.has(this.tab) ? this.tab : 'sequence';
    return this.tab === 'sequence' || this.tab === 'packet' || this.tab === 'console' || !shown.has(this.tab) ? 'server' : this.tab;
  }

  /** A run is not spoken, only where it ends. */
  #speech(store: Store, t: T): string {
    if (!store.face.running) this.#said = spoken(store, t);
    return this.#said;
  }
}

function roomOf(view: string | null): Room {
  return ROOMS.find((room) => room === view) ?? 'session';
}

customElements.define('tcp-playground', TcpPlayground);
declare global {
  interface HTMLElementTagNameMap { 'tcp-playground': TcpPlayground }
}
