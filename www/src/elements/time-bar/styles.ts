import { css } from 'lit';

export const styles = css`
  :host { display: flex; align-items: center; gap: 16px; padding: 0 16px; border-top: 1px solid var(--ink); container-type: inline-size; height: 56px; }
  .bar { display: flex; align-items: center; gap: 16px; flex: 1; min-width: 0; }
  .controls { display: flex; gap: 4px; margin-left: -8px; }
  .controls button { display: grid; grid-template: 16px 14px / auto auto; column-gap: 6px; place-content: center; align-items: center; height: 40px; padding: 0 8px; text-align: left; white-space: nowrap; }
  .controls button:hover:not(:disabled) { background: var(--wash); }
  .controls .icon { grid-row: 1 / 3; }
  .controls kbd { line-height: 14px; color: var(--ink3); font-family: var(--sans); }
  .controls button:disabled { opacity: 0.55; }
  .speed { position: relative; display: flex; align-items: center; color: var(--ink2); padding: 0 4px; }
  .speed select { appearance: none; font: inherit; color: inherit; background: none; border: 0; padding: 0 20px 0 4px; height: 40px; cursor: pointer; text-align: right; }
  .speed option { background: var(--paper); color: var(--ink); }
  .speed .icon { position: absolute; right: 2px; pointer-events: none; color: var(--ink3); }
  .scrub { position: relative; flex: 1; min-width: 120px; height: 44px; }
  .scrub svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
  .scrub input { position: absolute; left: -8px; width: calc(100% + 16px); top: 6px; height: 24px; margin: 0; opacity: 0; cursor: pointer; }
  .scrub input:focus-visible + svg .knob { outline: 2px solid var(--you); outline-offset: 2px; }
  .rail { fill: var(--line); }
  .done { fill: var(--ink); }
  .state { fill: var(--ink2); }
  .cross { stroke: var(--lost); stroke-width: 1.25; fill: none; }
  .edit { fill: var(--edit); }
  .stop { fill: var(--you); }
  .knob { fill: var(--you); }
  progress { width: 64px; height: 6px; margin-right: 6px; accent-color: var(--you); }
  text { font: var(--t1) var(--mono); fill: var(--ink3); }
  .signs { display: grid; grid-template-columns: auto auto; gap: 2px 10px; font-size: var(--t1); color: var(--ink3); line-height: 14px; }
  .signs li { display: flex; align-items: center; gap: 4px; }
  .position { text-align: right; white-space: nowrap; }
  .position b { display: block; font: 600 var(--t4) / 20px var(--mono); color: var(--you); }
  .position span { color: var(--ink2); }
  @container (max-width: 1279px) { .signs { display: none; } .bar { gap: 12px; } .controls { gap: 0; } }
  @container (max-width: 900px) {
    .controls button { display: flex; height: 36px; width: 32px; padding: 0; justify-content: center; }
    .controls kbd, .controls button span, .controls .speed { display: none; }
    .position b { font-size: var(--t2); line-height: 16px; }
    .position span { font-size: var(--t1); }
  }
  @container (max-width: 599px) {
    .bar { display: grid; grid-template-columns: 1fr; gap: 0; }
    .position { grid-row: 1; display: flex; justify-content: space-between; align-items: baseline; }
    .position b { font-size: var(--t4); line-height: 20px; }
    .position span { font-size: var(--t2); }
    .scrub { grid-row: 2; margin: 0 2px; }
    .controls { grid-row: 3; display: grid; grid-template-columns: repeat(6, 1fr); margin: 4px 0 0; }
    .controls button { flex-direction: column; gap: 2px; height: 44px; width: auto; }
    .controls button span { display: block; font-size: var(--t1); line-height: 14px; color: var(--ink2); }
    .controls .speed { display: flex; justify-content: center; padding: 0; }
    .speed select { height: 44px; padding: 0 14px 0 0; }
  }
`;
