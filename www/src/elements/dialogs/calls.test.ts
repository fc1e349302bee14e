import { describe, expect, it } from 'vitest';
import type { CallView, ParamView } from '../../engine/pkg/views.js';
import { command, descriptors, initial, offered, problem, whole } from './calls.js';

const param = (name: string, kind: string, more: Partial<ParamView> = {}): ParamView => ({ name, kind, optional: false, least: 0, most: 0, names: [], ...more });
const fd = param('sockfd', 'fd');
const call = (name: string, ...params: ParamView[]): CallView => ({ name, usage: '', params });
const flags = param('flags', 'names', { optional: true, names: ['MSG_PEEK', 'MSG_DONTWAIT'] });
const socket = call('socket', param('domain', 'names', { optional: true, names: ['AF_INET'] }), param('type', 'names', { optional: true, names: ['SOCK_STREAM', 'SOCK_NONBLOCK'] }));
const listen = call('listen', fd, param('backlog', 'int', { least: -5, most: 100 }));
const recv = call('recv', fd, param('len', 'int', { most: 65535 }), flags);
const connect = call('connect', fd, param('addr', 'address'));
const accept4 = call('accept4', fd, param('flags', 'names', { names: ['SOCK_NONBLOCK'] }));
const write = call('write', fd, param('buf', 'text'));

it('reads descriptors from what the core offers', () => {
  expect(descriptors([{ text: '3, ', hint: 'LISTEN' }, { text: '14)', hint: 'ESTAB' }, { text: ')', hint: '' }]))
    .toEqual([{ fd: 3, what: 'LISTEN' }, { fd: 14, what: 'ESTAB' }]);
});

it('offers what the state of the descriptor allows, then what needs none', () => {
  const names = (of: number | undefined): string => offered([socket, listen, recv], of, (name) => name === 'recv').map((c) => c.name).join(' ');
  expect([names(3), names(undefined)]).toEqual(['recv socket', 'socket']);
});

describe('spells a call as the console takes it', () => {
  it.each([
    [listen, { sockfd: '3', backlog: '2' }, 'listen(3, 2)'],
    [socket, {}, 'socket()'],
    [socket, { type: 'SOCK_STREAM|SOCK_NONBLOCK' }, 'socket(AF_INET, SOCK_STREAM|SOCK_NONBLOCK)'],
    [recv, { sockfd: '3', len: '10' }, 'recv(3, 10)'],
    [recv, { sockfd: '3', len: '10', flags: 'MSG_PEEK|MSG_DONTWAIT' }, 'recv(3, 10, MSG_PEEK|MSG_DONTWAIT)'],
    [connect, { sockfd: '3', addr: '10.0.0.2', 'addr.port': '80' }, 'connect(3, "10.0.0.2", 80)'],
    [accept4, { sockfd: '3' }, 'accept4(3, 0)'],
    [write, { sockfd: '3', buf: 'a "b"\n' }, 'write(3, "a \\"b\\"\\n")'],
  ] as const)('%# %o', (c, values, line) => expect(command(c, values)).toBe(line));
});

it('refuses what cannot be meant', () => {
  const backlog = listen.params[1] as ParamView;
  expect(['2', '-5', '101', '1e1', ''].map((v) => problem(backlog, v))).toEqual([undefined, undefined, 'range', 'range', 'empty']);
  expect([problem(flags, ''), problem(connect.params[1] as ParamView, ''), problem(write.params[1] as ParamView, '')]).toEqual([undefined, 'empty', undefined]);
  expect([whole('12', 0, 20), whole('21', 0, 20), whole('', 0, 1)]).toEqual([true, false, false]);
});

it('begins with values that work', () => {
  expect([initial('listen', listen.params[1] as ParamView), initial('bind', connect.params[1] as ParamView), initial('recv', flags)]).toEqual(['2', '0.0.0.0', '']);
});
