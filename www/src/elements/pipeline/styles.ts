import { css } from 'lit';

/** A trunk from left to right; at each stage a way down and out, with what is counted there. */
export const styles = css`
  h2 .what { font-weight: 600; }
  ol { display: grid; grid-template: 20px auto 1fr auto / minmax(0, 90fr) minmax(0, 115fr) minmax(0, 115fr) minmax(0, 135fr) minmax(0, 190fr) minmax(0, 135fr) minmax(0, 180fr); grid-auto-flow: column; min-height: 0; overflow-y: auto; scrollbar-width: thin; padding-bottom: 8px; }
  li { display: grid; grid-row: 1 / 5; grid-template-rows: subgrid; grid-template-columns: minmax(0, 1fr); min-width: 0; position: relative; padding-right: 16px; }
  /* The way out. */
  li::before { content: ''; position: absolute; left: 6.5px; top: 10px; bottom: 4px; border-left: 1px solid var(--hair); }
  li[data-stage='link']::before, li[data-stage='child']::before { display: none; }
  li.leaves::before { display: block; border-left: 1.75px solid var(--lost); left: 6px; }
  .spine { position: relative; height: 20px; margin-right: -16px; }
  .spine::before { content: ''; position: absolute; left: 7px; right: -7px; top: 9.5px; border-top: 1px solid var(--ink); }
  li:last-child .spine::before { right: 24px; }
  li:last-child:not(.beyond, .leaves) .spine::after { content: ''; position: absolute; right: 20px; top: 6px; border: 4px solid transparent; border-left: 7px solid var(--ink); }
  .leaves .spine::before, .beyond .spine::before, .idle .spine::before { border-top: 1px dashed var(--hair); }
  .spine .sign { position: absolute; left: 0; top: 3px; background: var(--paper); stroke: var(--ink); stroke-width: 1.25; }
  .sign .ring { fill: var(--paper); }
  .sign .dot { fill: var(--ink); stroke: none; }
  .sign .bad { stroke: var(--lost); stroke-width: 1.5; }
  .none .sign { background: none; stroke: var(--line); }
  .beyond .sign { stroke: var(--hair); }
  h3 { border: 0; height: 20px; padding-left: 18px; justify-content: start; }
  .beyond h3, .none h3 { color: var(--ink3); }
  .leaves h3 { color: var(--lost); font-weight: 700; }
  .told { padding: 0 0 4px 18px; }
  .told button { text-align: left; font: var(--t3) / 16px var(--serif); color: var(--ink2); overflow-wrap: anywhere; padding: 1px 0; }
  .told button:hover { color: var(--ink); text-decoration: underline; text-decoration-color: var(--line); }
  .told p:first-child button { color: var(--ink); }
  .leaves .told p:first-child { background: var(--lost-wash); margin-left: -8px; padding-left: 8px; }
  .more { font: var(--t1) / 16px var(--sans); color: var(--ink3); }
  .exit { padding-left: 18px; font: var(--t1) / 16px var(--mono); color: var(--ink3); align-self: end; }
  .counter { display: flex; flex-wrap: wrap; gap: 0 8px; justify-content: space-between; max-width: 200px; white-space: nowrap; }
  .counted { color: var(--ink); font-weight: 700; box-shadow: inset 2px 0 0 var(--ink); background: var(--wash); padding-left: 6px; }
  .leaves .counter { color: var(--ink2); }
  .out { font: 700 var(--t2) / 16px var(--sans); color: var(--lost); position: relative; }
  .out::before { content: ''; position: absolute; left: -11px; top: 8px; width: 8px; border-top: 1.75px solid var(--lost); }

  /* ---- middle: the rule that decides alone; the others stand under Why */
  @container tool (min-width: 900px) and (max-width: 1199px) {
    ol { grid-template-columns: minmax(0, 108fr) minmax(0, 122fr) minmax(0, 118fr) minmax(0, 122fr) minmax(0, 172fr) minmax(0, 96fr) minmax(0, 196fr); padding-bottom: 4px; }
    li { padding-right: 8px; } .spine { margin-right: -8px; }
    .told p + p { display: none; }
    .told button { font-size: var(--t2); line-height: 15px; padding: 0; }
  }

  /* ---- narrower: the trunk runs down */
  @container tool (max-width: 899px) {
    ol { display: block; padding: 0 0 16px; }
    li { display: grid; grid-template: auto auto auto / 22px minmax(0, 1fr) auto; grid-row: auto; padding: 0; min-height: 32px; }
    li::before, li[data-stage='link']::before, li[data-stage='child']::before { display: block; left: 6.5px; top: 10px; bottom: -10px; border-left: 1px solid var(--ink); }
    li:last-child::before { display: none; }
    li.leaves::before, li.beyond::before, .idle li::before { border-left: 1px dashed var(--hair); left: 6.5px; }
    .spine { grid-area: 1 / 1 / 3 / 2; margin: 0; } .spine::before, li:last-child .spine::after { display: none; }
    h3 { grid-area: 1 / 2; padding-left: 0; } .told { grid-area: 2 / 2; padding-left: 0; }
    .exit { grid-area: 1 / 3 / 3 / 4; align-self: start; padding-left: 12px; }
    .told button { min-height: 24px; }
    .out::before { display: none; } .out { text-align: right; }
  }
`;
