/**
 * What a segment meets on a host, as stages in their order: which rule belongs to which, how far the segment of a step
 * came, and where it left. Pure.
 */
import type { CounterView, OutcomeView, RuleView } from '../../engine/pkg/views.js';

export const STAGES = ['link', 'ip', 'checksum', 'lookup', 'meets', 'child', 'queue'] as const;
export type Stage = (typeof STAGES)[number];

/**
 * The stage of a rule by the longest beginning of its id. `then`: what the host does once the segment has been dealt
 * with (answers, sends, arms timers). `call`: what a call decides, whatever arrives. `sender`: the way out of a host.
 */
const TABLE: readonly (readonly [string, Stage | 'then' | 'call' | 'sender'])[] = [
  ['host.link.', 'link'], ['host.arp.', 'link'],
  ['host.ip.', 'ip'], ['host.icmp.', 'ip'], ['host.udp.', 'ip'], ['host.ip.route_missing', 'sender'], ['host.ip.neighbour_unknown', 'sender'],
  ['host.fragment.', 'ip'], ['host.fragment.cut', 'sender'], ['host.forward.', 'ip'], ['host.path_mtu.', 'ip'], ['host.nat.', 'ip'], ['host.nd.', 'ip'], ['host.dad.', 'ip'],
  ['host.neigh.', 'link'], ...['asked', 'probed', 'held', 'incomplete', 'queue_full', 'delay', 'failed'].map((id) => [`host.neigh.${id}`, 'sender'] as const),
  ['host.route.', 'call'], ['host.ip.address_withheld', 'call'], ['host.ip.gateway_refused', 'sender'], ['host.raw.', 'link'],
  ['host.tcp.', 'checksum'],
  ['host.lookup.', 'lookup'], ['tcp.closed.', 'lookup'],
  ['host.listen.', 'meets'], ['host.cookie.', 'meets'], ['host.fast_open.', 'meets'], ['host.fast_open.deferred', 'call'], ['tcp.', 'meets'],
  ['host.listen.isn', 'child'], ['tcp.open.passive', 'child'], ['tcp.option.', 'child'], ['tcp.ecn.on', 'child'],
  ['tcp.fast_open.cookie', 'child'], ['tcp.fast_open.child', 'child'],
  ['host.listen.syn_queue_entered', 'queue'], ['host.listen.syn_queue_left', 'queue'], ['host.listen.accept_queue_entered', 'queue'],
  ['host.listen.final_ack_refused', 'queue'], ['tcp.accept_queue.full', 'queue'], ['tcp.accept.deferred', 'queue'],
  ['host.accept.', 'call'], ['host.connect.', 'call'], ['host.bind.', 'call'], ['host.close.', 'call'], ['host.call.', 'call'],
  ['host.listen.backlog_clamped', 'call'], ['host.listen.retries_cut', 'then'],
  ['tcp.call.', 'call'], ['tcp.close.', 'call'], ['tcp.open.active', 'call'], ['tcp.fast_open.asks', 'call'], ['tcp.fast_open.syn', 'call'],
  ...['tcp.send.', 'tcp.rto.', 'tcp.rtt.', 'tcp.persist.', 'tcp.keepalive.', 'tcp.cwnd.', 'tcp.retransmit', 'tcp.r1.', 'tcp.r2.', 'tcp.user_timeout',
    'tcp.device_full', 'tcp.tlp.', 'tcp.rack.', 'tcp.dupacks.', 'tcp.recovery.', 'tcp.cwr.', 'tcp.frto.', 'tcp.path.', 'tcp.reordering.', 'tcp.handshake.',
    'tcp.time_wait.armed', 'tcp.time_wait.over', 'tcp.fin_wait_2.', 'tcp.ack.now', 'tcp.ack.delayed', 'tcp.answer.', 'tcp.rst.sent', 'tcp.syn_ack.',
    'tcp.window.announced', 'tcp.window.update', 'tcp.urg.sent'].map((id) => [id, 'then'] as const),
  // A window that the peer announces is read; one of our own is announced.
  ['tcp.window.updated', 'meets'],
];

