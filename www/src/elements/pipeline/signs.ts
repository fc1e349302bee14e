import { svg, html, type TemplateResult } from 'lit';
import type { Passage } from './stages.js';

/** How the segment fares at a stage, told by shape: ring, dot, cross, arrow back, and a tick where nothing is decided. */
export function sign(outcome: Passage['outcome']): TemplateResult {
  return html`<svg class="sign" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">${shapes[outcome]}</svg>`;
}

const shapes = {
  pass: svg`<circle class="ring" cx="7" cy="7" r="3.500"></circle>`,
  act: svg`<circle class="dot" cx="7" cy="7" r="4"></circle>`,
  drop: svg`<circle class="ring bad" cx="7" cy="7" r="6"></circle><path class="bad" d="M4.500 4.500l5 5m0-5l-5 5"></path>`,
  answer: svg`<circle class="ring bad" cx="7" cy="7" r="6"></circle><path class="bad" d="M10 7H4.500M6.500 5L4.500 7l2 2"></path>`,
  reset: svg`<circle class="ring bad" cx="7" cy="7" r="6"></circle><path class="bad" d="M10 7H4.500M6.500 5L4.500 7l2 2"></path>`,
  none: svg`<path class="tick" d="M7 4v6"></path>`,
  beyond: svg`<circle class="ring" cx="7" cy="7" r="3.500"></circle>`,
} as const;
