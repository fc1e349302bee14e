import { SCENARIOS } from '../../engine/shipped.js';
import { html, nothing, svg, type TemplateResult } from 'lit';
import { actions, keyHint, perform, type ActionId } from '../../engine/actions.js';
import type { Text } from '../../engine/pkg/views.js';
import { ROOMS } from '../../engine/store.js';
import { Element, icon, reset, type IconName } from '../base/index.js';
import { styles } from './styles.js';

/** Actions of the menu; a gap is a line. */
const MENU: readonly (ActionId | null)[] = [
  'connect', 'callByHand', 'park', null, 'undo', 'redo', 'mend', 'numbers', null, 'network', 'graphs', 'timelines', 'fork', 'compare', null, 'zoomIn', 'zoomOut', null,
  'share', 'pcapng', 'capture', 'save', 'open', null, 'session', 'script', 'conformance', null, 'language', 'theme', 'keys', 'help',
];

/** What can be undone and has a name of its own in each language. */
const CHANGES = ['edit', 'inject', 'hold', 'deliver', 'drop', 'duplicate', 'delay', 'repeat', 'split', 'merge', 'reorder', 'rule', 'unrule', 'link', 'call', 'park', 'unpark', 'fork', 'rename', 'delete', 'open'] as const;

/** What is open, on which timeline, and what concerns the whole page. */
export class TopBar extends Element {
  static override properties = { full: { type: String } };
  static override styles = [reset, styles];

  /** Address of the whole page, in an embedded figure. */
  declare full: string | undefined;

