/** Which nodes have a lifeline, in what order, and which are folded. */
import type { Life } from './lanes.js';

interface Node {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly kind: string;
}

/** What somebody chose: names, from left to right, and of those that are folded. */
export interface Choice {
  readonly order?: readonly string[] | undefined;
  readonly folded?: readonly string[] | undefined;
}

/** Node ids from left to right. */
export function columnOrder(nodes: readonly Node[]): number[] {
  // A network is written down along the way that its frames take.
  if (nodes.some((n) => n.kind !== 'host' && n.kind !== 'attacker')) return nodes.map((n) => n.id);
  const servers = nodes.filter((n) => n.role === 'server').map((n) => n.id);
  const others = nodes.filter((n) => n.role !== 'server').map((n) => n.id);
  const half = others.length > 1 && servers.length ? Math.ceil(others.length / 2) : others.length;
  return [...others.slice(0, half), ...servers, ...others.slice(half)];
}

/** Ids as somebody ordered them; nodes that nobody named come after. */
export function ordered(nodes: readonly Node[], { order }: Choice): number[] {
  const byRule = columnOrder(nodes);
  if (!order?.length) return byRule;
  const place = new Map(order.map((name, i) => [name, i]));
  const of = new Map(nodes.map((n) => [n.id, place.get(n.name) ?? order.length]));
  return byRule.map((id, i) => ({ id, i })).sort((a, b) => (of.get(a.id) ?? 0) - (of.get(b.id) ?? 0) || a.i - b.i).map(({ id }) => id);
}

/**
 * Lifelines and folds from left to right. Where nobody chose what is folded, as many are shown as there is `room` for:
 * those that are `wanted`, servers, then the others in their order.
 */
export function lifelines(nodes: readonly Node[], choice: Choice, room: number, wanted: readonly number[] = []): Life[] {
  const order = ordered(nodes, choice);
  const byName = new Map(nodes.map((n) => [n.name, n.id]));
  const folded = choice.folded ? new Set(choice.folded.map((name) => byName.get(name))) : byItself(nodes, order, room, wanted);
  const lives: (number | number[])[] = [];
  for (const id of order) {
    if (!folded.has(id)) {
      lives.push(id);
      continue;
    }
    const last = lives.at(-1);
    if (Array.isArray(last)) last.push(id);
    else lives.push([id]);
  }
  return lives;
}

function byItself(nodes: readonly Node[], order: readonly number[], room: number, wanted: readonly number[]): Set<number | undefined> {
  if (order.length <= room) return new Set();
  const servers = nodes.filter((n) => n.role === 'server').map((n) => n.id);
  // Two folds want room too.
  const shown = new Set([...wanted, ...servers, ...order].filter((id) => order.includes(id)).filter((id, i, all) => all.indexOf(id) === i).slice(0, Math.max(2, room - 1)));
  return new Set(order.filter((id) => !shown.has(id)));
}
