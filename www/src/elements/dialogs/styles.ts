import { css } from 'lit';

export const styles = css`
  dialog { border: 1px solid var(--ink); border-radius: 0; padding: 0; margin: auto; width: min(440px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); background: var(--paper); color: var(--ink);
    font: var(--t2) / 16px var(--sans); overflow-y: auto; }
  dialog.widest { width: min(860px, calc(100vw - 32px)); }
  dialog.wide { width: min(640px, calc(100vw - 32px)); }
  dialog::backdrop { background: rgb(0 0 0 / 0.28); }
  .head { display: flex; align-items: center; justify-content: space-between; height: 44px; padding: 0 8px 0 16px; border-bottom: 1px solid var(--hair); }
  h2 { display: block; height: auto; padding: 0; font: var(--t4) / 20px var(--serif); }
  .head button { width: 32px; height: 32px; font: var(--t4) / 1 var(--sans); color: var(--ink2); }
  .body { padding: 12px 16px 16px; display: grid; gap: 12px; }
  .body > p { font: var(--t3) / 18px var(--serif); color: var(--ink2); }
  label, .field { display: grid; grid-template-columns: 112px minmax(0, 1fr); align-items: center; gap: 0 8px; }
  input, select { font: var(--t2) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; padding: 5px 6px; min-height: 28px; width: 100%; min-width: 0; }
  input[type='file'] { font-family: var(--sans); border: 0; padding-left: 0; }
  input[aria-invalid] { border-color: var(--lost); }
  .wrong { grid-column: 2; font: var(--t3) / 16px var(--serif); color: var(--lost); padding-top: 4px; }
  .buttons { display: flex; justify-content: flex-end; gap: 4px; }
  .buttons button { height: 32px; padding: 0 12px; border-radius: 3px; }
  .buttons .primary { background: var(--ink); color: var(--paper); }
  .result { font: var(--t1) / 16px var(--mono); padding: 6px 8px; background: var(--wash); box-shadow: inset 2px 0 0 var(--ink); overflow-wrap: anywhere; }
  .result .why { font: var(--t3) / 18px var(--serif); color: var(--ink2); padding-top: 4px; }
  .checks { display: flex; flex-wrap: wrap; gap: 2px 14px; }
  label.check { display: flex; align-items: center; gap: 6px; font: var(--t1) / 24px var(--mono); }
  .check input { width: 14px; min-height: 0; height: 14px; accent-color: var(--you); margin: 0; }
  .keys { max-height: 60vh; columns: 2; column-gap: 24px; }
  .keys div { display: flex; justify-content: space-between; gap: 8px; padding: 3px 0; border-bottom: 1px solid var(--hair); break-inside: avoid; }
  .keys kbd { font-family: var(--mono); color: var(--ink2); white-space: nowrap; }
  .toast { position: fixed; z-index: 20; left: 50%; bottom: 72px; transform: translateX(-50%); width: max-content; max-width: min(560px, calc(100vw - 32px)); display: flex; gap: 12px; align-items: flex-start;
    padding: 10px 8px 10px 14px; background: var(--lost-wash); box-shadow: inset 3px 0 0 var(--lost), 0 0 0 1px var(--hair); }
  .toast p { font: var(--t3) / 18px var(--serif); }
  .toast strong { font-weight: 700; color: var(--lost); }
  .toast button { width: 24px; height: 24px; flex: none; margin: -3px 0; font: var(--t4) / 1 var(--sans); }
  @media (max-width: 599px) {
    .buttons button { height: 44px; flex: 1; border-radius: 4px; } .head button { width: 44px; height: 44px; } input, select { min-height: 44px; font-size: 16px; }
    label, .field { grid-template-columns: 1fr; gap: 4px; } .wrong { grid-column: 1; } .keys { columns: 1; }
  }
`;
