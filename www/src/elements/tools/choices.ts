import { html, type TemplateResult } from 'lit';

/** A row of choices of which one holds: one stop for the Tab key, arrows choose. */
export function choices<V>(label: string, all: readonly { readonly value: V; readonly text: string }[], chosen: V, choose: (value: V) => void): TemplateResult {
  const move = (e: KeyboardEvent): void => {
    const by = e.key === 'ArrowRight' || e.key === 'ArrowDown' ? 1 : e.key === 'ArrowLeft' || e.key === 'ArrowUp' ? -1 : 0;
    if (!by) return;
    e.preventDefault();
    e.stopPropagation();
    const to = (all.findIndex((c) => c.value === chosen) + by + all.length) % all.length;
    choose((all[to] as { value: V }).value);
    (e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>('button')[to]?.focus();
  };
  return html`<span class="choices" role="radiogroup" aria-label=${label} @keydown=${move}>${all.map((c) => html`<button type="button" role="radio"
    aria-checked=${c.value === chosen} tabindex=${c.value === chosen ? 0 : -1} @click=${() => choose(c.value)}>${c.text}</button>`)}</span>`;
}
