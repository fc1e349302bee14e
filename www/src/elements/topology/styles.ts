import { css } from 'lit';

/** The picture: nodes as signs, links as lines, frames as the sequence diagram draws them. */
export const drawing = css`
  .figure { flex: 1; min-height: 160px; min-width: 0; position: relative; overflow: hidden; touch-action: pan-y; }
  .figure svg { position: absolute; inset: 0; user-select: none; -webkit-user-select: none; }
  text { font: var(--t1) var(--sans); fill: var(--ink2); paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
  .wire { fill: none; stroke: var(--ink3); stroke-width: 1.25; }
  .wire.down { stroke-dasharray: 5 4; stroke: var(--lost); }
  .joint { fill: var(--ink3); }
  .link { cursor: pointer; }
  .link .near { fill: none; stroke: transparent; stroke-width: 14; }
  .link:hover .wire { stroke: var(--you); }
  .link[aria-pressed='true'] .wire { stroke: var(--you); stroke-width: 2.5; }
  .wire-name { fill: var(--ink3); }
  .wire-name .name { fill: var(--ink2); }
  .end { font-family: var(--mono); fill: var(--ink3); }
  .node { cursor: grab; outline: none; }
  .node.dragged { cursor: grabbing; }
  .node .hit { fill: transparent; stroke: none; }
  .node:hover .body { stroke: var(--you); }
  .body { fill: var(--paper); stroke: var(--ink); stroke-width: 1.25; }
  .fine { fill: none; stroke: var(--line); stroke-width: 1; }
  .stroke { fill: none; stroke: var(--ink); stroke-width: 1.25; }
  .fill { fill: var(--ink); stroke: none; }
  .wall { fill: none; stroke: var(--ink3); stroke-dasharray: 2 2; }
  .server .body { fill: var(--wash); }
  .attacker .body, .attacker .stroke { stroke: var(--lost); }
  .attacker .fill { fill: var(--lost); }
  .attacker .body { fill: var(--lost-wash); }
  .station { font: var(--t4) var(--serif); fill: var(--ink); stroke-width: 5px; }
  .station.brief { font: var(--t1) var(--sans); }
  .address { font-family: var(--mono); fill: var(--ink2); }
  .ringed { fill: none; stroke: var(--you); stroke-width: 2; }
  .node[aria-pressed='true'] .chosen { fill: none; stroke: var(--you); stroke-width: 1.5; }
  .node:focus-visible .ringed, .link:focus-visible .ringed { stroke: var(--you); }
  .link:focus-visible { outline: none; }
  .link:focus-visible .near { stroke: var(--you-wash); }

  .packet { cursor: pointer; color: var(--ink2); }
  .packet.own { color: var(--ink); }
  .packet .hit { fill: none; stroke: transparent; stroke-width: 18; pointer-events: stroke; }
  .trail { fill: none; stroke: currentColor; stroke-dasharray: 1 4; opacity: 0.8; }
  .line { stroke: currentColor; fill: none; stroke-width: 1.5; }
  .ribbon { fill: var(--wash); stroke: currentColor; }
  .head { fill: currentColor; stroke: none; }
  .head.open { fill: none; stroke: currentColor; stroke-width: 1.25; }
  .head.hollow { fill: var(--paper); stroke: currentColor; }
  .line.edited, .ribbon.edited, .head.hollow.edited, .head.open.edited { stroke: var(--edit); }
  .ribbon.edited { fill: var(--edit-wash); }
  .head.filled.edited { fill: var(--edit); stroke: none; }
  .bars { fill: none; stroke: var(--time); stroke-width: 2; }
  .token { fill: var(--ink); stroke: none; }
  .token.edited { fill: var(--edit); }
  .cross { fill: none; stroke: var(--lost); stroke-width: 1.75; }
  .ring { fill: var(--paper); stroke: var(--time); stroke-width: 1.25; }
  .ring-count { fill: var(--time); font-weight: 600; stroke: none; }
  .halo { fill: none; stroke: var(--you); stroke-width: 12; stroke-linecap: round; stroke-linejoin: round; }
  .halo-in { fill: none; stroke: var(--paper); stroke-width: 9; stroke-linecap: round; stroke-linejoin: round; }
  .frame-name { fill: var(--ink2); }
  .own .frame-name { fill: var(--ink); }
  .frame-name .letter { font-weight: 700; }
  .reason { fill: var(--lost); }
  .packet:hover .line, .packet:hover .ribbon { stroke: var(--you); }
`;

