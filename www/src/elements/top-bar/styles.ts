import { css } from 'lit';

export const styles = css`
  :host { display: flex; align-items: center; gap: 20px; padding: 0 16px; border-bottom: 1px solid var(--ink); height: 44px; container-type: inline-size; }
  .bar { display: flex; align-items: center; gap: 20px; flex: 1; min-width: 0; }
  .brand { font: italic var(--t4) / 20px var(--serif); color: var(--ink2); white-space: nowrap; }
  :host(:lang(zh)) .brand { font-style: normal; }
  .pick { position: relative; display: inline-flex; align-items: center; gap: 4px; min-width: 0; }
  .pick select { position: absolute; inset: -8px -4px; width: calc(100% + 8px); height: calc(100% + 16px); opacity: 0; cursor: pointer; font: var(--t2) var(--sans); }
  .pick option { background: var(--paper); color: var(--ink); }
  .pick:focus-within { outline: 2px solid var(--you); outline-offset: 3px; }
  .pick:hover { background: var(--wash); box-shadow: 0 0 0 4px var(--wash); }
  h1 { font: var(--t5) / 24px var(--serif); white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
  .icon { color: var(--ink3); }
  .fact { display: flex; align-items: center; gap: 8px; white-space: nowrap; }
  .fact > .key { color: var(--ink3); }
  .fork { color: var(--edit); display: inline-flex; gap: 4px; align-items: center; white-space: nowrap; }
  .fork path { fill: var(--edit); }
  nav { margin-left: auto; display: flex; align-items: center; gap: 4px; flex: none; }
  .rooms { display: flex; gap: 2px; margin-right: 12px; }
  .rooms button { height: 32px; padding: 0 8px; color: var(--ink2); white-space: nowrap; }
  .rooms button:hover { background: var(--wash); }
  .rooms [aria-current] { color: var(--ink); box-shadow: inset 0 -1px 0 var(--ink); }
  nav > button { display: flex; align-items: center; gap: 6px; height: 32px; min-width: 32px; padding: 0 8px; justify-content: center; }
  nav > button:hover, .menu button:hover:not(:disabled) { background: var(--wash); }
  nav .open { color: inherit; text-decoration: none; height: 28px; display: flex; align-items: center; gap: 4px; padding: 0 8px; }
  nav .open:hover { text-decoration: underline; }
  .on { color: var(--ink); font-weight: 600; }
  .off { color: var(--ink3); }
  .menu { position: fixed; inset: auto; margin: 0; padding: 4px 0; border: 1px solid var(--ink); background: var(--paper); color: var(--ink); min-width: 240px; max-height: calc(100vh - 60px); overflow: auto; }
  .menu button { display: flex; width: 100%; justify-content: space-between; gap: 24px; padding: 0 12px; height: 28px; align-items: center; text-align: left; }
  .menu hr { border: 0; border-top: 1px solid var(--hair); margin: 4px 0; }
  .menu kbd { color: var(--ink3); }
  @container (max-width: 1279px) { .wide { display: none; } }
  @container (max-width: 860px) { .brand, .mid, .rooms { display: none; } .bar { gap: 16px; } h1 { font-size: var(--t4); line-height: 20px; } }
  @container (max-width: 599px) {
    .fact { display: none; }
    h1 { font-size: var(--t5); line-height: 24px; }
    nav { gap: 0; }
    nav > button { height: 44px; min-width: 44px; }
    nav > button.narrow-menu { margin-right: -12px; }
    .menu button { height: 44px; }
  }
`;
