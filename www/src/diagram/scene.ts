/** Everything that a drawing is computed from. */
import type { Column, Lane, Told } from './lanes.js';
import type { FrameIndex, FrameSource, MarkSource } from './sources.js';
import type { Piece } from './shapes.js';
import type { Warp } from './warp.js';

/** The words of the drawing, in the reader's language. */
export interface Words {
  /** What a packet is called, the fullest first: `A SYN seq 1000`, `A SYN`. */
  packet(frame: number): readonly (readonly Piece[])[];
  /** Why a host refused it: `accept queue full 3/2`. */
  reason(rule: number, x: number, y: number): string;
  /** A timer that fired: `RTO 202 ms`. */
  timer(kind: number, lasted: number, flow: number): string;
  /** A length of time. */
  duration(ns: number): string;
  /** What lies below now. */
  ahead: string;
}

/** What is predicted for the selected packet. */
export interface Foreseen {
  frame: number;
  arrives: number;
  refused: boolean;
  /** What was changed in it: `SEQ 91001`. */
  change: string | undefined;
  replies: readonly { from: number; to: number; sent: number; arrives: number; text: string }[];
}

export interface Scene {
  frames: FrameSource;
  marks: MarkSource;
  told: Told;
  index: FrameIndex;
  warp: Warp;
  /** Frames follow each other so closely that each must be thin. */
  dense: boolean;
  lanes: readonly Lane[];
  columns: readonly Column[];
  /** Where we stand: step, and clock in ns. */
  step: number;
  now: number;
  held: ReadonlySet<number>;
  selected: number | undefined;
  /** Flow drawn in full ink. */
  flow: number | undefined;
  foreseen: Foreseen | undefined;
  words: Words;
  /** Width of the figure and of its time axis, px. */
  width: number;
  axis: number;
  /** Where the occupancy of a listener's queues is drawn, if there is room: node and left edge. */
  queues: { node: number; x: number; width: number; backlog: number } | undefined;
}

export function columnOf(scene: Scene, node: number): Column | undefined {
  return scene.columns.find((c) => c.node === node || (c.folded?.includes(node) ?? false));
}

/** The column of a node that is not folded. */
export function openColumn(scene: Scene, node: number): Column | undefined {
  const column = columnOf(scene, node);
  return column?.folded ? undefined : column;
}

/** Edges of two columns that face each other. */
export function facing(a: Column, b: Column): [number, number] {
  return a.x < b.x ? [a.x + a.width, b.x] : [a.x, b.x + b.width];
}
