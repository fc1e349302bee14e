import { css } from 'lit';

/** What workbench and rules share: columns under italic heads, small fields, lists whose rows move. */
export const styles = css`
  section { grid-template-rows: 32px minmax(0, 1fr) auto; }
  .columns { display: grid; gap: 0 24px; min-height: 0; }
  .column { min-height: 0; min-width: 0; overflow-y: auto; scrollbar-width: thin; display: flex; flex-direction: column; gap: 4px; padding-bottom: 4px; }
  .column > * { flex: none; }
  h3 { display: flex; align-items: center; gap: 8px; min-height: 26px; font: italic var(--t3) / 16px var(--serif); color: var(--ink2); border-bottom: 1px solid var(--hair); padding-bottom: 1px; position: sticky; top: 0; background: var(--paper); z-index: 1; }
  :host(:lang(zh)) h3 { font-style: normal; }
  h3 .dim { font: var(--t1) / 16px var(--sans); margin-left: auto; }
  .dim { color: var(--ink3); white-space: nowrap; }
  .none { font: italic var(--t3) / 18px var(--serif); color: var(--ink2); }
  ol { display: flex; flex-direction: column; }
  li { display: flex; align-items: center; gap: 4px; min-height: 24px; font: var(--t1) / 18px var(--mono); }
  li[draggable='true'] { cursor: grab; }
  li.over { box-shadow: 0 -1px 0 var(--you); }
  li.chosen { background: var(--you-wash); box-shadow: inset 2px 0 0 var(--you); }
  li .name { flex: none; width: 92px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-family: var(--sans); color: var(--ink2); }
  li input { flex: 1; }
  input, select, textarea { font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; padding: 1px 4px; min-height: 24px; min-width: 0; }
  input[aria-invalid], textarea[aria-invalid] { border-color: var(--lost); color: var(--lost); }
  input[type='checkbox'] { min-height: 0; width: 14px; height: 14px; margin: 0; flex: none; accent-color: var(--you); }
  textarea { width: 100%; height: 36px; resize: vertical; line-height: 15px; }
  .bit { width: 24px; height: 24px; flex: none; color: var(--ink2); font: var(--t2) / 1 var(--sans); text-align: center; }
  .bit:disabled { color: var(--hair); }
  .go { height: 24px; padding: 0 8px; border-radius: 3px; box-shadow: inset 0 0 0 1px var(--line); white-space: nowrap; }
  .go:disabled { color: var(--ink3); box-shadow: inset 0 0 0 1px var(--hair); }
  .go.primary { background: var(--ink); color: var(--paper); box-shadow: none; }
  .line { display: flex; align-items: center; gap: 8px; font: var(--t2) / 16px var(--sans); color: var(--ink2); min-width: 0; }
  .line > :first-child { flex: 1; min-width: 0; }
  .line input { width: 64px; flex: none; }
  .wrong { color: var(--lost); font: var(--t3) / 16px var(--serif); }
  .mono { font: var(--t1) / 18px var(--mono); }
  .was { color: var(--ink3); text-decoration: line-through; text-decoration-thickness: 1px; }
  .edit { color: var(--edit); }
  h4, dl, dd, p { margin: 0; }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 0 12px; font: var(--t1) / 17px var(--mono); }
  dt { color: var(--ink2); font-family: var(--sans); }
  dd { text-align: right; }
  .foot { display: flex; align-items: center; gap: 16px; border-top: 1px solid var(--hair); min-height: 44px; padding: 5px 0; container: packet / inline-size; }
  .foot tcp-packet-verdict { flex: 1; min-width: 0; }
  .foot .go { height: 28px; }
  h2 .fact { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .tools { flex: none; display: flex; gap: 6px; align-items: center; margin: -6px 0 0 auto; }
  .sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  .rules li { align-items: flex-start; min-height: 26px; padding: 4px 0; gap: 8px; border-bottom: 1px solid var(--hair); }
  .rules .said { flex: 1; font: var(--t3) / 16px var(--serif); color: var(--ink); min-width: 0; }
  .rules .off .said { color: var(--ink3); }
  .rules .count { font: var(--t1) / 16px var(--sans); color: var(--ink3); white-space: nowrap; }
  .rules .count b { color: var(--edit); font-weight: 600; }
  .rules .id { color: var(--ink3); width: 16px; text-align: right; line-height: 16px; }
  .rules .bit { height: 18px; margin: -1px 0; }
  .rules input { margin-top: 1px; }
  form.fields { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 6px 16px; align-content: start; }
  form.fields label, form.fields .field { display: grid; grid-template-columns: 76px minmax(0, 1fr); align-items: center; gap: 0 6px; font: var(--t2) / 16px var(--sans); color: var(--ink2); min-width: 0; }
  form.fields .pair { display: flex; gap: 4px; min-width: 0; }
  form.fields .pair > * { min-width: 0; flex: 1; }
  form.fields .pair > .slim { flex: 0 0 48px; }
  form.fields label.check { grid-template-columns: 16px 1fr; }
  form.fields .wide { grid-column: 1 / -1; }
  .preview { display: flex; align-items: flex-start; gap: 12px; }
  .preview p { flex: 1; font: var(--t4) / 20px var(--serif); color: var(--edit); }
  @container tool (max-width: 1239px) { .columns.four { grid-template-columns: repeat(2, minmax(0, 1fr)) !important; grid-auto-rows: max-content; overflow-y: auto; } .columns.four .column { overflow: visible; min-height: max-content; } .columns.four h3 { position: static; }
    form.fields { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
  @container tool (max-width: 599px) {
    section { display: block !important; height: auto !important; }
    .columns, .columns.four { display: flex; flex-direction: column; gap: 16px; }
    .column { overflow: visible; }
    input, select, textarea { min-height: 44px; font-size: 16px; } textarea { min-height: 96px; }
    input[type='checkbox'] { width: 22px; height: 22px; }
    .bit, .rules .bit { width: 44px; height: 44px; margin: 0; } .go, .foot .go { height: 44px; padding: 0 14px; font-size: var(--t3); } li { min-height: 44px; }
    li .name { width: 84px; }
    .foot { flex-direction: column; align-items: stretch; } .tools { margin: 0; } h2 { height: auto !important; flex-wrap: wrap; padding: 8px 0 6px; } h3 { min-height: 30px; align-items: end; } h3 .choices button { height: 30px; }
    form.fields { grid-template-columns: minmax(0, 1fr); gap: 10px; }
    .preview { flex-direction: column; align-items: stretch; }
    h3 { position: static; }
  }
`;
