import { css } from 'lit';

/** Colours and strokes of the figure: hair 1, arrow 1, chosen connection 1.5, cross 1.75, prediction 1.25 dashed. */
export const figure = css`
  svg { display: block; overflow: visible; }
  text { font: var(--t1) var(--sans); fill: var(--ink2); }
  .band { fill: var(--wash); }
  .folded { fill: none; stroke: var(--line); stroke-dasharray: 1.5 3; }
  .inside .line { stroke-width: 1.5; }
  .axis { stroke: var(--line); fill: none; }
  .axis-label { font-family: var(--mono); }
  .fold { font-weight: 600; fill: var(--ink); }
  .wave { fill: none; stroke: var(--line); stroke-width: 0.75; }

  .lane { stroke: none; fill: var(--ink3); }
  .lane.own { fill: var(--ink); }
  .lane.hollow, .lane.closing, .lane.waiting { fill: var(--paper); stroke: var(--ink3); }
  .lane.hollow.own, .lane.closing.own, .lane.waiting.own { stroke: var(--ink); }
  .lane.closing { fill: var(--hair); }
  .lane.waiting { stroke-dasharray: 2 2; }
  .lane.ahead { opacity: 0.45; }
  .letter { paint-order: stroke; stroke: var(--paper); stroke-width: 2px; }
  .letter.own { fill: var(--ink); font-weight: 700; }
  .letter.ahead { opacity: 0.6; }

  .slot { fill: none; stroke: var(--ink3); stroke-width: 1; }
  .slot.waiting { fill: var(--ink3); }
  .slot.over { fill: var(--lost); stroke: var(--lost); }
  .slot.ahead { opacity: 0.4; }

  .packet { cursor: pointer; color: var(--ink2); user-select: none; }
  .packet.dragged { cursor: grabbing; opacity: 0.6; }
  .packet.over { color: var(--edit); }
  .packet.over .line { stroke-width: 2.5; }
  .packet.own { color: var(--ink); }
  .packet.ahead { color: var(--line); }
  .packet .hit { fill: none; stroke: transparent; stroke-width: 14; pointer-events: stroke; }
  .line { stroke: currentColor; fill: none; }
  .own:not(.ahead) .line { stroke-width: 1.5; }
  .packet.dense { color: var(--ink3); }
  .dense:not(.selected) .line { stroke-width: 0.75; }
  .ribbon { fill: var(--wash); stroke: currentColor; }
  .head { fill: currentColor; stroke: none; }
  .head.open { fill: none; stroke: currentColor; stroke-width: 1.25; }
  .head.hollow { fill: var(--paper); stroke: currentColor; }
  .line.edited, .ribbon.edited, .head.hollow.edited, .head.open.edited { stroke: var(--edit); }
  .ribbon.edited { fill: var(--edit-wash); }
  .head.filled.edited { fill: var(--edit); stroke: none; }
  .rest { fill: none; stroke: currentColor; stroke-dasharray: 1 3; }
  .wait { fill: none; stroke: var(--time); stroke-width: 1.5; stroke-dasharray: 1.5 2.5; }
  .bars { fill: none; stroke: var(--time); stroke-width: 2; }
  .token { fill: var(--ink); stroke: none; }
  .token.edited { fill: var(--edit); }
  .outline { fill: none; stroke: var(--you); stroke-width: 1.5; }
  .cross { fill: none; stroke: var(--lost); stroke-width: 1.75; }
  .ahead .cross { opacity: 0.7; }
  .ring { fill: var(--paper); stroke: var(--time); stroke-width: 1.25; }
  .ring-count { fill: var(--time); font-weight: 600; }
  .ahead .ring, .ahead .ring-count { opacity: 0.75; }
  .halo { fill: none; stroke: var(--you); stroke-width: 10; stroke-linecap: round; stroke-linejoin: round; }
  .halo-in { fill: none; stroke: var(--paper); stroke-width: 7; stroke-linecap: round; stroke-linejoin: round; }
  .packet:hover .line { stroke: var(--you); }
  .packet:hover .ribbon { stroke: var(--you); }
  .differs:not(.selected) .line { stroke: var(--edit); }
  .differs:not(.selected) .ribbon { stroke: var(--edit); fill: var(--edit-wash); }
  .first path { stroke: var(--edit); stroke-dasharray: 5 3; fill: none; }
  .first text { fill: var(--edit); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
  .injected .line { stroke-dasharray: 6 2; }

  .label, .reason, .chip, .note, .change, .timer-label { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
  .label { fill: var(--ink2); }
  .label.own, .label.selected { fill: var(--ink); }
  .label.ahead { fill: var(--ink3); }
  .label .letter { font-weight: 700; stroke: none; paint-order: normal; }
  .label .dim { fill: var(--ink3); }
  .reason { fill: var(--lost); }
  .reason.ahead { fill: var(--lost); opacity: 0.8; }
  .chip { fill: var(--ink2); }
  .chip.own { fill: var(--ink); }
  .chip.ahead { fill: var(--ink3); }
  .note { font: italic var(--t3) var(--serif); fill: var(--ink2); }
  :host(:lang(zh)) .note { font-style: normal; }
  .change { fill: var(--edit); }
  .foreseen { fill: none; stroke: var(--edit); stroke-width: 1.25; stroke-dasharray: 5 3; }
  .marks .head.filled.edited { fill: var(--edit); }
  .timer { fill: none; stroke: var(--time); }
  .timer-label { fill: var(--time); }
  .timer.ahead, .timer-label.ahead { opacity: 0.8; }
  .now { fill: none; stroke: var(--you); }
  .now-flag { fill: var(--you); }
  .now-label { fill: var(--paper); font-family: var(--mono); }
`;

