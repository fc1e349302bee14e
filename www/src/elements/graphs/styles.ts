import { css } from 'lit';

export const styles = css`
  section { grid-template-rows: 32px minmax(0, 1fr); }
  h2 .choices { flex: none; }
  h2 .remark { flex: 0 1 auto; min-width: 0; }
  .ends, .as { flex: none; }
  .ends { font: var(--t1) / 16px var(--mono); color: var(--ink2); background: none; border: 0; border-bottom: 1px solid var(--hair); height: 22px; margin: -4px 0; max-width: 220px; }
  .ends option { background: var(--paper); color: var(--ink); }
  .as { height: 24px; margin: -4px 0; padding: 0 4px; color: var(--ink3); }
  .as[aria-pressed='true'] { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  .body { display: grid; grid-template-columns: minmax(0, 1fr) 196px; gap: 16px; min-height: 0; padding-bottom: 4px; }
  .plot { position: relative; min-width: 0; min-height: 0; overflow: hidden; }
  .plot .uplot { font-family: var(--mono); cursor: crosshair; }
  .plot .u-select { background: var(--you); opacity: 0.12; }
  .plot .u-cursor-x { border-right: 1px dashed var(--ink3); }
  .now { position: absolute; width: 1px; background: var(--you); pointer-events: none; z-index: 3; }
  .now::before { content: ''; position: absolute; top: 0; left: -3px; border: 3.5px solid transparent; border-top: 5px solid var(--you); }
  .legend { margin: 0; font-size: var(--t1); overflow: hidden auto; align-self: start; max-height: 100%; padding-top: 6px; scrollbar-width: none; }
  .legend li { display: flex; justify-content: space-between; gap: 8px; line-height: 18px; }
  .legend span { display: flex; align-items: center; gap: 8px; color: var(--ink2); white-space: nowrap; min-width: 0; overflow: hidden; text-overflow: ellipsis; }
  .legend b { font: var(--t1) / 18px var(--mono); white-space: nowrap; }
  .legend .when { border-top: 1px solid var(--hair); margin-top: 4px; color: var(--you); font-family: var(--mono); }

  .key { flex: none; width: 14px; height: 0; border-top: 1.5px solid currentColor; }
  .key.dashed { border-top: 1px dashed currentColor; }
  .key.bar { width: 2px; height: 12px; border: 0; background: currentColor; margin: 0 6px; }
  .key.dot { width: 4px; height: 4px; border: 0; background: currentColor; margin: 0 5px; }
  .key.cross { width: 8px; height: 8px; border: 0; margin: 0 3px; background: linear-gradient(45deg, transparent 42%, currentColor 42% 58%, transparent 58%), linear-gradient(-45deg, transparent 42%, currentColor 42% 58%, transparent 58%); }
  .key.ink { color: var(--ink); }
  .key.ink2 { color: var(--ink2); }
  .key.ink3 { color: var(--ink3); }
  .key.you { color: var(--you); }
  .key.lost { color: var(--lost); }
  .key.time { color: var(--time); }
  .key.edit { color: var(--edit); }
  .rows { overflow: auto; min-height: 0; scrollbar-width: thin; }
  .rows:focus-visible { outline-offset: -2px; }
  .rows th { font: var(--t1) / 20px var(--sans); color: var(--ink3); text-align: right; padding: 0 12px; font-weight: 400; }
  .rows thead th { position: sticky; top: 0; background: var(--paper); border-bottom: 1px solid var(--hair); }
  .rows tbody th button { font: var(--t1) / 20px var(--mono); color: var(--ink); min-height: 24px; }
  .rows tbody th button:hover { text-decoration: underline; }
  .rows td { font: var(--t1) / 20px var(--mono); text-align: right; padding: 0 12px; }
  .rows tr:hover td, .rows tr:hover th { background: var(--wash); }
  @container tool (max-width: 899px) { h2 .remark { display: none; } .as { margin-left: auto; } }
  @container tool (max-width: 599px) {
    section { grid-template-rows: 44px 44px minmax(0, 1fr); }
    h2 { display: contents; }
    h2 .choices { grid-row: 1; align-items: center; flex: 0 1 auto; }
    .ends { grid-row: 2; height: 44px; margin: 0; width: calc(100% - 80px); max-width: none; }
    .as { grid-row: 2; height: 44px; margin: 0; justify-self: end; position: absolute; right: 0; top: 0; }
    section { position: relative; }
    .body { grid-template: minmax(180px, 1fr) auto / minmax(0, 1fr); gap: 4px; grid-row: 3; }
    .legend { display: grid; grid-template-columns: 1fr 1fr; gap: 0 16px; }
    .legend .when { display: none; }
    .rows, p.none { grid-row: 3; }
  }
`;
