/**
 * A header as the RFCs draw it: 32 bits a row. Computed from nothing but the bit offsets of the tree, so that
 * whatever dissects can be drawn, truncated and malformed headers too.
 */
import type { FieldView } from '../../engine/pkg/views.js';

/** A field's part in one row. A field that goes over the end of a row has a part in the next as well. */
export interface Cell {
  /** Undefined where no field lies: octets that the dissector could not name. */
  readonly field: FieldView | undefined;
  /** The option (or other group) that the field belongs to, where that is not the header itself. */
  readonly group: FieldView | undefined;
  /** First bit in the row, 0 to 31. */
  readonly from: number;
  readonly bits: number;
  /** Whether the field begins here; its name and value stand in its first part. */
  readonly first: boolean;
}

export interface Row {
  /** Octets from the beginning of the header. */
  readonly offset: number;
  readonly cells: readonly Cell[];
  /** Whether the row holds options only: narrow pages fold these into one line. */
  readonly options: boolean;
}

/** A field with the group it stands in. */
interface Leaf { readonly field: FieldView | undefined; readonly group: FieldView | undefined; readonly bit: number; readonly bits: number }

const WIDTH = 32;

export function headerRows(layer: FieldView): Row[] {
  const cells = new Map<number, { cells: Cell[]; options: boolean }>();
  for (const leaf of withGaps(layer)) {
    let bit = leaf.bit - layer.bit;
    let left = leaf.bits;
    while (left > 0) {
      const row = Math.floor(bit / WIDTH);
      const from = bit % WIDTH;
      const bits = Math.min(left, WIDTH - from);
      const entry = cells.get(row) ?? { cells: [], options: true };
      entry.cells.push({ field: leaf.field, group: leaf.group, from, bits, first: left === leaf.bits });
      entry.options &&= leaf.group !== undefined && isOption(leaf.group);
      cells.set(row, entry);
      bit += bits;
      left -= bits;
    }
  }
  return [...cells].sort(([a], [b]) => a - b).map(([row, { cells, options }]) => ({ offset: row * 4, cells, options }));
}

/** Whether a group is an option of TCP or IP, or the list of them. */
export function isOption(group: FieldView): boolean {
  return group.path.includes('.options');
}

/** Fields without children, in wire order. */
export function leaves(field: FieldView): FieldView[] {
  return field.children.length ? field.children.flatMap(leaves) : [field];
}

function withGaps(layer: FieldView): Leaf[] {
  const found = inOrder(layer, undefined).filter((leaf) => leaf.bits > 0).sort((a, b) => a.bit - b.bit);
  const out: Leaf[] = [];
  let at = layer.bit;
  for (const leaf of found) {
    // Overlaps come from nothing but groups drawn as fields: the first one has the bits.
    if (leaf.bit < at) continue;
    if (leaf.bit > at) out.push({ field: undefined, group: undefined, bit: at, bits: leaf.bit - at });
    out.push(leaf);
    at = leaf.bit + leaf.bits;
  }
  const end = layer.bit + layer.bits;
  if (at < end) out.push({ field: undefined, group: undefined, bit: at, bits: end - at });
  return out;
}

function inOrder(field: FieldView, group: FieldView | undefined): Leaf[] {
  if (!field.children.length) return group || field.bits ? [{ field, group, bit: field.bit, bits: field.bits }] : [];
  return field.children.flatMap((child) => inOrder(child, child.children.length ? child : group));
}