/** The frame around it: the nodes' names, the scroller, the legend. */
export const frame = css`
  :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; position: relative; }
  header { position: relative; height: 50px; flex: none; font-size: var(--t1); }
  header .t { position: absolute; left: 0; width: 46px; top: 33px; text-align: right; font-family: var(--mono); color: var(--ink2); line-height: 16px; }
  header div { position: absolute; top: 8px; white-space: nowrap; text-align: center; line-height: 16px; }
  header .name { font: var(--t4) / 20px var(--serif); margin-right: 4px; }
  header .head { height: 24px; min-width: 24px; margin: -2px 0; cursor: pointer; touch-action: none; }
  header .head:hover { color: var(--you); }
  header .name.narrow { font: var(--t1) / 20px var(--sans); margin: 0; display: inline-block; max-width: var(--most, 76px); overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
  header .dragged { z-index: 2; background: var(--paper); box-shadow: 0 0 0 1px var(--you); }
  header .addr { font: var(--t2) / 20px var(--mono); }
  header .sub { display: block; color: var(--ink3); line-height: 16px; }
  header .own { color: var(--ink); font-weight: 700; }
  .scroll { flex: 1; min-height: 0; overflow: hidden auto; position: relative; scrollbar-width: thin; overscroll-behavior: contain; }
  .scroll:focus-visible { outline-offset: -2px; }
  .tall { position: relative; overflow: hidden; }
  .block { position: absolute; left: 0; }
  .empty { position: absolute; left: 70px; right: 110px; top: 110px; text-align: center; font: italic var(--t4) / 22px var(--serif); color: var(--ink2); }
  .empty kbd { font: var(--t2) var(--mono); border: 1px solid var(--line); padding: 1px 6px; }
  :host(:lang(zh)) .empty { font-style: normal; }
  ul.legend { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 4px; height: 16px; margin: 4px 0; overflow: hidden; flex: none; font-size: var(--t1); color: var(--ink2); }
  ul.legend li { display: inline-flex; align-items: center; gap: 3px; color: var(--ink2); }
  ul.legend .line, ul.legend .ribbon { stroke: var(--ink2); }
  ul.legend .head { fill: var(--ink2); }
  ul.legend .head.open { fill: none; stroke: var(--ink2); }
  @container (max-width: 480px) { ul.legend { display: none; } }
  @media (max-width: 599px) {
    ul.legend { display: none; }
    header { height: 40px; }
    header div { top: 2px; }
    header .t { top: 23px; }
  }
`;
