import { describe, expect, it } from 'vitest';
import type { LogLine, TimelineInfo } from '../../engine/pkg/views.js';
import { columnOf, errnoOf, scrollback, type Note } from './lines.js';
import { accept, History, usageAt } from './typing.js';

const call = (step: number, text: string, pid = 0): LogLine => ({ step, time: step, node: 1, pid, text, failed: text.includes('-1') });
const asked = (step: number, line: string, timeline = 0): Note => ({ kind: 'asked', node: 1, timeline, step, line, answer: `${line}!` });
const main: TimelineInfo = { id: 0, name: 'main', parent: null, forkedAt: 0, steps: 9 };
const fork: TimelineInfo = { id: 1, name: 'call 1', parent: 0, forkedAt: 4, steps: 9 };
const said = (log: LogLine[], notes: Note[], step: number, timeline = 0): string =>
  scrollback(log, notes, { node: 1, step, timeline, timelines: [main, fork] }).map((e) => (e.kind === 'call' ? e.text : e.line)).join(' · ');

describe('what stands in the scrollback', () => {
  it('has calls and questions in the order of their steps, of this host and this shell', () => {
    expect(said([call(2, 'socket() = 3'), call(3, 'read(4)', 1), call(6, 'listen(3, 2) = 0')], [asked(2, 'ps'), asked(6, 'ss -ltn')], 9))
      .toBe('socket() = 3 · ps · listen(3, 2) = 0 · ss -ltn');
  });
  it('does not know what was said later than now', () => expect(said([], [asked(2, 'ps'), asked(6, 'nstat')], 4)).toBe('ps'));
  it('shares with a fork what came before it, and nothing of the future that was left', () => {
    const notes = [asked(2, 'ps'), asked(6, 'nstat'), asked(5, 'ss -tan', 1)];
    expect(said([], notes, 9, 1)).toBe('ps · ss -tan');
    expect(said([], notes, 9, 0)).toBe('ps · nstat');
  });
  it('puts the reason that came with a call beside it, else the sentence of its errno', () => {
    const why: Note = { kind: 'why', node: 1, timeline: 0, step: 2, line: '', error: { code: 'port_held', message: '', operands: [] } };
    const codes = scrollback([call(2, 'bind(3) = -1 EADDRINUSE'), call(3, 'bind(3) = -1 EINVAL')], [why], { node: 1, step: 9, timeline: 0, timelines: [main] })
      .map((e) => (e.kind === 'call' ? e.error?.code : ''));
    expect(codes).toEqual(['port_held', 'EINVAL']);
  });
});

it('reads errno and column', () => {
  expect(errnoOf('<... connect resumed>) = -1 ECONNREFUSED')?.code).toBe('ECONNREFUSED');
  expect(errnoOf('listen(3, 2) = 0')).toBeUndefined();
  expect(columnOf({ code: 'bad_call', message: '', operands: [{ name: 'column', value: { kind: 'num', value: 9 } }] })).toBe(9);
});

describe('a line while it is typed', () => {
  it.each([
    ['li', 0, 'listen(', 'listen('], ['listen(', 7, '3, ', 'listen(3, '], ['接li', 1, 'listen(', '接listen('],
  ])('%s takes an item at %d', (line, from, text, to) => expect(accept(line, { from }, { text })).toBe(to));

  it.each([
    ['listen(sockfd, backlog)', 'listen(', 'listen(|sockfd|, backlog)'],
    ['listen(sockfd, backlog)', 'listen(3, ', 'listen(sockfd, |backlog|)'],
    ['listen(sockfd, backlog)', 'listen(3, 2, ', 'listen(sockfd, backlog)||'],
    ['write(sockfd, "buf")', 'write(3, "a, b', 'write(sockfd, |"buf"|)'],
    ['connect(sockfd, "address", port)', 'connect(3, "10.0.0.2", 8', 'connect(sockfd, "address", |port|)'],
    ['ss', 's', 'ss||'],
  ])('%s at %s', (usage, line, shown) => expect(usageAt(usage, line).join('|')).toBe(shown));

  it('walks through what was typed before, and back to what is being typed', () => {
    const history = new History();
    history.add('socket()');
    history.add('ps');
    history.add('ps');
    expect([history.walk(-1, 'li'), history.walk(-1, 'ps'), history.walk(-1, 'socket()'), history.walk(1, ''), history.walk(1, 'ps'), history.walk(1, '')])
      .toEqual(['ps', 'socket()', undefined, 'ps', 'li', undefined]);
  });
});
