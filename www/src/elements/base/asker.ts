/** A value that can be asked who set it: one press goes to the step that last changed it. */
import { css, html, type TemplateResult } from 'lit';
import { perform } from '../../engine/actions.js';
import type { Value } from '../../engine/journey.js';
import type { Element } from './element.js';

/** `name` is what is shown beside the value; `stop`: the Tab key comes here, arrows go between it and the others. */
export function asker(of: Element, value: Value, name: string, content: unknown, stop = true): TemplateResult {
  const label = of.t('who.label', { name });
  return html`<button type="button" class="asks" tabindex=${stop ? 0 : -1} title=${label} @click=${(e: Event) => {
    e.stopPropagation();
    perform(of.store, 'who', value);
  }}><span>${content}</span><span class="sr">, ${label}</span></button>`;
}

export const askerStyles = css`
  .asks { font: inherit; color: inherit; text-align: inherit; height: auto; min-height: 16px; min-width: 16px; cursor: pointer; }
  .asks:hover { text-decoration: underline dotted; text-underline-offset: 2px; }
  @media (pointer: coarse) { .asks { min-height: 24px; min-width: 24px; } }
`;