  protected override render(): TemplateResult {
    const { t, store } = this;
    const { lang, face } = store;
    const here = face.room === 'session';
    return html`<div class="bar" role="region" aria-label=${t('top.label')}>
      <span class="brand" translate="no">TCP Playground</span>
      ${here ? this.#session() : html`<h1>${t(`action.${face.room}`)}</h1>`}
      <nav aria-label=${t('action.menu')}>
        ${this.full ? nothing : this.#rooms()}
        ${this.full ? html`<a class="open" href=${this.full} target="_blank" rel="noopener">${t('top.openFull')} ${icon('open', 12)}</a>` : html`
        ${here ? html`${this.#button('share', 'share')}${this.#button('pcapng', 'save')}` : nothing}`}
        <button aria-label=${t('action.language')} title=${t('action.language')} @click=${() => perform(store, 'language')}>
          <span lang="zh-CN" class=${lang === 'en' ? 'off' : 'on'}>中</span> / <span class=${lang === 'en' ? 'on' : 'off'}>EN</span></button>
        ${this.full ? nothing : html`<button class="mid-theme" aria-label=${t(`top.theme.${face.theme}`)} title=${t(`top.theme.${face.theme}`)}
          @click=${() => perform(store, 'theme')}>${icon('theme')}</button>
        <button class="mid" aria-label=${t('action.help')} title=${t('action.help')} @click=${() => perform(store, 'help')}>${icon('help')}</button>
        <button class="narrow-menu" popovertarget="menu" aria-label=${t('action.menu')} title=${t('action.menu')}>${icon('menu')}</button>
        <div id="menu" class="menu" popover @toggle=${this.#place} @click=${this.#close}>
          ${MENU.filter((id) => here || id === null || actions[id].everywhere).map((id, i, all) => (id !== null ? this.#item(id) : all[i - 1] ? html`<hr>` : nothing))}</div>`}
      </nav></div>`;
  }

  /** The page's other rooms; the one that we stand in is marked. */
  #rooms(): TemplateResult {
    const { t, store } = this;
    return html`<span class="rooms" role="group" aria-label=${t('top.rooms')}>${ROOMS.map((room) => html`<button aria-current=${room === store.face.room ? 'page' : nothing}
      title=${t('action.withKey', { action: t(`action.${room}`), key: keyHint(room) })} @click=${() => perform(store, room)}>${t(`action.${room}`)}</button>`)}</span>`;
  }

  /** The scenario that is open, and its timeline. */
  #session(): TemplateResult {
    const { t, store } = this;
    const { view, lang } = store;
    const text = (x: Text): string => (lang === 'en' ? x.en : x.zh);
    const known = SCENARIOS.some((s) => s.id === view.scenario.id);
    return html`<span class="pick"><h1>${text(view.scenario.title)}</h1>${icon('chevron')}
        <select aria-label=${t('action.scenario')} @change=${this.#scenario}>
          ${known ? nothing : html`<option selected value="">${text(view.scenario.title)}</option>`}
          ${SCENARIOS.map((s) => html`<option value=${s.id} ?selected=${s.id === view.scenario.id}>${text(s.title)}</option>`)}
        </select></span>
      <span class="fact"><span class="key">${t('top.profile')}</span>${view.scenario.profile}</span>
      <span class="fact"><span class="key">${t('top.timeline')}</span>${this.#timelines()}${this.#fork()}</span>`;
  }

  #button(id: ActionId & ('share' | 'pcapng'), name: IconName): TemplateResult {
    const { t, store } = this;
    return html`<button class="mid" aria-label=${t(`action.${id}`)} title=${t('action.withKey', { action: t(`action.${id}`), key: keyHint(id) })}
      @click=${() => perform(store, id)}>${icon(name)}<span class="wide">${t(`action.${id}`)}</span></button>`;
  }

  #item(id: ActionId): TemplateResult {
    const { store } = this;
    return html`<button ?disabled=${!actions[id].allowed(store)} aria-pressed=${id === 'keys' ? String(store.face.keys) : nothing}
      @click=${() => perform(store, id)}><span>${id === 'keys' && store.face.keys ? '✓ ' : nothing}${this.#label(id)}</span><kbd aria-hidden="true">${keyHint(id)}</kbd></button>`;
  }

  /** What would be undone stands beside the word. */
  #label(id: ActionId): string {
    const { t, store } = this;
    const action = t(`action.${id}`);
    if ((id !== 'undo' && id !== 'redo') || store.draft?.canUndo) return action;
    const change = store.changes[id === 'undo' ? 0 : 1];
    if (!change) return action;
    const what = CHANGES.find((c) => c === change.what);
    return t('change', { action, what: what ? t(`change.${what}`) : change.what, text: change.text }).trim();
  }

  #timelines(): TemplateResult {
    const { t, store } = this;
    const { timelines, timeline } = store.view;
    const name = timelines.find((l) => l.id === timeline)?.name ?? '';
    if (timelines.length < 2) return html`<span>${name}</span>`;
    return html`<span class="pick">${name}${icon('chevron')}<select aria-label=${t('action.timeline')} @change=${this.#timeline}>
      ${timelines.map((l) => html`<option value=${l.id} ?selected=${l.id === timeline}>${l.name}</option>`)}</select></span>`;
  }

  /** Says beforehand that what is being done will make another timeline. */
  #fork(): TemplateResult | typeof nothing {
    const { t, store } = this;
    const { view, draft } = store;
    if (!draft?.dirty || view.step >= view.steps) return nothing;
    const names = new Set(view.timelines.map((l) => l.name));
    let n = 1;
    while (names.has(`edit ${n}`)) n++;
    return html`<span class="fork wide"><svg width="10" height="10" aria-hidden="true">${svg`<path d="M5 0l5 5-5 5-5-5z"></path>`}</svg>
      ${t('top.forks', { name: `edit ${n}` })}</span>`;
  }

  readonly #scenario = (e: Event): void => {
    const scenario = (e.target as HTMLSelectElement).value;
    if (scenario) perform(this.store, 'scenario', { scenario });
  };

  readonly #timeline = (e: Event): void => {
    perform(this.store, 'timeline', { timeline: Number((e.target as HTMLSelectElement).value) });
  };

  /** Under its button; a popover stands in the top layer, where only the window gives it a place. */
  readonly #place = (e: Event): void => {
    const menu = e.target as HTMLElement;
    const at = this.renderRoot.querySelector('.narrow-menu')?.getBoundingClientRect();
    if (!at) return;
    menu.style.setProperty('top', `${at.bottom + 4}px`);
    menu.style.setProperty('right', `${Math.max(0, document.documentElement.clientWidth - at.right)}px`);
  };

  readonly #close = (e: Event): void => (e.currentTarget as HTMLElement).hidePopover();
}

customElements.define('tcp-top-bar', TopBar);
