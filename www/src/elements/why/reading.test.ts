import { expect, it } from 'vitest';
import type { OutcomeView } from '../../engine/pkg/views.js';
import { cited, deciding } from './reading.js';

const rules = (...outcomes: OutcomeView[]): { id: string; outcome: OutcomeView }[] => outcomes.map((outcome) => ({ id: 'tcp.x', outcome }));

it.each([
  [rules('pass', 'pass', 'answer', 'act'), 2], [rules('pass', 'act', 'act', 'pass'), 2], [rules('pass', 'pass'), 1],
  [rules(), -1], [rules('reset'), 0],
])('the rule that decided, case %#', (all, index) => expect(deciding(all)).toBe(index));

it('what a link does with the answer decides nothing', () => {
  expect(deciding([...rules('pass', 'act'), { id: 'net.link.carried', outcome: 'act' }])).toBe(1);
  expect(deciding([{ id: 'net.link.lost_by_chance', outcome: 'drop' }])).toBe(0);
});

it('names an RFC once in a row', () => {
  expect(cited('RFC 9293 §3.10.7.4', 'RFC 9293 §3.1')).toBe('§3.10.7.4');
  expect(cited('RFC 6298 §5.5', 'RFC 9293 §3.1')).toBe('RFC 6298 §5.5');
  expect(cited('linux tcp_conn_request', 'linux tcp_conn_request')).toBe('linux tcp_conn_request');
});