/** Where a rule belongs; undefined for one that no host decides. */
export function stageOf(id: string): Stage | 'then' | 'call' | 'sender' | undefined {
  let best: (typeof TABLE)[number] | undefined;
  for (const row of TABLE) if (id.startsWith(row[0]) && row[0].length > (best?.[0].length ?? 0)) best = row;
  return best?.[1];
}

/** Counters of nstat(8) by which the way out of a stage is counted. */
export const EXITS: Readonly<Record<Stage, readonly string[]>> = {
  link: [],
  ip: ['IpInHdrErrors', 'IpInAddrErrors', 'IpInUnknownProtos'],
  checksum: ['InCsumErrors', 'InErrs'],
  lookup: ['OutRsts'],
  meets: ['TCPReqQFullDrop', 'TCPReqQFullDoCookies', 'ListenOverflows', 'ListenDrops', 'SyncookiesFailed', 'EmbryonicRsts', 'EstabResets'],
  child: [],
  queue: ['ListenOverflows', 'ListenDrops'],
};
/** Shown even while nothing was counted: what a listener loses. */
const ALWAYS: readonly string[] = ['IpInHdrErrors', 'InCsumErrors', 'OutRsts', 'TCPReqQFullDrop', 'ListenOverflows', 'ListenDrops'];

export interface Counted {
  readonly name: string;
  readonly value: number;
  /** Before this step, where this step counted. */
  readonly was: number | undefined;
}

export interface Passage {
  readonly stage: Stage;
  /** `none`: on its way, with nothing decided there. `beyond`: the segment did not come so far. */
  readonly outcome: OutcomeView | 'none' | 'beyond';
  /** Rules met there, as indices of the trace; the one that decided first. */
  readonly rules: readonly number[];
  readonly counters: readonly Counted[];
}

const WEIGHT: Readonly<Record<OutcomeView, number>> = { pass: 0, act: 1, answer: 2, reset: 3, drop: 3 };

/** The way of the segment that arrived at `node` in a step; of none, the stages with their counters alone. */
export function passages(rules: readonly Pick<RuleView, 'id' | 'outcome' | 'node'>[], node: number, counters: readonly CounterView[]): Passage[] {
  const met = new Map<Stage, number[]>(STAGES.map((s) => [s, []]));
  rules.forEach((rule, i) => {
    const stage = rule.node === node ? stageOf(rule.id) : undefined;
    if (stage !== undefined) met.get(stage as Stage)?.push(i);
  });
  const last = STAGES.findLastIndex((s) => met.get(s)?.length);
  const out = (i: number): boolean => (rules[i]?.outcome ?? 'pass') !== 'pass' && rules[i]?.outcome !== 'act';
  const left = STAGES.findIndex((s) => met.get(s)?.some(out));
  return STAGES.map((stage, i) => {
    const order = [...(met.get(stage) ?? [])].sort((a, b) => weight(rules[b]?.outcome) - weight(rules[a]?.outcome) || b - a);
    const outcome = order.length ? rules[order[0] as number]?.outcome ?? 'pass' : left >= 0 && i > left ? 'beyond' : i > last ? 'beyond' : 'none';
    return { stage, outcome, rules: order, counters: counted(stage, counters, i === (left >= 0 ? left : last)) };
  });
}

function weight(outcome: OutcomeView | undefined): number {
  return outcome === undefined ? 0 : WEIGHT[outcome];
}

/** The counters of a stage; what this step counted stands where the segment left. */
function counted(stage: Stage, counters: readonly CounterView[], here: boolean): Counted[] {
  return EXITS[stage].flatMap((name) => {
    const c = counters.find((x) => x.name === name);
    const was = here ? c?.was ?? undefined : undefined;
    return c?.value || was !== undefined || ALWAYS.includes(name) ? [{ name, value: c?.value ?? 0, was }] : [];
  });
}

/** Whether the segment leaves the host's way here. */
export function leaves(outcome: Passage['outcome']): outcome is 'drop' | 'answer' | 'reset' {
  return outcome === 'drop' || outcome === 'answer' || outcome === 'reset';
}
