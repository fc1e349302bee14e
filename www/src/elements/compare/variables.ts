/** Variables of two worlds held against each other: states, TCBs, counters. Pure. */
import type { NodeView, TcbView, VarView, View } from '../../engine/pkg/views.js';
import { flowOf } from '../host-panel/view.js';

export interface VariableDifference {
  readonly name: string;
  /** Undefined: that world has none such. */
  readonly a: number | string | undefined;
  readonly b: number | string | undefined;
  /** How it is written; a state or a counter has none. */
  readonly unit: VarView['unit'] | undefined;
}

export interface Group {
  readonly node: number;
  /** The connection, as the first world numbers it; of what only the second has, as that does. */
  readonly flow: number | undefined;
  readonly rows: readonly VariableDifference[];
}

/** What differs, a group an end of a connection, then a group the counters of a host. Names must stand in `a`'s order. */
export function variables(a: View, b: View): Group[] {
  const groups: Group[] = [];
  for (const node of a.nodes) {
    const mate = b.nodes.find((n) => n.id === node.id);
    if (!mate) continue;
    groups.push(...ends(a, b, node, mate));
    const rows = counters(node, mate);
    if (rows.length) groups.push({ node: node.id, flow: undefined, rows });
  }
  return groups;
}

function ends(a: View, b: View, node: NodeView, mate: NodeView): Group[] {
  const named = (view: View, tcbs: readonly TcbView[]): Map<string, TcbView> =>
    new Map(tcbs.flatMap((t) => (t.flow == null ? [] : [[fourTuple(view, t.flow), t] as const])));
  const [mine, theirs] = [named(a, node.tcbs), named(b, mate.tcbs)];
  return [...new Set([...mine.keys(), ...theirs.keys()])].flatMap((name) => {
    const [x, y] = [mine.get(name), theirs.get(name)];
    const flow = x?.flow ?? y?.flow ?? undefined;
    const rows: VariableDifference[] = [];
    if (x?.state !== y?.state) rows.push({ name: 'state', a: x?.state, b: y?.state, unit: undefined });
    // Of a connection that one of them no longer has, the state says it all.
    if (x && y) {
      for (const v of x.vars) {
        const other = y.vars.find((w) => w.name === v.name);
        if (other && !Object.is(v.value, other.value)) rows.push({ name: v.name, a: v.value, b: other.value, unit: v.unit });
      }
    }
    return rows.length ? [{ node: node.id, flow, rows }] : [];
  });
}

function counters(node: NodeView, mate: NodeView): VariableDifference[] {
  const [mine, theirs] = [node, mate].map((n) => new Map(n.counters.map((c) => [c.name, c.value])));
  return [...new Set([...(mine?.keys() ?? []), ...(theirs?.keys() ?? [])])]
    .map((name) => ({ name, a: mine?.get(name) ?? 0, b: theirs?.get(name) ?? 0, unit: undefined }))
    .filter((row) => row.a !== row.b);
}

function fourTuple(view: View, flow: number): string {
  const f = flowOf(view, flow);
  return f ? `${f.client} ${f.server}` : String(flow);
}
