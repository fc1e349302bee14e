import { css } from 'lit';

export const styles = css`
  h2 .go { display: flex; align-items: center; gap: 6px; height: 24px; margin: -4px 0; padding: 0 4px; color: var(--ink2); font: var(--t2) / 24px var(--sans); white-space: nowrap; }
  h2 .go:hover:not(:disabled) { color: var(--ink); }
  h2 .go:disabled { color: var(--ink3); }
  h2 .go kbd { font: var(--t1) / 24px var(--sans); color: var(--ink3); }
  h2 .remark { margin-left: auto; min-width: 0; }
  .both { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 0 32px; min-height: 0; overflow-y: auto; scrollbar-width: thin; padding-bottom: 8px; align-items: start; }
  h3 { position: sticky; top: 0; background: var(--paper); z-index: 1; padding-top: 4px; }
  ul { padding-top: 2px; }
  li { display: flex; align-items: baseline; gap: 8px; min-height: 24px; font: var(--t1) / 24px var(--mono); border-bottom: 1px solid var(--hair); }
  li input[type='checkbox'] { width: 14px; height: 14px; margin: 0; accent-color: var(--you); flex: none; align-self: center; }
  li code { font: inherit; flex: 1 1 30%; min-width: 80px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  li code i { font: italic var(--t3) / 24px var(--serif); color: var(--ink2); }
  .off code { color: var(--ink3); text-decoration: line-through; }
  .hits { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 2px; min-width: 0; }
  .hits button { font: inherit; color: var(--you); min-width: 24px; height: 24px; padding: 0 4px; }
  .hits button:hover { text-decoration: underline; }
  .hits button[aria-current] { background: var(--you-wash); font-weight: 700; }
  .count { font-family: var(--sans); color: var(--ink3); padding-left: 4px; white-space: nowrap; }
  .nth { display: flex; gap: 4px; font-family: var(--sans); color: var(--ink3); white-space: nowrap; align-items: center; }
  .nth input { width: 48px; font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 0; border-bottom: 1px solid var(--line); border-radius: 0; height: 20px; padding: 0 2px; text-align: right; }
  .remove { width: 24px; height: 24px; font: var(--t3) / 24px var(--sans); color: var(--ink3); flex: none; text-align: center; }
  .remove:hover { color: var(--lost); }
  .values { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 12px; min-width: 0; }
  .values .row { white-space: nowrap; }
  .values .lost { font: var(--t1) / 16px var(--serif); color: var(--lost); padding: 4px 0; }
  .who { font-family: var(--sans); color: var(--ink3); }
  form { padding: 6px 0; }
  .line { display: flex; gap: 4px; align-items: center; }
  .line input { flex: 1; min-width: 0; font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; height: 28px; padding: 0 6px; }
  .line input[aria-invalid] { border-color: var(--lost); }
  .line input::placeholder { color: var(--ink3); opacity: 1; }
  .line button { height: 28px; padding: 0 8px; white-space: nowrap; color: var(--ink2); font: var(--t2) / 28px var(--sans); }
  .line button:hover { color: var(--ink); background: var(--wash); }
  .line .primary { background: var(--ink); color: var(--paper); border-radius: 3px; padding: 0 12px; }
  .line .primary:hover { background: var(--ink); color: var(--paper); }
  .wrong pre { font: var(--t1) / 14px var(--mono); color: var(--lost); padding: 2px 7px 0; overflow-x: auto; }
  .wrong p { font: var(--t3) / 16px var(--serif); color: var(--lost); padding-top: 2px; }
  @container tool (max-width: 899px) { h2 .remark { display: none; } h2 .go kbd { display: none; } }
  @container tool (max-width: 599px) {
    section { grid-template-rows: 44px minmax(0, 1fr); }
    h2 .go { height: 44px; margin: 0; }
    .both { grid-template-columns: minmax(0, 1fr); gap: 12px; align-content: start; }
    li { flex-wrap: wrap; min-height: 44px; align-items: center; }
    li code { flex: 1 1 100%; order: -1; white-space: normal; overflow-wrap: anywhere; line-height: 18px; padding-top: 6px; }
    li input[type='checkbox'] { width: 22px; height: 22px; }
    .remove, .hits button { min-width: 44px; height: 44px; }
    .line { flex-wrap: wrap; } .line input { flex: 1 1 100%; height: 44px; font-size: 16px; } .line button { height: 44px; flex: 1; }
  }
`;
