import { css } from 'lit';

export const styles = css`
  ol { overflow-y: auto; scrollbar-width: thin; min-height: 0; margin: 0 -16px; padding-bottom: 8px; font: var(--t1) / 20px var(--mono); }
  li button { display: grid; grid-template-columns: 72px 72px 28px minmax(0, auto) minmax(0, 1fr); gap: 0 12px; width: 100%; text-align: left; padding: 0 16px; font: inherit; }
  li button:hover { background: var(--wash); }
  li button:focus-visible { outline-offset: -2px; }
  li .time { color: var(--ink3); text-align: right; }
  .who { color: var(--ink2); font-family: var(--sans); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .pid { color: var(--ink3); text-align: right; }
  .text { overflow-wrap: anywhere; }
  .text .cross { margin-right: 6px; }
  .failed .text { color: var(--lost); }
  .why { font: var(--t3) / 20px var(--serif); color: var(--ink2); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .ahead .text, .ahead .who, .ahead .why { color: var(--ink3); }
  [aria-current] button { background: var(--you-wash); box-shadow: inset 2px 0 0 var(--you); }
  @container tool (max-width: 599px) {
    ol { margin: 0 -12px; }
    li button { grid-template-columns: 64px minmax(0, 1fr) auto; padding: 6px 12px; min-height: 44px; gap: 0 8px; line-height: 16px; }
    .text, .why { grid-column: 1 / 4; white-space: normal; }
    .who { order: 0; }
  }
`;
