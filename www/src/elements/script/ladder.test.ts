import { describe, expect, it } from 'vitest';
import type { EventVerdict, RowKind, TraceRow } from '../../engine/pkg/views.js';
import { differences, packetOf, rungs } from './ladder.js';

const ACK = 16;
const row = (step: number, kind: RowKind, at: number, more: Partial<TraceRow> = {}): TraceRow =>
  ({ step, line: step, at, kind, text: '', result: '', flags: 0, payload: 0, hex: 'ff', wrong: false, ...more });
const verdict = (state: string | null): EventVerdict => ({ line: 1, at: 0, verdict: 'passed', state });

describe('rungs of the ladder', () => {
  it('gives each packet the sign that it has in the sequence diagram', () => {
    const signs = rungs([
      row(1, 'arrived', 0, { flags: 2 }), row(1, 'left', 0, { flags: ACK }), row(1, 'left', 0, { flags: ACK | 8, payload: 10 }),
      row(1, 'arrived', 0), row(1, 'returned', 0),
    ], [verdict(null)]).map((r) => r.sign);
    expect(signs).toEqual(['segment', 'ack', 'data', 'other', 'call']);
  });

  it('writes a time where it is another, and how long nothing happened', () => {
    const found = rungs([row(1, 'returned', 0), row(2, 'arrived', 0), row(3, 'left', 2e9)], [verdict(null), verdict(null), verdict(null)]);
    expect(found.map((r) => [r.timed, r.wait])).toEqual([[true, 0], [false, 0], [true, 2e9]]);
  });

  it('tells a state once, at the last row of the step that brought it', () => {
    const found = rungs([row(1, 'arrived', 0), row(1, 'left', 0), row(2, 'arrived', 1), row(3, 'returned', 2)],
      [verdict('SYN-RECEIVED'), verdict('ESTABLISHED'), verdict('ESTABLISHED')]);
    expect(found.map((r) => r.state)).toEqual([undefined, 'SYN-RECEIVED', 'ESTABLISHED', undefined]);
    expect(found.map((r) => r.fill)).toEqual(['none', 'hollow', 'solid', 'solid']);
  });
});

describe('what differs between the line and the packet', () => {
  const marked = (expected: string, came: string): string[][] =>
    differences(expected, came).map((words) => words.filter((w) => w.differs).map((w) => w.text));

  it.each([
    ['P. 1:11(10) ack 2', 'P. 1:11(10) ack 1 win 65535', [['ack 2'], ['ack 1']]],
    ['. 1:1(0) ack 1', 'R. 1:1(0) ack 1 win 0', [['.'], ['R.']]],
    ['S. 0:0(0) ack 1 <mss 1460>', 'S. 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,sackOK>', [['<mss 1460>'], ['<mss 1460,nop,nop,sackOK>']]],
    ['. 1:101(100) ack 1 win 5', '. 1:101(100) ack 1 win 6', [['win 5'], ['win 6']]],
    ['. 1:1(0) ack 1 urg 3', '. 1:1(0) ack 1 win 6', [['urg 3'], []]],
  ])('%s / %s', (expected, came, words) => expect(marked(expected, came)).toEqual(words));

  it('reads the packet off a line', () => {
    expect(packetOf('+9.9~+10.1 > . 0:0(0) ack 1 // probe')).toBe('. 0:0(0) ack 1');
    expect(packetOf('+0 read(4, ..., 10) = 10')).toBeUndefined();
  });
});
