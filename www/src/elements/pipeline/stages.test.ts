import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { OutcomeView } from '../../engine/pkg/views.js';
import { passages, stageOf, STAGES } from './stages.js';

const LOCALES = resolve(import.meta.dirname, '../../../../crates/lab/locales/en');
const ids = ['host', 'tcp'].flatMap((crate) => Object.keys((JSON.parse(readFileSync(`${LOCALES}/${crate}.json`, 'utf8')) as { rules: object }).rules));

it.each(ids)('%s has its place', (id) => expect(stageOf(id)).toBeDefined());

it.each([
  ['host.link.for_us', 'link'], ['host.ip.checksum_wrong', 'ip'], ['host.ip.route_missing', 'sender'], ['host.tcp.checksum_wrong', 'checksum'],
  ['host.lookup.listener', 'lookup'], ['tcp.closed.reset', 'lookup'], ['tcp.listen.syn', 'meets'], ['host.listen.accept_queue_full', 'meets'],
  ['host.listen.isn', 'child'], ['host.listen.syn_queue_entered', 'queue'], ['tcp.accept_queue.full', 'queue'], ['tcp.window.updated', 'meets'],
  ['tcp.window.update', 'then'], ['tcp.rto.armed', 'then'], ['host.accept.takes', 'call'], ['net.link.carried', undefined],
])('%s belongs to %s', (id, stage) => expect(stageOf(id)).toBe(stage));

const way = (...rules: [string, OutcomeView][]): string =>
  passages(rules.map(([id, outcome]) => ({ id, outcome, node: 1 })), 1, []).map((p) => p.outcome).join(' ');
const arrives: [string, OutcomeView][] = [['host.link.for_us', 'pass'], ['host.ip.header_right', 'pass'], ['host.tcp.checksum_right', 'pass']];

describe('how far a segment comes', () => {
  it('a SYN that is let in goes through every stage', () =>
    expect(way(...arrives, ['host.lookup.listener', 'pass'], ['tcp.listen.syn', 'pass'], ['host.listen.isn', 'act'], ['host.listen.syn_queue_entered', 'act']))
      .toBe('pass pass pass pass pass act act'));
  it('a final ACK that finds the accept queue full passes by the child and is dropped at the queue', () =>
    expect(way(...arrives, ['host.lookup.half_open', 'pass'], ['tcp.ack.of_syn', 'pass'], ['tcp.accept_queue.full', 'drop']))
      .toBe('pass pass pass pass pass none drop'));
  it('a wrong checksum is the end of it', () =>
    expect(way(...arrives.slice(0, 2), ['host.tcp.checksum_wrong', 'drop'])).toBe('pass pass drop beyond beyond beyond beyond'));
  it('nobody listens: RST at the look-up', () =>
    expect(way(...arrives, ['host.lookup.nothing', 'pass'], ['tcp.closed.reset', 'reset'])).toBe('pass pass pass reset beyond beyond beyond'));
  it('data for a connection comes no further than the connection', () =>
    expect(way(...arrives, ['host.lookup.connection', 'pass'], ['tcp.text.in_order', 'act'], ['tcp.ack.delayed', 'act'])).toBe('pass pass pass pass act beyond beyond'));
  it('what another host decides is not its business', () =>
    expect(passages([{ id: 'host.link.for_us', outcome: 'pass', node: 2 }], 1, []).every((p) => p.outcome === 'beyond')).toBe(true));
});

it('what the step counted stands where the segment left, and nowhere else', () => {
  const rules = [['tcp.accept_queue.full', 'drop'] as const].map(([id, outcome]) => ({ id, outcome, node: 1 }));
  const all = passages(rules, 1, [{ name: 'ListenOverflows', value: 4, was: 3 }, { name: 'ListenDrops', value: 4, was: 3 }]);
  const of = (stage: string): string => all[STAGES.indexOf(stage as 'queue')]?.counters.filter((c) => c.name.startsWith('Listen')).map((c) => `${c.was} ${c.value}`).join() ?? '';
  expect([of('queue'), of('meets')]).toEqual(['3 4,3 4', 'undefined 4,undefined 4']);
});
