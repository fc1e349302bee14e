import { css } from 'lit';

/** The frame that console, log and pipeline share: a heading beside the tabs, and what scrolls below it. */
export const frame = css`
  :host { display: block; min-height: 0; min-width: 0; height: 100%; container: tool / inline-size; }
  section { display: grid; grid-template-rows: 32px minmax(0, 1fr); height: 100%; padding: 0 16px; }
  h2 { padding-left: var(--lead, 0); gap: 16px; min-width: 0; }
  p.none { font: italic var(--t3) / 18px var(--serif); color: var(--ink2); padding-top: 6px; }
  :host(:lang(zh)) p.none { font-style: normal; }
  .choices { display: flex; gap: 14px; min-width: 0; overflow-x: auto; scrollbar-width: none; }
  .choices button { flex: none; height: 24px; margin: -4px 0; min-width: 24px; color: var(--ink3); white-space: nowrap; }
  .choices button[aria-checked='true'] { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  h2 .remark { overflow: hidden; text-overflow: ellipsis; }
  @container tool (max-width: 599px) {
    section { grid-template-rows: 44px minmax(0, 1fr); padding: 0 12px; }
    h2 { height: 44px; align-items: center; padding-top: 0; padding-left: 0; }
    .choices button { height: 44px; margin: 0; padding: 0 4px; }
    h2 .remark { display: none; }
  }
`;
