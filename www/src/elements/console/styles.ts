import { css } from 'lit';

export const styles = css`
  .terminal { display: flex; flex-direction: column; min-height: 0; cursor: text; }
  .said { overflow-y: auto; scrollbar-width: thin; min-height: 0; flex: 1; padding-bottom: 4px; font: var(--t1) / 16px var(--mono); }
  .said > * { padding: 1px 0; }
  .made p:first-child { display: flex; gap: 6px; align-items: baseline; }
  .made .cross { align-self: center; }
  .when { width: 36px; flex: none; text-align: right; color: var(--ink3); margin-right: 4px; }
  .text { overflow-wrap: anywhere; }
  .failed .text { color: var(--lost); }
  .sentence { font: var(--t3) / 18px var(--serif); color: var(--ink2); padding-left: 46px; overflow-wrap: anywhere; }
  .wrong .sentence { color: var(--lost); }
  .echo, pre { padding-left: 46px; }
  .echo { color: var(--ink2); overflow-wrap: anywhere; }
  pre { font: inherit; overflow-x: auto; scrollbar-width: thin; }
  .caret { color: var(--lost); font-weight: 700; }
  .prompt { position: relative; display: flex; align-items: center; gap: 8px; flex: none; height: 36px; border-top: 1px solid var(--hair); font: var(--t2) / 16px var(--mono); }
  .who { color: var(--ink3); white-space: nowrap; }
  .who i { color: var(--you); font-weight: 700; }
  input { flex: 1; min-width: 0; height: 32px; border: 0; padding: 0; background: none; color: var(--ink); font: inherit; caret-color: var(--you); }
  input::placeholder { color: var(--ink3); opacity: 1; }
  input:focus { outline: none; }
  .prompt:focus-within { box-shadow: inset 0 -2px 0 var(--you); }
  .popup { position: absolute; left: 0; bottom: 37px; max-width: min(680px, 100%); min-width: min(380px, 100%); background: var(--paper); border: 1px solid var(--ink); z-index: 3; font: var(--t1) / 20px var(--mono); }
  ul { max-height: 164px; overflow-y: auto; scrollbar-width: thin; padding: 2px 0; }
  li { display: flex; justify-content: space-between; gap: 24px; padding: 0 10px; cursor: pointer; white-space: nowrap; }
  li code { font-size: var(--t1); flex: none; }
  li span { color: var(--ink3); overflow: hidden; text-overflow: ellipsis; }
  li[aria-selected='true'] { background: var(--you-wash); box-shadow: inset 2px 0 0 var(--you); }
  li:hover { background: var(--wash); }
  .usage { padding: 3px 10px; color: var(--ink2); overflow-wrap: anywhere; }
  ul:not([hidden]) + .usage { border-top: 1px solid var(--hair); }
  .usage b { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  @container tool (min-width: 900px) { .popup { left: 42%; max-width: 58%; } }
  @container tool (max-width: 599px) {
    .prompt { height: 44px; font-size: 16px; }
    input { height: 44px; }
    .popup { bottom: 45px; }
    li { line-height: 36px; }
    .when { width: 24px; } .sentence, .echo, pre { padding-left: 34px; }
  }
`;
