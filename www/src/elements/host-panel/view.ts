/** Finding things in a view, and what one end of a connection may say of the other. Pure. */
import type { FlowView, NodeView, SocketView, TcbView, View } from '../../engine/pkg/views.js';
import type { T } from '../../locales/index.js';
import type { SeqBases } from '../../locales/sentences.js';

export function nodeOf(view: View, id: number | undefined): NodeView | undefined {
  return view.nodes.find((n) => n.id === id);
}

const ROLES: Readonly<Record<string, 'host.role.client' | 'host.role.server' | 'host.role.attacker'>> = {
  client: 'host.role.client', server: 'host.role.server', attacker: 'host.role.attacker',
};

/** What a host is called in the language of the page: by its role, or by its own name where that says more. */
export function nodeName(node: Pick<NodeView, 'name'> | undefined, t: T): string {
  if (!node) return '?';
  // "Client 2" is the second of a role; any other name is the host's own and stays as it is.
  const [, word = '', number = ''] = /^([a-z]+)( \d+)?$/i.exec(node.name) ?? [];
  const role = ROLES[word.toLowerCase()];
  return role ? t(role) + number : node.name;
}

export function flowOf(view: View, id: number | null | undefined): FlowView | undefined {
  return id == null ? undefined : view.flows.find((f) => f.id === id);
}

/** The process whose program a host panel shows: of the chosen connection, else the first that still runs. */
export function processOf(node: NodeView, flow: number | undefined): number | undefined {
  const sockets = new Set(node.sockets.filter((s) => s.flow != null && s.flow === flow).map((s) => s.id));
  const of = node.processes.find((p) => p.fds.some((fd) => sockets.has(fd.socket)));
  return (of ?? node.processes.find((p) => p.exited == null) ?? node.processes[0])?.pid;
}

/** The TCB that a host panel shows: of the chosen flow, else of the only connection there is. */
export function tcbOf(node: NodeView, flow: number | undefined): TcbView | undefined {
  return node.tcbs.find((t) => t.flow === flow && flow !== undefined) ?? (node.tcbs.length === 1 ? node.tcbs[0] : undefined);
}

/** The ISNs of a flow as `node` sees them; nothing where numbers are shown as they are. */
export function basesOf(view: View, flow: number | null | undefined, node: number | null | undefined, relative: boolean): SeqBases | undefined {
  const f = flowOf(view, flow);
  if (!relative || !f) return undefined;
  return node === f.serverNode ? { own: f.serverIsn, peer: f.clientIsn } : { own: f.clientIsn, peer: f.serverIsn };
}

const SS: Readonly<Record<string, string>> = {
  CLOSED: 'UNCONN', 'SYN-RECEIVED': 'SYN-RECV', ESTABLISHED: 'ESTAB',
};

/** A state as ss(8) spells it. */
export function ssName(state: string): string {
  return SS[state] ?? state;
}

/** State of the other end of `socket`'s connection; undefined where there is none, or it is not ours to see. */
export function otherEnd(view: View, node: number, socket: SocketView): string | undefined {
  const flow = flowOf(view, socket.flow);
  if (!flow) return undefined;
  const state = node === flow.serverNode ? flow.clientState : flow.serverState;
  return state ?? undefined;
}

const HALF = new Set(['SYN-SENT', 'SYN-RECEIVED', 'CLOSED', 'LISTEN']);
const OPEN = new Set(['ESTABLISHED', 'CLOSE-WAIT', 'FIN-WAIT-1', 'FIN-WAIT-2']);

/** Whether one end believes in a connection that the other does not have (any more, or yet). */
export function endsDiffer(mine: string, other: string | undefined): boolean {
  const theirs = other ?? 'CLOSED';
  return (OPEN.has(mine) && HALF.has(theirs)) || (HALF.has(mine) && OPEN.has(theirs));
}

/** `10.0.0.1:40001` → `:40001`; what has no port stays whole. */
export function port(address: string): string {
  const colon = address.lastIndexOf(':');
  return colon < 0 ? address : address.slice(colon);
}
