export { Diagram, MARGIN, type Input } from './diagram.js';
export { fillOf, STATES, type Fill, type Life } from './lanes.js';
export { columnOrder, lifelines, ordered, type Choice } from './lifelines.js';
export type { Foreseen, Words } from './scene.js';
export type { Drawing, PacketShapes, Piece, Shape } from './shapes.js';
export { textWidth } from './shapes.js';
