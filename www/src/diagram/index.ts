export { Diagram, MARGIN, type Input } from './diagram.js';
export { columnOrder, fillOf, STATES, type Fill } from './lanes.js';
export type { Foreseen, Words } from './scene.js';
export type { Drawing, PacketShapes, Piece, Shape } from './shapes.js';
export { textWidth } from './shapes.js';
