/** Timelines as a tree: a row each, below the one it came from, with the strokes that join them. Pure. */
import type { TimelineInfo } from '../../engine/pkg/views.js';

export interface Row {
  readonly info: TimelineInfo;
  readonly depth: number;
  /** Steps at which strokes to rows further below pass through this row. */
  readonly through: readonly number[];
  /** Steps at which strokes begin here: forks of this timeline. */
  readonly leaves: readonly number[];
}

/** Depth first; what came from a timeline stands under it, the latest fork first, so that strokes do not cross. */
export function rows(timelines: readonly TimelineInfo[]): Row[] {
  const known = new Set(timelines.map((t) => t.id));
  const under = (parent: number | undefined): TimelineInfo[] =>
    timelines.filter((t) => (t.parent != null && known.has(t.parent) ? t.parent : undefined) === parent)
      .sort((a, b) => (parent === undefined ? 0 : b.forkedAt - a.forkedAt) || a.id - b.id);
  const order: { info: TimelineInfo; depth: number }[] = [];
  const visit = (info: TimelineInfo, depth: number): void => {
    order.push({ info, depth });
    for (const child of under(info.id)) visit(child, depth + 1);
  };
  for (const root of under(undefined)) visit(root, 0);
  const at = new Map(order.map((o, i) => [o.info.id, i]));
  return order.map(({ info, depth }, i) => {
    const forks = order.filter((o) => o.depth > 0);
    const place = (o: { info: TimelineInfo }): [number, number] => [at.get(o.info.parent ?? -1) ?? -1, at.get(o.info.id) ?? -1];
    const through = forks.filter((o) => place(o)[0] < i && place(o)[1] > i).map((o) => o.info.forkedAt);
    const leaves = forks.filter((o) => o.info.parent === info.id).map((o) => o.info.forkedAt);
    return { info, depth, through: [...new Set(through)], leaves: [...new Set(leaves)] };
  });
}
