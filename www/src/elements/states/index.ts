import { css, html, nothing, svg, type TemplateResult } from 'lit';
import type { FlowView } from '../../engine/pkg/views.js';
import { Mark } from '../../engine/records.js';
import { Element, panel, reset } from '../base/index.js';
import { } from '../host-panel/view.js';
import { arrow, edgesFor, SIZE, STATES, type Point } from './geometry.js';

/** In the order of `tcp::State`, as marks number them. */
const NAMES = ['CLOSED', 'LISTEN', 'SYN-SENT', 'SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'CLOSE-WAIT', 'CLOSING', 'LAST-ACK', 'TIME-WAIT'];

/** What this step did to the two ends of a connection. */
interface Taken {
  readonly edges: readonly (readonly [string, string])[];
  /** State in which a segment of it was refused. */
  readonly refused: string | undefined;
}

/** The RFC's state diagram with both ends of the chosen connection on it; the edge just taken is lit. */
export class States extends Element {
  static override styles = [reset, panel, css`
    :host { display: block; }
    svg { display: block; margin: 6px auto 0; overflow: visible; max-width: 100%; }
    text { font: var(--t1) var(--sans); fill: var(--ink3); text-anchor: middle; }
    .here { fill: var(--ink); font-weight: 700; }
    .who { font: italic var(--t1) var(--serif); fill: var(--ink2); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
    :host(:lang(zh)) .who { font: var(--t1) var(--sans); }
    path { fill: none; stroke: var(--line); }
    .lit { stroke: var(--you); stroke-width: 1.5; }
    .under { stroke: var(--ink); stroke-width: 1.5; }
    .under.refused { stroke: var(--lost); }
    .cross { stroke: var(--lost); stroke-width: 1.75; }
    p { font: var(--t1) / 16px var(--sans); color: var(--ink2); min-height: 16px; text-align: center; }
  `];

  protected override render(): TemplateResult {
    const { t, store } = this;
    const flow = store.flowOf(store.flow);
    const taken = flow ? this.#taken(flow) : { edges: [], refused: undefined };
    const edges = edgesFor(taken.edges);
    const lit = edges.find((e) => e.lit);
    const label = flow ? `${t('states.label')}. ${t('states.now', { client: flow.clientState ?? '–', server: flow.serverState ?? '–' })}` : t('states.label');
    return html`<section aria-label=${t('states.title')}>
      <h3><span>${t('states.title')}</span><span class="remark">${flow ? t('states.both', { letter: flow.letter }) : t('states.none')}</span></h3>
      <svg width=${SIZE.width} height=${SIZE.height} viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label=${label}>
        ${edges.map((e) => {
          const { line, head } = arrow(e.from, e.to);
          return svg`<g><title>${e.from} → ${e.to}: ${e.why}</title><path class=${e.lit ? 'lit' : ''} d=${line}></path><path class=${e.lit ? 'lit' : ''} d=${head}></path></g>`;
        })}
        ${Object.entries(STATES).map(([name, at]) => this.#state(name, at, flow, taken.refused === name))}
      </svg>
      <p>${lit ? html`${lit.from} → ${lit.to}: ${lit.why}` : taken.refused ? t('states.refused', { state: taken.refused }) : ''}</p></section>`;
  }

  #state(name: string, at: Point, flow: FlowView | undefined, refused: boolean): unknown {
    const ends = flow ? [flow.clientState === name && this.t('states.client'), flow.serverState === name && this.t('states.server')].filter((x) => x !== false) : [];
    const half = name.length * 3.6;
    return svg`<text class=${ends.length ? 'here' : ''} x=${at.x} y=${at.y + 4}>${name}</text>
      ${ends.length ? svg`<path class="under ${refused ? 'refused' : ''}" d="M${at.x - half} ${at.y + 7.5}h${2 * half}"></path>
        <text class="who" x=${at.x} y=${at.y + 18}>${ends.join(', ')}</text>` : nothing}
      ${refused ? svg`<path class="cross" d="M${at.x + half + 4} ${at.y - 4}l8 8m0-8l-8 8"></path>` : nothing}`;
  }

  /** What marks tell of this step. */
  #taken(flow: FlowView): Taken {
    const { marks, view } = this.store;
    const edges: [string, string][] = [];
    let refused: string | undefined;
    const [first, end] = marks.between(view.step, view.step);
    for (let i = end - 1; i >= first; i--) {
      if (marks.flow(i) !== flow.id) continue;
      if (marks.kind(i) === Mark.state) edges.unshift([NAMES[marks.a(i)] ?? '', NAMES[marks.b(i)] ?? '']);
      if (marks.kind(i) === Mark.refused) refused = (marks.node(i) === flow.serverNode ? flow.serverState : flow.clientState) ?? undefined;
    }
    return { edges, refused };
  }
}

customElements.define('tcp-states', States);
