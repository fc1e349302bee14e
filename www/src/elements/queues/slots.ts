/** What the two queues of a listening socket look like: entries, free places, the line at the backlog. Pure. */
import type { HalfOpenView, RuleView } from '../../engine/pkg/views.js';

/** Free places that are drawn one by one; more are told as a number. */
const DRAWN = 8;

export interface Places {
  readonly full: boolean;
  /** Free places. */
  readonly free: number;
  /** Of these, how many are drawn. */
  readonly drawn: number;
  /** Index of the first entry beyond the backlog; -1 where no entry can be. */
  readonly over: number;
}

/** A queue takes one entry more than the backlog where the profile compares with "greater than" (Linux). */
export function places(length: number, capacity: number, backlog: number): Places {
  const free = Math.max(0, capacity - length);
  return { full: free === 0, free, drawn: Math.min(free, DRAWN), over: capacity > backlog ? backlog : -1 };
}

/**
 * How much of the wait for the next SYN-ACK is still ahead, 0 to 1. Each wait is twice the one before
 * (RFC 6298 §5.5), so the current one is as long as all before it and the first together.
 */
export function countdown(entry: Pick<HalfOpenView, 'since' | 'next' | 'repeats'>, now: number): number {
  const waits = 2 ** (entry.repeats + 1) - 1;
  const wait = ((entry.next - entry.since) * 2 ** entry.repeats) / waits;
  return wait > 0 ? Math.min(1, Math.max(0, (entry.next - now) / wait)) : 0;
}

/** Rules by which somebody is not let into a queue. */
const REFUSALS: Readonly<Record<string, 'syn' | 'accept'>> = {
  'host.listen.syn_queue_full': 'syn', 'host.listen.last_quarter': 'syn', 'host.listen.queue_full': 'syn',
  'host.listen.accept_queue_full': 'accept', 'host.listen.final_ack_refused': 'accept', 'tcp.accept_queue.full': 'accept',
  'host.fast_open.full': 'accept',
};

/** The queue that refused somebody in a step at `node`, and by which rule. */
export function refusal<R extends Pick<RuleView, 'id' | 'outcome' | 'node'>>(rules: readonly R[], node: number): { readonly queue: 'syn' | 'accept'; readonly rule: R } | undefined {
  const rule = rules.find((r) => r.node === node && REFUSALS[r.id] !== undefined && r.outcome !== 'pass' && r.outcome !== 'act');
  const queue = rule && REFUSALS[rule.id];
  return queue && { queue, rule };
}
