import { css } from 'lit';

export const styles = css`
  :host { display: block; container: packet / inline-size; min-height: 0; min-width: 0; }
  section { display: grid; grid-template-rows: 32px minmax(0, 1fr) auto; height: 100%; padding: 0 16px; }
  .empty { align-content: start; }
  .hint { font: italic var(--t3) / 16px var(--serif); color: var(--ink2); }
  :host(:lang(zh)) .hint { font-style: normal; }
  h2 { gap: 16px; min-width: 0; }
  :host([led]) h2 { padding-left: var(--lead, 0); }
  :host([led]) h2 .name { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  h2 .fact { overflow: hidden; text-overflow: ellipsis; min-width: 0; }
  h2 .fact b { color: var(--ink); }
  h2 .fact b.edit { color: var(--edit); }
  .tag { font-size: var(--t2); white-space: nowrap; }
  .tag .sign { margin-right: 5px; }
  .options { display: flex; gap: 16px; margin-left: auto; font-size: var(--t1); }
  .options [role='group'] { display: flex; gap: 12px; }
  .options button { color: var(--ink3); height: 24px; margin: -4px 0; min-width: 24px; }
  .options button[aria-pressed='true'] { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  .options button.edit { color: var(--edit); }
  .mid, .narrow { display: none; }
  .columns { display: grid; grid-template-columns: 268px 604px minmax(0, 1fr); gap: 0 24px; min-height: 0; }
  .octets { display: flex; flex-direction: column; min-height: 0; min-width: 0; }
  .octets .narrow { margin: 0; height: 26px; flex: none; }
  .octets .narrow button { height: 24px; margin: 0; }
  tcp-packet-bytes { flex: 1; }
  .verdict { display: flex; align-items: center; gap: 16px; border-top: 1px solid var(--hair); min-height: 44px; padding: 5px 0; }
  tcp-packet-verdict { flex: 1; }
  .checksum { display: flex; align-items: center; gap: 8px; white-space: nowrap; }
  .switch { display: inline-flex; border-bottom: 1px solid var(--hair); }
  .switch button { height: 28px; padding: 0 7px; color: var(--ink3); text-decoration: line-through; text-decoration-thickness: 1px; }
  .switch code { font: var(--t1) / 1 var(--mono); display: inline-block; }
  .switch code.wrong { color: var(--lost); }
  .switch button[aria-checked='true'] { color: var(--ink); text-decoration: none; box-shadow: 0 1px 0 var(--ink); }
  .actions { display: flex; gap: 4px; }
  .actions button { height: 28px; padding: 0 8px; border-radius: 3px; display: flex; align-items: center; gap: 6px; white-space: nowrap; }
  .actions .primary { background: var(--ink); color: var(--paper); padding: 0 12px; }
  .actions .primary:disabled { background: var(--ink3); }
  kbd { color: var(--ink3); font-family: var(--sans); }
  .primary kbd { color: inherit; opacity: 0.8; }
  s { color: var(--ink3); }

  /* ---- 1024: the tree goes, actions move up */
  @container packet (max-width: 1239px) {
    .columns { grid-template-columns: minmax(0, 584px) minmax(260px, 1fr); }
    tcp-packet-tree, .wide { display: none; }
    .mid { display: block; margin-left: auto; }
    .mid .actions { margin-top: -6px; }
    .narrow { display: flex; }
  }

  /* ---- phone: one column */
  @container packet (max-width: 599px) {
    section { display: block; height: auto; padding: 0 16px 16px; }
    h2 { flex-wrap: wrap; height: auto; gap: 4px 12px; padding-bottom: 4px; }
    .columns { display: flex; flex-direction: column; gap: 16px; }
    tcp-packet-tree { display: block; order: 3; }
    .mid { display: none; }
    .octets { order: 2; }
    .octets .narrow { height: 44px; flex-wrap: wrap; gap: 0 16px; order: -1; height: auto; }
    .octets .narrow button { height: 44px; padding: 0 4px; }
    .verdict { flex-direction: column; align-items: stretch; margin-top: 12px; }
    .wide.narrow-too { display: block; }
    .switch { flex: 1; } .switch button { flex: 1; height: 44px; }
    .actions { display: grid; grid-template-columns: repeat(4, 1fr); gap: 4px; }
    .actions button { height: 44px; justify-content: center; font-size: var(--t3); border-radius: 4px; padding: 0 4px; }
    .actions button:not(.primary) { box-shadow: inset 0 0 0 1px var(--hair); }
    .actions button:only-child { grid-column: 1 / 5; }
    kbd { display: none; }
    .peek { padding: 4px 16px 8px; }
    .peek h2 { height: 28px; padding: 6px 0 0; flex-wrap: nowrap; align-items: center; }
    .peek .change { display: flex; gap: 6px; }
    .peek .change > * { overflow: hidden; text-overflow: ellipsis; }
    .peek .change s { flex-shrink: 100; min-width: 0; }
    .peek h2 .sign { flex: none; }
    .peek .push { margin-left: auto; }
    .peek tcp-packet-verdict { padding-bottom: 6px; }
  }
`;
