import { describe, expect, it } from 'vitest';
import { distance, line, receiveWindow, sendWindow } from './geometry.js';

const draw = (w: ReturnType<typeof sendWindow>, base: number, width = 268) => line({ ...w, number: (o) => String((base + o) >>> 0), width });
const changed = new Set(['SND.NXT']);

describe('a send window', () => {
  it('stands in order: sent, may send, what cwnd forbids, the edited packet outside', () => {
    const w = sendWindow({ una: 1001, nxt: 1101, wnd: 65160, cwnd: 14480, changed }, 91001);
    const l = draw(w, 1001, 276);
    expect(l.ticks.map((t) => `${t.names.join('+')} ${t.label}${t.changed ? '*' : ''}`)).toEqual(['UNA 1001', 'NXT 1101*', 'cwnd 15481', 'WND 66161', 'SEQ 91001']);
    expect(l.spans.map((s) => s.kind)).toEqual(['inflight', 'usable', 'forbidden']);
    expect(l.ticks.every((t, i) => i === 0 || t.x > (l.ticks[i - 1]?.x ?? 0))).toBe(true);
    expect(l.ticks.at(-1)?.x).toBeLessThan(276);
    expect(l.breaks.length).toBeGreaterThan(0);
  });

  it('puts what stands at one number together', () => {
    const l = draw(sendWindow({ una: 5001, nxt: 5001, wnd: 100, cwnd: 100, changed }), 5001);
    expect(l.ticks.map((t) => t.names.join(' '))).toEqual(['UNA NXT', 'WND cwnd']);
    expect(l.spans.map((s) => s.kind)).toEqual(['usable']);
  });

  it('counts from the first edge where ten digits at each would not fit', () => {
    const l = draw(sendWindow({ una: 3000000000, nxt: 3000000100, wnd: 65160, cwnd: 14480, changed }), 3000000000);
    expect(l.ticks.map((t) => t.label)).toEqual(['3000000000', '+100', '+14480', '+65160']);
  });

  it('is all of it shut at a zero window', () => {
    expect(draw(sendWindow({ una: 1, nxt: 101, wnd: 0, cwnd: undefined, changed }), 1).spans.map((s) => s.kind)).toEqual(['inflight']);
  });
});

it('a receive window has the unread octets before it', () => {
  const l = draw(receiveWindow({ nxt: 1101, wnd: 65060, unread: 100, changed }, 1001), 1101);
  expect(l.ticks.map((t) => `${t.names.join('+')} ${t.label}`)).toEqual(['read+SEQ 1001', 'NXT 1101', 'WND 66161']);
  expect(l.spans.map((s) => s.kind)).toEqual(['unread', 'usable']);
});

it('measures round the corner of sequence space', () => expect(distance(0xffffffff, 4)).toBe(5));
