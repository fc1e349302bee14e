import { css } from 'lit';

export const styles = css`
  :host { display: block; }
  table { font: var(--t1) / 16px var(--mono); }
  th { font: var(--t1) / 16px var(--sans); color: var(--ink3); text-align: left; white-space: nowrap; padding: 0; font-weight: 400; }
  td { height: 20px; padding: 0; white-space: nowrap; position: relative; }
  .n { text-align: right; }
  th.n { padding-left: 8px; }
  .ss th { line-height: 20px; }
  .queue tbody td { border-top: 1px solid var(--hair); }
  thead td { height: 16px; }
  caption { text-align: left; font: var(--t2) / 20px var(--sans); padding-top: 2px; white-space: nowrap; }
  caption > div { display: flex; gap: 4px; align-items: baseline; contain: inline-size; }
  caption > div > * { flex: none; }
  caption .dim { flex: 1 1 0; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  caption b { font: 600 var(--t1) / 20px var(--mono); }
  caption b .sign { margin-right: 4px; }
  caption b .asks { min-width: 24px; min-height: 24px; text-align: right; }
  .queue td:first-child { min-width: 30px; padding: 0 4px 0 4px; }
  .queue td.peer { width: 100%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
  h3 .fact { margin-left: 3px; }
  tr.chosen td { background: var(--you-wash); }
  tr.chosen td:first-child { box-shadow: inset 2px 0 0 var(--you); }
  tr.over td { border-top: 1px dashed var(--lost); background: var(--lost-wash); }
  tr.over.chosen td { background: var(--you-wash); }
  .refused { color: var(--lost); cursor: pointer; }
  .refused td { border-top: 1px solid var(--lost); }
  .refused .n, .refused b { font: 700 var(--t1) / 16px var(--sans); }
  .refused .n { font-weight: 400; }
  .refused .cross { margin-right: 3px; margin-left: -1px; }
  .entry { cursor: pointer; }
  .entry .asks { margin-left: 3px; }
  .entry button:not(.asks) { font: 700 var(--t1) / 16px var(--sans); margin-left: 4px; height: 20px; min-width: 12px; text-align: left; }
  .beyond { font-family: var(--sans); color: var(--lost); margin: 0 8px 0 6px; }
  .left { width: 46px; height: 12px; vertical-align: -2px; margin-right: 2px; fill: none; stroke: var(--ink3); }
  .left .line { stroke: var(--line); }
  .left .gone { fill: var(--ink); stroke: none; }
  .left .still { fill: var(--paper); }
  tr.chosen .still { fill: var(--you-wash); }
  .next { color: var(--time); padding-left: 8px; }
  .bar { position: absolute; right: 0; bottom: 0; height: 2px; background: var(--time); }
  .free { white-space: nowrap; margin-right: 6px; }
  .free .lane { margin-left: 4px; }
  .free .mark { display: inline-block; width: 0; height: 14px; border-left: 1px dashed var(--lost); vertical-align: -3px; margin-left: 4px; }

  /* ---- a narrow panel and long addresses: the digits stay, the pictures beside them go */
  .all { container-type: inline-size; }
  @container (max-width: 345px) {
    .dense .left { display: none; }
    .dense th { white-space: normal; word-break: keep-all; vertical-align: bottom; line-height: 13px; }
    .dense td.n { padding-left: 8px; }
    .dense thead th:not(:nth-child(2)) { min-width: min-content; }
    .dense .beyond { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  }

  /* ---- the strip under a phone's figure */
  .strip { display: flex; align-items: center; gap: 8px; height: 36px; font-size: var(--t2); white-space: nowrap; overflow: hidden; }
  .strip .dim:nth-of-type(n + 2) { margin-left: auto; }
  .strip .slot { font-weight: 700; }
  .strip .slot .lane { margin-right: 3px; }
  .strip .slot.over { border-left: 1px dashed var(--lost); padding-left: 7px; }
  .strip b { font-weight: 700; }

  /* ---- the column of an embedded figure */
  :host([mode='embed']) { flex: none; margin-bottom: 8px; }
  .embed td.who { vertical-align: top; padding-top: 2px; }
  .embed .under td { border: 0; height: 18px; vertical-align: top; padding-left: 0; width: auto; }
  .embed .under td, .embed .under .dim { font-family: var(--sans); color: var(--ink3); }
  .remark-line { display: flex; align-items: baseline; justify-content: space-between; height: 32px; padding-top: 9px; font-size: var(--t1); white-space: nowrap; }
  .remark-line .name { font: var(--t4) / 16px var(--serif); margin-right: 4px; }
  .queue + .queue { margin-top: 0; }
  .embed .queue + .queue { margin-top: 8px; }
`;
