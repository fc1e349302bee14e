/** Socket calls that a person can make, and which of them a descriptor's state has a use for. Pure. */
import type { NodeView, SocketView } from '../../engine/pkg/views.js';

export type CallName = 'socket' | 'bind' | 'listen' | 'accept' | 'connect' | 'read' | 'write' | 'shutdown' | 'close';
/** Process of the person's own shell on every host. */
export const SHELL = 0;
/** Most octets that one read or write by hand takes. */
export const MOST_OCTETS = 65535;
export const MOST_BACKLOG = 65535;

/** Arguments besides the descriptor. */
export type Argument = 'addr' | 'backlog' | 'len' | 'text';
export const ARGUMENTS: Readonly<Record<CallName, readonly Argument[]>> = {
  socket: [], bind: ['addr'], listen: ['backlog'], accept: [], connect: ['addr'], read: ['len'], write: ['text'], shutdown: [], close: [],
};

/** Descriptors of the person's shell on a host. */
export function descriptors(node: NodeView): SocketView[] {
  return node.sockets.filter((s) => s.pid === SHELL && s.fd != null).sort((a, b) => (a.fd ?? 0) - (b.fd ?? 0));
}

/** Calls that make sense on a socket in this state; `socket` makes a new one and is always to be had. */
export function offered(socket: SocketView | undefined): CallName[] {
  if (!socket) return ['socket'];
  if (socket.listener != null) return ['socket', 'accept', 'close'];
  switch (socket.state) {
    case 'CLOSED': return ['socket', ...(socket.local.endsWith(':*') ? (['bind'] as const) : []), 'connect', 'listen', 'close'];
    case 'FIN-WAIT-1': case 'FIN-WAIT-2': case 'CLOSING': return ['socket', 'read', 'close'];
    case 'ESTABLISHED': case 'CLOSE-WAIT': case 'SYN-SENT': case 'SYN-RECEIVED': return ['socket', 'read', 'write', 'shutdown', 'close'];
    default: return ['socket', 'read', 'close'];
  }
}

export interface Values { readonly addr: string; readonly backlog: string; readonly len: string; readonly text: string }

/** What is wrong with an argument, if anything. */
export function problem(argument: Argument, values: Values): 'address' | { readonly min: number; readonly max: number } | undefined {
  switch (argument) {
    case 'addr': return /^(\[[0-9a-f:.]+\]|[0-9.]+):\d{1,5}$/i.test(values.addr.trim()) ? undefined : 'address';
    case 'backlog': return whole(values.backlog, 0, MOST_BACKLOG) ? undefined : { min: 0, max: MOST_BACKLOG };
    case 'len': return whole(values.len, 0, MOST_OCTETS) ? undefined : { min: 0, max: MOST_OCTETS };
    case 'text': return undefined;
  }
}

export function whole(text: string, min: number, max: number): boolean {
  const n = Number(text);
  return /^\s*\d+\s*$/.test(text) && n >= min && n <= max;
}

/** The line of the console that makes the call: `connect(3, "10.0.0.2:80")`. */
export function command(call: CallName, fd: number, v: Values): string {
  switch (call) {
    case 'socket': return 'socket()';
    case 'bind': case 'connect': return `${call}(${fd}, "${v.addr.trim()}")`;
    case 'listen': return `listen(${fd}, ${Number(v.backlog)})`;
    case 'read': return `read(${fd}, ${Number(v.len)})`;
    case 'write': return `write(${fd}, ${quoted(v.text)})`;
    case 'shutdown': return `shutdown(${fd}, SHUT_WR)`;
    default: return `${call}(${fd})`;
  }
}

/** Between quotes, as C and the core have it. */
export function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `"${text.replace(/["\\\n\r\t]/g, (c) => escapes[c] ?? c)}"`;
}
