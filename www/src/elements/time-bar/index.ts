import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { actions, keyHint, perform, SPEEDS, type ActionId } from '../../engine/actions.js';
import { enabled, hits } from '../../engine/stops.js';
import { clock } from '../../locales/format.js';
import type { Journey } from '../../engine/journey.js';
import { Element, icon, reset, type IconName } from '../base/index.js';
import { timeAt, timeLabel, type ScrubMarks } from './marks.js';
import { styles } from './styles.js';

/** Width of a mark of the scrubber with the room about it, px. */
const MARK = 4;
/** Room for a label under the scrubber, px. */
const LABEL = 74;
const NARROW_LABEL = 52;
/** Width of a character of a label, and room between two, px. */
const CHARACTER = 6.7;
const GAP = 8;

/** Step, run, scrub: where we stand in time, and the ways to stand elsewhere. */
export class TimeBar extends Element {
  static override properties = { width: { state: true } };
  static override styles = [reset, styles];

  declare width: number;
  #marks: { key: string; list: object; value: ScrubMarks } | undefined;
  readonly #resize = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.floor(entry.contentRect.width);
  });
  #watched: globalThis.Element | undefined;

  constructor() {
    super();
    this.width = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resize.disconnect();
    this.#watched = undefined;
  }

  protected override updated(): void {
    const scrub = this.renderRoot.querySelector('.scrub');
    if (!scrub || scrub === this.#watched) return;
    this.#watched = scrub;
    this.#resize.observe(scrub);
  }

  protected override render(): TemplateResult {
    const { t, store } = this;
    const { step, steps } = store.view;
    return html`<div class="bar" role="region" aria-label=${t('time.label')}>
      <div class="controls">
        ${this.#button('back', 'back')}${this.#button('step', 'step')}${this.#button('packet', 'packet')}${this.#button('call', 'call')}
        ${store.face.running ? this.#button('run', 'pause', 'action.pause') : this.#button('run', 'run')}
        ${this.#speed()}
      </div>
      <div class="scrub">${this.#scrub()}</div>
      <ul class="signs" aria-hidden="true">
        <li><svg width="9" height="9"><path class="state" d="M4 1h1v7h-1z"></path></svg>${t('time.mark.state')}</li>
        <li><svg width="9" height="9"><path class="cross" d="M1.500 1.500l6 6m0-6l-6 6"></path></svg>${t('time.mark.loss')}</li>
        <li><svg width="9" height="9"><path class="edit" d="M4.500 0l4.500 4.500l-4.500 4.500l-4.500-4.500z"></path></svg>${t('time.mark.edit')}</li>
        <li><svg width="9" height="9"><path class="stop" d="M0.500 1h8l-4 7z"></path></svg>${t('time.mark.stop')}</li>
      </ul>
      <p class="position"><b>${clock(store.clock)}</b><span>${store.face.journey ? this.#journey(store.face.journey) : store.face.nowhere?.revision === store.revision ? t('time.nowhere') : t('time.position', { step, steps })}</span></p>
    </div>`;
  }

  #button(id: ActionId, name: IconName, label: 'action.pause' | `action.${'back' | 'step' | 'packet' | 'call' | 'run'}` = `action.${id as 'back'}`): TemplateResult {
    const { t, store } = this;
    return html`<button data-action=${id} ?disabled=${!actions[id].allowed(store)} aria-keyshortcuts=${actions[id].keys[0] ?? ''}
      aria-label=${t(label)} title=${t('action.withKey', { action: t(label), key: keyHint(id) })} @click=${() => perform(store, id)}>
      ${icon(name)}<span>${t(label)}</span><kbd aria-hidden="true">${keyHint(id)}</kbd></button>`;
  }

  /** How far a long way is; the button that pauses a run stops it. */
  #journey({ kind, done, total }: Journey): TemplateResult {
    const text = total > 0 && done <= total ? this.t(`time.journey.${kind}`, { n: done }) : this.t('time.journey.on', { n: done });
    return html`${total > 0 && done <= total ? html`<progress max=${total} value=${done} aria-label=${text}></progress>` : nothing}${text}`;
  }

  #speed(): TemplateResult {
    const { t, store } = this;
    const label = (speed: number): string => {
      const ratio = speed / 1e9;
      const group = (n: number): string => String(Math.round(n)).replace(/\B(?=(\d{3})+$)/g, '\u202f');
      return t('time.speed', { virtual: ratio >= 1 ? group(ratio) : '1', real: ratio >= 1 ? '1' : group(1 / ratio) });
    };
    const choose = (e: Event): void => void perform(store, 'speed', { speed: Number((e.target as HTMLSelectElement).value) });
    return html`<span class="speed"><select aria-label=${t('action.speed')} @change=${choose}>
      ${SPEEDS.map((s) => html`<option value=${s} ?selected=${s === store.face.speed}>${label(s)}</option>`)}</select>${icon('chevron', 14)}</span>`;
  }

  #scrub(): TemplateResult {
    const { t, store } = this;
    const { step, steps } = store.view;
    const width = Math.max(this.width, 1);
    const x = (fraction: number): number => Math.round(fraction * width);
    const at = x(steps ? step / steps : 0);
    const marks = this.#scrubMarks(width);
    return html`<input type="range" min="0" max=${Math.max(steps, 1)} .value=${String(step)} ?disabled=${steps === 0}
        aria-label=${t('time.scrub')} aria-valuetext=${t('time.at', { step, steps, time: clock(store.clock) })}
        @input=${(e: Event) => perform(store, 'seek', { step: Number((e.target as HTMLInputElement).value) })}>
      <svg aria-hidden="true"><rect class="rail" x="0" y="18" width=${width} height="1"></rect>
        <rect class="done" x="0" y="17" width=${at} height="2"></rect>
        ${marks.state.map((f) => svg`<rect class="state" x=${x(f)} y="12" width="1" height="5"></rect>`)}
        ${marks.loss.map((f) => svg`<path class="cross" d="M${x(f) - 3} 22l6 6m0-6l-6 6"></path>`)}
        ${marks.stop.map((f) => svg`<path class="stop" d="M${x(f) - 4} 2h8l-4 7z"></path>`)}
        ${marks.edit.map((f) => svg`<path class="edit" d="M${x(f)} 2l4.500 4.500l-4.500 4.500l-4.500-4.500z"></path>`)}
        <rect class="knob" x=${at - 1.5} y="7" width="3" height="21"></rect>${this.#labels(width)}</svg>`;
  }

  #scrubMarks(width: number): ScrubMarks {
    const { store } = this;
    const found = hits(store);
    const stops = enabled(store).flatMap((b) => [...(found.get(b.id) ?? [])]);
    const key = `${store.view.steps} ${width} ${stops.length} ${stops.at(-1)}`;
    if (this.#marks?.key !== key || this.#marks.list !== store.list) {
      const value = this.#overview(Math.max(1, Math.round(width / MARK)), stops);
      this.#marks = { key, value, list: store.list };
    }
    return this.#marks.value;
  }

  /** What stands along the steps: one mark of a kind in a few pixels, however many there are. */
  #overview(places: number, stops: readonly number[]): ScrubMarks {
    const { store } = this;
    const { steps } = store.view;
    const [state = [], loss = [], edit = []] = store.overview(places);
    const stop = new Set(stops.filter((step) => step <= steps).map((step) => Math.round((step / Math.max(steps, 1)) * places)));
    const fractions = (list: Iterable<number>): number[] => [...list].map((p) => p / places);
    return { state: fractions(state), loss: fractions(loss), edit: fractions(edit), stop: fractions(stop) };
  }

  /** Times along the steps, as far apart as they can be read; each told once. */
  #labels(width: number): SVGTemplateResult[] {
    const { store } = this;
    const { steps, end } = store.view;
    if (!steps) return [];
    const count = Math.max(1, Math.min(steps, Math.floor(width / (width < 420 ? NARROW_LABEL : LABEL))));
    const final = `${timeLabel(end)} s`;
    let last = '';
    let free = 0;
    return Array.from({ length: count + 1 }, (_, i) => {
      const step = Math.round((i / count) * steps);
      const label = timeLabel(timeAt(store.marks, store.frames, step));
      const whole = i === count ? final : i === 0 ? `${label} s` : label;
      const x = (step / steps) * width;
      const wide = whole.length * CHARACTER;
      const [left, anchor] = i === 0 ? [0, 'start'] : i === count ? [width - wide, 'end'] : [x - wide / 2, 'middle'];
      const crowded = left < free || (i < count && left + wide > width - final.length * CHARACTER - GAP);
      if (label === last || (crowded && i < count)) return svg``;
      [last, free] = [label, left + wide + GAP];
      return svg`<text x=${x} y="41" text-anchor=${anchor}>${whole}</text>`;
    });
  }
}

customElements.define('tcp-time-bar', TimeBar);
