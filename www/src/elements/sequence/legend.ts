/** The signs, in one row under the figure. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { T } from '../../locales/index.js';

const arrow = svg`<path class="line" d="M0 5H16"></path><path class="head filled" d="M22 5l-7 -2.75v5.5z"></path>`;
const ack = svg`<path class="line" d="M0 5H21"></path><path class="head open" d="M15 1.5l7 3.5l-7 3.5"></path>`;
const data = svg`<path class="ribbon" d="M.5 3H15.5V7H.5z"></path><path class="head filled" d="M22 5l-7 -2.75v5.5z"></path>`;
const dropped = svg`<path class="line" d="M0 5H18"></path><path class="cross" d="M14 1l8 8M14 9l8 -8"></path>`;
const again = svg`<path class="line" d="M0 5H22"></path><circle class="ring" cx="9" cy="5" r="4.5"></circle>`;
const held = svg`<path class="line" d="M0 5H16"></path><path class="bars" d="M14 0v10M18.5 0v10"></path>`;
const edited = svg`<path class="token edited" d="M11 0l5 5l-5 5l-5 -5z"></path>`;
const ruled = svg`<rect class="token edited" x="8" y="1.5" width="7" height="7"></rect>`;
const predicted = svg`<path class="foreseen" d="M0 5H22"></path>`;

export function legend(t: T, rules: boolean): TemplateResult {
  const sign = (shapes: SVGTemplateResult, name: string, token = false): TemplateResult =>
    html`<li><svg width=${token ? 12 : 23} height="10" viewBox=${token ? '5.5 0 12 10' : '0 0 23 10'} aria-hidden="true">${shapes}</svg>${name}</li>`;
  return html`<ul class="legend" aria-label=${t('legend.label')}>
    ${sign(arrow, t('legend.syn'))}${sign(ack, t('legend.ack'))}${sign(data, t('legend.data'))}
    ${sign(dropped, t('legend.dropped'))}${sign(again, t('legend.again'))}${sign(held, t('legend.held'))}
    ${sign(edited, t('legend.edited'), true)}${sign(predicted, t('legend.predicted'))}${rules ? sign(ruled, t('legend.ruled'), true) : nothing}</ul>`;
}
