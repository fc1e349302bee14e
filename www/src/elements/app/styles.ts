import { css } from 'lit';

/** The arrangement at each size; `data-layout` says which. */
export const styles = css`
  :host { display: block; position: relative; background: var(--paper); color: var(--ink); overflow: hidden; height: 640px; contain: content; font-family: var(--sans); }
  :host([page]) { height: 100vh; height: 100dvh; }
  /* A click anywhere gives the keys to this session; on the host itself, -1 would keep Tab out of all of it. */
  .app:focus { outline: none; }
  .app { display: grid; height: 100%; min-height: 0; grid-template: 44px minmax(0, 1fr) 260px 56px / minmax(0, 1fr); }
  .main { display: grid; min-height: 0; min-width: 0; padding: 0 4px; grid-template: minmax(0, 1fr) / 300px minmax(0, 1fr) 308px 244px; }
  .app .main.compared { display: block; padding: 0; }
  .panel { padding: 0 12px; min-width: 0; min-height: 0; overflow: hidden; display: flex; flex-direction: column; }
  .panel > * { min-height: 0; }
  .panel + .panel { border-left: 1px solid var(--hair); }
  .host { overflow: hidden auto; scrollbar-width: thin; }
  .host tcp-host-panel { flex: 1; }
  .sequence { padding: 0 12px; }
  .sequence { position: relative; }
  .sequence tcp-sequence, .sequence tcp-topology { flex: 1; container-type: inline-size; }
  .turn { position: absolute; left: 10px; top: 5px; width: 28px; height: 26px; z-index: 1; color: var(--ink2); display: grid; place-content: center; }
  .turn:hover { background: var(--wash); color: var(--ink); }
  .whys tcp-why { flex: 1 1 0; min-height: 120px; }
  .whys tcp-states { flex: none; }
  .packet { border-top: 1px solid var(--ink); min-height: 0; min-width: 0; overflow: hidden; }
  .packet > .sheet { height: 100%; }
  .packet > .sheet > * { height: 100%; }
  /* The tabs stand where the heading of the panel begins, in its own row. */
  .packet.led { position: relative; }
  .packet > .tabs { position: absolute; left: 16px; top: 0; height: 32px; padding: 0; gap: 16px; border: 0; z-index: 1; }
  .packet > .tabs button { font: var(--t4) / 16px var(--serif); height: 28px; padding-top: 5px; color: var(--ink3); }
  .packet > .tabs button:hover { color: var(--ink); }
  .tooled { padding: 0; }
  [data-layout='phone'] .tooled > .tabs { padding: 0 16px; justify-content: start; gap: 24px; }
  .tooled > .sheet { flex: 1; min-height: 0; }

  .tabs { display: flex; gap: 20px; padding: 0 12px; height: 36px; flex: none; align-items: end; border-bottom: 1px solid var(--hair); }
  .tabs button { height: 32px; color: var(--ink2); white-space: nowrap; }
  .tabs button[aria-selected='true'] { color: var(--ink); box-shadow: 0 1px 0 var(--ink); }
  .tabs .dot { display: inline-block; width: 5px; height: 5px; margin-left: 4px; background: var(--edit); transform: rotate(45deg) translateY(-2px); }
  .tabbed { padding: 0; }
  .tabbed > .sheet { flex: 1; min-height: 0; padding: 8px 12px 0; overflow: hidden auto; display: flex; flex-direction: column; scrollbar-width: thin; }
  .sheet > tcp-why, .sheet > tcp-host-panel { flex: 1; }

  [data-layout='middle'] { grid-template-rows: 44px minmax(0, 1fr) 224px 52px; }
  [data-layout='middle'] .main { grid-template-columns: minmax(0, 608fr) minmax(0, 416fr); padding: 0; }
  [data-layout='middle'] tcp-time-bar { height: 52px; }

  [data-layout='phone'] { grid-template-rows: 44px 36px minmax(0, 1fr) auto auto auto; }
  [data-layout='phone'] .tabs { padding: 0 16px; gap: 0; justify-content: space-between; }
  [data-layout='phone'] .main { display: flex; flex-direction: column; padding: 0; }
  [data-layout='phone'] .main > * { flex: 1; }
  [data-layout='phone'] .sequence { padding: 4px 8px 0; }
  [data-layout='phone'] .turn { left: 4px; top: 7px; }
  [data-layout='phone'] tcp-time-bar { height: auto; padding: 4px 16px 12px; }
  [data-layout='phone'] > tcp-queues { padding: 0 16px; border-top: 1px solid var(--hair); }
  [data-layout='phone'] > tcp-packet { border-top: 1px solid var(--ink); }
  [data-layout='phone'] .panel.packet { border: 0; padding: 0; overflow: hidden auto; }

  [data-layout='embed'] { grid-template-rows: 36px minmax(0, 1fr) 44px; }
  [data-layout='embed'] .main { grid-template-columns: minmax(0, 420fr) minmax(0, 220fr); padding: 0; }
  [data-layout='embed'] .sequence { padding: 0 8px; }
  [data-layout='embed'] tcp-top-bar { height: 36px; padding: 0 12px; }
  [data-layout='embed'] tcp-time-bar { height: 44px; padding: 0 12px; }
  [data-layout='embed'] .side { padding: 0 12px; overflow: hidden auto; scrollbar-width: thin; }

  [data-layout='phone'] .compared { grid-row: 2 / -2; }

  .app[data-room] { grid-template-rows: 44px minmax(0, 1fr); }
  .app[data-room][data-layout='embed'] { grid-template-rows: 36px minmax(0, 1fr); }

  .loading { display: grid; place-content: center; height: 100%; min-height: 160px; padding: 24px; font: italic var(--t4) / 22px var(--serif); color: var(--ink2); text-align: center; }
  .loading.failed { color: var(--lost); font-style: normal; }
  .notice { position: absolute; left: 50%; bottom: 72px; transform: translateX(-50%); max-width: min(640px, calc(100% - 32px)); display: flex; gap: 16px; align-items: baseline; padding: 8px 16px; background: var(--lost-wash); color: var(--lost); border: 1px solid var(--lost); font: var(--t3) / 18px var(--serif); z-index: 2; }
  .notice button { font: var(--t2) / 18px var(--sans); text-decoration: underline; white-space: nowrap; }
`;
