/** What is typed in the forms, and what stands in the file for it. What cannot be read is put there as it is: the core says why. */
import type { RouteLine } from './file.js';

export function listOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

export function linesOf(text: string): string[] {
  return text.split('\n').map((l) => l.trim()).filter(Boolean);
}

/** As ip-route(8) writes it: `10.1.0.0/16 via 192.168.1.2 dev eth1 onlink`. */
export function readRoute(line: string): RouteLine {
  const [to = '', ...rest] = line.split(/\s+/);
  const route: RouteLine = { to };
  for (let i = 0; i < rest.length; i++) {
    const [word, next] = [rest[i], rest[i + 1]];
    if (word === 'via' && next !== undefined) route.via = rest[++i];
    else if (word === 'dev' && next !== undefined) route.interface = rest[++i];
    else if (word === 'onlink') route['onlink'] = true;
    else route.to += ` ${word}`;
  }
  return route;
}

export function routeText(route: RouteLine): string {
  return [route.to, route.via === undefined ? '' : `via ${route.via}`, route.interface === undefined ? '' : `dev ${route.interface}`, route['onlink'] ? 'onlink' : ''].filter(Boolean).join(' ');
}

/** `net.ipv4.tcp_syncookies = 0`, as sysctl(8) takes it. */
export function readSetting(line: string): [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** Without what is undefined: a file has no such thing. */
export function ownLine<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** A port that leads inside: `tcp 80 192.168.1.10:80`. */
export function readForward(line: string): unknown {
  const [protocol = '', port = '', to = ''] = line.split(/[\s,]+|→/).filter(Boolean);
  const number = Number(port);
  return { protocol, port: port !== '' && Number.isInteger(number) ? number : port, to };
}

export function forwardText(forward: unknown): string {
  const { protocol, port, to } = (typeof forward === 'object' && forward !== null ? forward : {}) as Record<string, unknown>;
  return [protocol, port, to].map((x) => (typeof x === 'string' || typeof x === 'number' ? String(x) : '')).join(' ');
}
