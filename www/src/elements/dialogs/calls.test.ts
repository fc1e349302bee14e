import { describe, expect, it } from 'vitest';
import type { SocketView } from '../../engine/pkg/views.js';
import { command, offered, problem, whole } from './calls.js';

const socket = (state: string, more: Partial<SocketView> = {}): SocketView => ({
  id: 1, pid: 0, fd: 3, state, ss: state, local: '0.0.0.0:*', remote: '0.0.0.0:*', recvQ: 0, sendQ: 0, flow: null, listener: null, waitingAt: null, error: null, changed: false, ...more,
});
const values = { addr: '10.0.0.2:80', backlog: '2', len: '100', text: 'GET /' };

describe('what a descriptor is offered', () => {
  it.each([
    ['nothing open', undefined, 'socket'],
    ['fresh', socket('CLOSED'), 'socket bind connect listen close'],
    ['bound', socket('CLOSED', { local: '0.0.0.0:80' }), 'socket connect listen close'],
    ['listening', socket('LISTEN', { listener: { backlog: 2, synCapacity: 3, acceptCapacity: 3, synQueue: [], acceptQueue: [] } }), 'socket accept close'],
    ['connected', socket('ESTABLISHED'), 'socket read write shutdown close'],
    ['half-closed', socket('FIN-WAIT-2'), 'socket read close'],
  ])('%s', (_, s, calls) => expect(offered(s).join(' ')).toBe(calls));
});

it('refuses arguments that cannot be meant', () => {
  expect(problem('addr', { ...values, addr: '10.0.0.2' })).toBe('address');
  expect(problem('addr', values)).toBeUndefined();
  expect(problem('len', { ...values, len: '-1' })).toEqual({ min: 0, max: 65535 });
  expect([whole('12', 0, 20), whole('21', 0, 20), whole('1e1', 0, 20), whole('', 0, 1)]).toEqual([true, false, false, false]);
});

it('spells a call as the console takes it', () => {
  expect(command('connect', 3, values)).toBe('connect(3, "10.0.0.2:80")');
  expect(command('write', 3, { ...values, text: 'a "b"\n' })).toBe('write(3, "a \\"b\\"\\n")');
  expect(command('socket', 3, values)).toBe('socket()');
  expect(command('shutdown', 3, values)).toBe('shutdown(3, SHUT_WR)');
});
