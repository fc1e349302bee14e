/** The small signs that panels share: a lane's glyph, the bars of a hold, the cross of a loss, the diamond of an edit. */
import { css, svg, html, type TemplateResult } from 'lit';

/** A connection's lane in small: hollow while half-open, solid once ESTABLISHED, dotted where there is none. */
export function lane(form: 'hollow' | 'solid' | 'free', selected = false): TemplateResult {
  return html`<svg class="sign lane ${form} ${selected ? 'selected' : ''}" width="8" height="12" viewBox="0 0 8 12" aria-hidden="true">
    ${form === 'solid' ? svg`<rect x="1" width="6" height="12"></rect>` : svg`<rect x="1.5" y=".5" width="5" height="11"></rect>`}</svg>`;
}

/** Two bars: held or parked by a person. */
export const bars = html`<svg class="sign bars" width="9" height="10" viewBox="0 0 9 10" aria-hidden="true"><path d="M2 1v8M6 1v8"></path></svg>`;

/** A cross: lost, dropped, full. */
export const cross = html`<svg class="sign cross" width="10" height="10" viewBox="0 0 10 10" aria-hidden="true"><path d="M1.5 1.5l7 7m0-7l-7 7"></path></svg>`;

/** A diamond: edited. */
export const diamond = html`<svg class="sign diamond" width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="M6 1l5 5-5 5-5-5z"></path></svg>`;

/** A square: a standing rule acted. */
export const square = html`<svg class="sign square" width="9" height="9" viewBox="0 0 9 9" aria-hidden="true"><path d="M1 1h7v7h-7z"></path></svg>`;

export const signs = css`
  .sign { fill: none; stroke: currentColor; flex: none; }
  .sign .solid { fill: currentColor; stroke: none; }
  .lane { vertical-align: -2px; stroke: var(--ink3); }
  .lane.solid { fill: var(--ink3); stroke: none; }
  .lane.free { stroke-dasharray: 1.5 1.5; stroke: var(--line); }
  .lane.selected { stroke: var(--ink); }
  .lane.solid.selected { fill: var(--ink); stroke: none; }
  .bars { stroke: var(--time); stroke-width: 2; vertical-align: -1px; }
  .cross { stroke: var(--lost); stroke-width: 1.75; vertical-align: -1px; }
  .square { fill: var(--edit); stroke: none; }
  .diamond { fill: var(--edit); stroke: none; vertical-align: -2px; }
`;
