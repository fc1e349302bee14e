import { css } from 'lit';

export const styles = css`
  :host { display: block; height: 100%; min-height: 0; min-width: 0; }
  .compare { display: grid; height: 100%; min-height: 0; grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr) minmax(280px, 340px); }
  .side { display: flex; flex-direction: column; min-width: 0; min-height: 0; padding: 0 16px; border-right: 1px solid var(--hair); }
  .side tcp-sequence { flex: 1; container-type: inline-size; }
  .list { overflow: hidden auto; scrollbar-width: thin; padding: 0 16px 16px; min-height: 0; }
  .list:focus-visible { outline-offset: -2px; }
  h2 { flex: none; }
  h2 .name { overflow: hidden; text-overflow: ellipsis; }
  .pick { position: relative; display: inline-flex; align-items: center; gap: 4px; }
  .pick select { position: absolute; inset: -8px -4px; width: calc(100% + 8px); height: calc(100% + 16px); opacity: 0; cursor: pointer; font: var(--t2) var(--sans); }
  .pick option { background: var(--paper); color: var(--ink); }
  .pick:focus-within { outline: 2px solid var(--you); outline-offset: 3px; }
  .close { margin: -6px -8px -6px auto; width: 28px; height: 28px; font: var(--t4) / 28px var(--sans); }
  .close:hover, .link:hover { background: var(--wash); }
  h3 { margin-top: 10px; }
  .sum { font: var(--t3) / 18px var(--serif); color: var(--ink2); padding: 4px 0; }
  .link { text-decoration: underline; text-underline-offset: 3px; font: var(--t2) / 18px var(--sans); min-height: 24px; }
  ol button { display: grid; grid-template-columns: 78px minmax(0, 1fr) auto; column-gap: 8px; width: 100%; min-height: 36px; padding: 3px 8px 3px 6px; text-align: left; border-left: 2px solid var(--edit); margin-bottom: 2px; }
  ol button:hover { background: var(--wash); }
  .time { font: var(--t1) / 16px var(--mono); color: var(--ink2); grid-row: 1 / 3; }
  b { font-weight: 600; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .ends { color: var(--ink3); font-size: var(--t1); white-space: nowrap; }
  .what { grid-column: 2 / 4; color: var(--edit); font-size: var(--t1); }
  .choices { display: flex; gap: 12px; font: var(--t1) / 20px var(--sans); }
  .choices button { min-height: 24px; margin: -2px 0; color: var(--ink3); white-space: nowrap; }
  .choices button[aria-checked='true'] { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  table { margin: 8px 0 4px; table-layout: fixed; }
  caption { text-align: left; font: italic var(--t3) / 18px var(--serif); color: var(--ink2); }
  :host(:lang(zh)) caption { font-style: normal; }
  th { font: var(--t1) / 18px var(--sans); color: var(--ink3); text-align: left; font-weight: 400; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  thead th { border-bottom: 1px solid var(--hair); }
  thead th + th, td { text-align: right; }
  td { font: var(--t1) / 18px var(--mono); overflow-wrap: anywhere; }
  td + td { color: var(--edit); }
  @media (max-width: 1279px) { .compare { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr) 260px; } .side { padding: 0 8px; } }
  :host([narrow]) { overflow: hidden auto; }
  :host([narrow]) .compare { display: block; height: auto; }
  :host([narrow]) .side { height: 340px; padding: 0 8px; border-right: 0; border-bottom: 1px solid var(--hair); }
  :host([narrow]) .list { overflow: visible; }
  :host([narrow]) .close { width: 44px; height: 44px; margin: 0 -12px 0 auto; }
  :host([narrow]) .list h2 { height: 44px; align-items: center; padding: 0; }
`;