export const frame = css`
  :host { display: flex; flex-direction: column; min-height: 0; min-width: 0; position: relative; }
  section { display: flex; flex-direction: column; flex: 1; min-height: 0; }
  h2 { padding-left: 30px; height: 36px; flex: none; gap: 6px; overflow: hidden; }
  h2 .tools { margin-left: auto; display: flex; gap: 2px; align-self: center; margin-top: -9px; }
  h2 .fact { overflow: hidden; text-overflow: ellipsis; min-width: 0; }
  button.word { height: 26px; min-width: 26px; padding: 0 7px; color: var(--ink2); white-space: nowrap; border-radius: 3px; }
  button.word:hover:not(:disabled) { background: var(--wash); color: var(--ink); }
  button.word[aria-pressed='true'] { color: var(--you); box-shadow: inset 0 -1px 0 var(--you); }
  button.primary { background: var(--ink); color: var(--paper); }
  button.primary:hover:not(:disabled) { background: var(--ink2); color: var(--paper); }
  button.primary:disabled { background: var(--wash); color: var(--ink3); }
  .bar { display: flex; flex-wrap: wrap; gap: 2px 4px; align-items: center; padding: 0 0 6px; border-bottom: 1px solid var(--hair); flex: none; }
  .bar .space { flex: 1; }
  .bar select { font: inherit; color: var(--ink2); background: var(--paper); border: 1px solid var(--line); height: 26px; padding: 0 4px; }
  .hint { font: italic var(--t3) / 18px var(--serif); color: var(--ink2); padding: 4px 0; flex: none; }
  :host(:lang(zh)) .hint { font-style: normal; }
  .facts { flex: none; border-top: 1px solid var(--hair); padding: 6px 0 8px; max-height: 45%; overflow: hidden auto; scrollbar-width: thin; }
  .facts h3 { border: 0; height: 24px; }
  .facts h3 .name { font: var(--t4) / 20px var(--serif); font-style: normal; }
  .facts dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0 16px; }
  .facts dt { color: var(--ink3); font: var(--t1) / 18px var(--sans); }
  .facts dd { font: var(--t1) / 18px var(--mono); overflow-wrap: anywhere; }
  .facts .tools { display: flex; gap: 2px; }
  .verdict { flex: none; border-top: 1px solid var(--hair); padding: 5px 0; font: var(--t3) / 18px var(--serif); color: var(--ink2); display: flex; gap: 8px; align-items: baseline; }
  .verdict.bad { color: var(--lost); }
  .verdict span { flex: 1; overflow-wrap: anywhere; }
  .verdict button { text-decoration: underline; text-underline-offset: 2px; white-space: nowrap; min-height: 24px; font: var(--t2) / 18px var(--sans); }
  tcp-topology-form { flex: 0 1 auto; min-height: 0; max-height: 50%; overflow: hidden auto; scrollbar-width: thin; border-top: 1px solid var(--hair); }
  @container (max-width: 599px) { .hint.long { display: none; } }
  @media (max-width: 599px) {
    h2 { height: 40px; } button.word { height: 44px; min-width: 44px; } .bar select { height: 44px; font-size: 16px; } h2 .tools { margin-top: -9px; } h2 .fact { display: none; }
    .verdict button { min-height: 44px; }
  }
`;
