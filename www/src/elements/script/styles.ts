import { css } from 'lit';

/** The room: a head, the panels, the bar of steps. */
export const styles = css`
  :host { display: grid; grid-template: 44px minmax(0, 1fr) auto / minmax(0, 1fr); min-height: 0; min-width: 0; position: relative; container-type: inline-size; }
  .head { display: flex; align-items: center; gap: 16px; padding: 0 16px; border-bottom: 1px solid var(--hair); min-width: 0; }
  .pick { position: relative; display: inline-flex; align-items: center; gap: 4px; min-width: 0; }
  .pick select { position: absolute; inset: -8px -4px; width: calc(100% + 8px); height: calc(100% + 16px); opacity: 0; cursor: pointer; font: var(--t2) var(--sans); }
  .pick option, .pick optgroup { background: var(--paper); color: var(--ink); }
  .pick:focus-within { outline: 2px solid var(--you); outline-offset: 3px; }
  .pick:hover { background: var(--wash); box-shadow: 0 0 0 4px var(--wash); }
  h2.file { display: block; height: auto; padding: 0; font: var(--t4) / 20px var(--serif); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .file .folder { color: var(--ink3); }
  .icon { color: var(--ink3); }
  .fact { display: flex; align-items: center; gap: 8px; white-space: nowrap; }
  .fact > .key { color: var(--ink3); }
  .files { margin-left: auto; display: flex; gap: 4px; }
  .files button { height: 32px; padding: 0 8px; white-space: nowrap; }
  .files button:hover { background: var(--wash); }
  .main { display: grid; min-height: 0; min-width: 0; grid-template: minmax(0, 1fr) / minmax(0, 11fr) minmax(0, 11fr) minmax(300px, 7fr); }
  .panel { min-width: 0; min-height: 0; overflow: hidden; padding: 0 12px; }
  .panel + .panel { border-left: 1px solid var(--hair); }
  .panel.editor, .panel.reasons { padding: 0; }
  .code { height: 100%; }
  .main[data-tabs='2'] { grid-template: 36px minmax(0, 1fr) / minmax(0, 1fr) minmax(0, 1fr); }
  [data-tabs='2'] .editor { grid-area: 1 / 1 / 3 / 2; border-right: 1px solid var(--hair); }
  [data-tabs='2'] .panel + .panel { border-left: 0; }
  [data-tabs='2'] .tabs { grid-area: 1 / 2; padding: 0 12px; }
  [data-tabs='2'] .panel:not(.editor) { grid-area: 2 / 2; }
  .main[data-tabs='3'] { grid-template: 36px minmax(0, 1fr) / minmax(0, 1fr); }
  [data-tabs='3'] .panel { grid-area: 2 / 1; border: 0; }
  .panel[hidden] { display: none; }
  .tabs { display: flex; gap: 20px; height: 36px; flex: none; align-items: end; border-bottom: 1px solid var(--hair); }
  .tabs button { height: 32px; color: var(--ink2); white-space: nowrap; }
  .tabs button[aria-selected='true'] { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  .tabs.bad button[data-tab='why']::after { content: ''; display: inline-block; width: 5px; height: 5px; margin-left: 4px; background: var(--lost); border-radius: 50%; vertical-align: 2px; }

  .bar { display: flex; align-items: center; gap: 16px; height: 56px; padding: 0 16px; border-top: 1px solid var(--ink); min-width: 0; }
  .controls { display: flex; gap: 4px; margin-left: -8px; }
  .controls button { display: grid; grid-template: 16px 14px / auto auto; column-gap: 6px; place-content: center; align-items: center; height: 40px; padding: 0 8px; text-align: left; white-space: nowrap; }
  .controls button:hover:not(:disabled) { background: var(--wash); }
  .controls .icon { grid-row: 1 / 3; color: inherit; }
  .controls kbd { line-height: 14px; color: var(--ink3); font-family: var(--sans); }
  .controls button:disabled { opacity: 0.55; }
  .scrub { position: relative; flex: 1; min-width: 96px; height: 44px; }
  .scrub svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
  .scrub input { position: absolute; left: -8px; width: calc(100% + 16px); top: 10px; height: 24px; margin: 0; opacity: 0; cursor: pointer; }
  .scrub input:focus-visible + svg .knob { outline: 2px solid var(--you); outline-offset: 2px; }
  .rail { fill: var(--line); }
  .done { fill: var(--ink); }
  .knob { fill: var(--you); }
  .tick { fill: var(--line); }
  .cross { stroke: var(--lost); stroke-width: 1.75; fill: none; }
  .position { text-align: right; white-space: nowrap; }
  .position b { display: block; font: 600 var(--t4) / 20px var(--mono); color: var(--you); }
  .position span { color: var(--ink2); }
  .position .failed { color: var(--lost); font-weight: 600; }
  .position .unsupported { color: var(--time); font-weight: 600; }
  .position .passed { color: var(--ink); font-weight: 600; }

  .note { position: absolute; z-index: 5; left: 50%; bottom: 72px; transform: translateX(-50%); max-width: min(560px, calc(100% - 32px)); width: max-content; display: flex; gap: 16px; align-items: baseline; padding: 8px 16px; background: var(--paper); border: 1px solid var(--ink); font: var(--t3) / 18px var(--serif); }
  .note.bad { background: var(--lost-wash); border-color: var(--lost); color: var(--lost); }
  .note button { font: var(--t2) / 24px var(--sans); text-decoration: underline; white-space: nowrap; }
  .loading { display: grid; place-content: center; grid-row: 1 / -1; font: italic var(--t4) / 22px var(--serif); color: var(--ink2); padding: 24px; text-align: center; }
  .loading.failed { color: var(--lost); font-style: normal; }
  .dropping { position: absolute; inset: 0; z-index: 6; display: grid; place-content: center; background: var(--you-wash); outline: 2px dashed var(--you); outline-offset: -8px; font: var(--t5) / 24px var(--serif); color: var(--you); pointer-events: none; }

  @container (max-width: 900px) {
    .controls { gap: 0; }
    .controls button { display: flex; height: 36px; width: 36px; padding: 0; justify-content: center; }
    .controls kbd, .controls button span { display: none; }
  }
  @container (max-width: 599px) {
    .head { padding: 0 16px; gap: 8px; }
    .fact > .key, .file .folder { display: none; }
    .files { gap: 0; margin-right: -8px; }
    .files button { height: 44px; min-width: 44px; padding: 0; display: grid; place-content: center; }
    .files button span { display: none; }
    .tabs { padding: 0 16px; gap: 0; justify-content: space-between; }
    .tabs button { min-width: 64px; height: 36px; }
    .bar { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0; height: auto; padding: 4px 16px 12px; }
    .position { grid-row: 1; display: flex; justify-content: space-between; align-items: baseline; }
    .scrub { grid-row: 2; margin: 0 2px; height: 36px; }
    .scrub input { top: 6px; }
    .controls { grid-row: 3; display: grid; grid-template-columns: repeat(4, 1fr); margin: 0; }
    .controls button { flex-direction: column; gap: 2px; height: 44px; width: auto; }
    .controls button span { display: block; font-size: var(--t1); line-height: 14px; color: var(--ink2); }
    .note { bottom: 140px; }
  }
`;
