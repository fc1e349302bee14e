/** Walking the annotated tree of a packet. Pure. */
import type { FieldView } from '../../engine/pkg/views.js';

/** A visible line of the tree. */
export interface Line {
  readonly field: FieldView;
  /** 1 for headers, as aria-level counts. */
  readonly level: number;
  readonly open: boolean;
  /** Place among its siblings, from 1. */
  readonly place: number;
  readonly siblings: number;
}

/** Lines that are to be seen when the fields in `open` show their children. */
export function lines(layers: readonly FieldView[], open: ReadonlySet<string>, level = 1): Line[] {
  return layers.flatMap((field, i) => {
    const isOpen = field.children.length > 0 && open.has(field.path);
    const line: Line = { field, level, open: isOpen, place: i + 1, siblings: layers.length };
    return isOpen ? [line, ...lines(field.children, open, level + 1)] : [line];
  });
}

export function find(layers: readonly FieldView[], path: string): FieldView | undefined {
  for (const field of layers) {
    if (field.path === path) return field;
    const below = find(field.children, path);
    if (below) return below;
  }
  return undefined;
}

/** Paths from the header down to the field itself. */
export function pathTo(layers: readonly FieldView[], path: string): string[] {
  for (const field of layers) {
    if (field.path === path) return [path];
    const below = pathTo(field.children, path);
    if (below.length) return [field.path, ...below];
  }
  return [];
}

/** The header in which a field stands. */
export function layerOf(layers: readonly FieldView[], path: string): FieldView | undefined {
  const [first] = pathTo(layers, path);
  return layers.find((layer) => layer.path === first);
}

/** The deepest field that covers an octet of the frame; of several in one octet, the widest. */
export function fieldAt(layers: readonly FieldView[], octet: number): FieldView | undefined {
  const bit = octet * 8;
  let best: FieldView | undefined;
  for (const field of layers) {
    if (field.bit >= bit + 8 || field.bit + field.bits <= bit) continue;
    const below = fieldAt(field.children, octet) ?? field;
    if (!best || below.bits > best.bits) best = below;
  }
  return best;
}

/** First and last octet that a field touches; undefined for one that has no bits. */
export function octets(field: FieldView): readonly [number, number] | undefined {
  return field.bits ? [Math.floor(field.bit / 8), Math.floor((field.bit + field.bits - 1) / 8)] : undefined;
}

/** Whether `inner` is `outer` or stands under it. */
export function within(outer: FieldView, inner: string): boolean {
  return outer.path === inner || outer.children.some((child) => within(child, inner));
}
