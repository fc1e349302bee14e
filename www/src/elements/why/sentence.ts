import { css, html, type TemplateResult } from 'lit';
import type { Piece } from '../../locales/sentences.js';

/** A sentence of the catalogues as text: numbers and words of the field's own in mono. Nothing in it can be markup. */
export function spoken(parts: readonly Piece[]): TemplateResult[] {
  return parts.map((p) => (p.kind === 'text' ? html`${p.text}` : html`<span class="${p.kind}">${p.text}</span>`));
}

export const spokenStyles = css`
  .number, .word { font: var(--t1) / 1 var(--mono); overflow-wrap: anywhere; }
  .number { font-weight: 700; }
`;
