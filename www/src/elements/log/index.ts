import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { LogLine } from '../../engine/pkg/views.js';
import { perform } from '../../engine/actions.js';
import { errorSentence, plain } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { walk } from '../host-panel/roving.js';
import { cross, signs } from '../host-panel/signs.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { errnoOf } from '../console/lines.js';
import { choices } from '../tools/choices.js';
import { frame } from '../tools/styles.js';
import { words } from '../tools/words.js';
import { current, timeOfDay } from './reading.js';
import { styles } from './styles.js';

/** Most lines that are shown. */
const MOST = 500;
/** Most lines that are shown of what lies ahead. */
const AHEAD = 200;

/** Every call of every process as strace(1) writes it; choosing a line goes to its step. */
export class Log extends Element {
  static override properties = { of: { state: true } };
  static override styles = [reset, panel, signs, frame, styles];

  /** Host whose calls are shown; all without one. */
  declare protected of: number | undefined;
  #shown = '';

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const lines = store.log(this.of, MOST);
    const ahead = store.logAhead(this.of, AHEAD);
    const at = Math.max(0, current(lines, store.view.step));
    const all = [{ value: undefined as number | undefined, text: t('log.all') }, ...store.view.nodes.map((n) => ({ value: n.id, text: nodeName(n, this.t) }))];
    return html`<section aria-label=${t('log.label')}>
      <h2><span class="sr">${t('log.label')}</span>${choices(t('log.of'), all, this.of, (of) => { this.of = of; })}<span class="fact">${t('log.strace')}</span>
        <span class="remark">${lines.length === MOST ? t('log.earlier', { n: MOST }) : t('log.hint')}</span></h2>
      ${lines.length || ahead.length ? html`<ol @keydown=${(e: KeyboardEvent) => walk(e, 'button')}>${[...lines, ...ahead].map((l, i) => this.#line(l, i < lines.length, i === at))}</ol>`
        : html`<p class="none">${t('log.none')}</p>`}</section>`;
  }

  protected override updated(_changed: PropertyValues): void {
    const shown = `${this.store.revision} ${this.of}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    const list = this.renderRoot.querySelector('ol');
    const last = list?.querySelectorAll<HTMLElement>('li:not(.ahead)');
    const line = last?.[last.length - 1];
    // Only the list scrolls, never the page around it; a line or two of what lies ahead stays in sight.
    if (list && line) list.scrollTop = line.offsetTop - list.offsetTop + 3 * line.offsetHeight - list.clientHeight;
  }

  #line(l: LogLine, past: boolean, stop: boolean): TemplateResult {
    const now = l.step === this.store.view.step;
    const t = words[this.store.lang];
    const host = nodeName(nodeOf(this.store.view, l.node), this.t);
    const error = l.failed ? errnoOf(l.text) : undefined;
    const why = error && plain(errorSentence(this.store.lang, error));
    return html`<li class="${l.failed ? 'failed' : ''} ${past ? '' : 'ahead'}" aria-current=${now ? 'step' : nothing}><button type="button" tabindex=${stop ? 0 : -1}
      aria-label="${t('log.row', { step: l.step, host, pid: l.pid, text: l.text })} ${why ?? ''}" @click=${() => perform(this.store, 'seek', { step: l.step })}>
      <span class="time">${timeOfDay(l.time)}</span><span class="who">${host}</span><span class="pid">${l.pid}</span><span class="text">${l.failed ? cross : nothing}${l.text}</span>${why ? html`<span class="why">${why}</span>` : nothing}</button></li>`;
  }
}

customElements.define('tcp-log', Log);
