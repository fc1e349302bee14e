import { describe, expect, it } from 'vitest';
import { Bits, Fate, Mark, NONE32, Tcp } from '../engine/records.js';
import { Diagram, MARGIN, type Input } from './diagram.js';
import { framesOf, marksOf, ms, state } from './fixture.js';
import { lanes, Told } from './lanes.js';
import { columnOrder, lifelines } from './lifelines.js';
import type { Drawing, Shape } from './shapes.js';

const CLIENT = 0;
const SERVER = 1;

const handshake = framesOf([
  { at: 0, from: CLIENT, to: SERVER, flags: Tcp.syn },
  { at: ms, from: SERVER, to: CLIENT, flags: Tcp.syn | Tcp.ack },
  { at: 2 * ms, from: CLIENT, to: SERVER, flags: Tcp.ack },
]);
const states = marksOf([
  state(0, CLIENT, 0, 2, 0), state(ms, SERVER, 0, 3, 1), state(2 * ms, CLIENT, 2, 4, 3), state(3 * ms, SERVER, 3, 4, 5),
]);

function input(change: Partial<Input> = {}): Input {
  return {
    frames: handshake, marks: states, known: 1, list: handshake, step: 5, now: 3 * ms, held: [], selected: undefined,
    flow: 0, foreseen: undefined, order: [CLIENT, SERVER], letter: () => 'A', width: 556, zoom: 1, listener: undefined,
    words: {
      packet: (f) => [[{ text: `packet ${f}` }]], reason: (_, x, y) => `full ${x}/${y}`, timer: () => 'RTO 202 ms',
      duration: (d) => `${d / ms} ms`, ahead: '',
    },
    ...change,
  };
}

function drawn(change: Partial<Input> = {}): Drawing {
  const diagram = new Diagram();
  diagram.update(input(change));
  return diagram.draw(0, diagram.height);
}

const classes = (shapes: readonly Shape[]): string[] => shapes.map((s) => s.cls);
const texts = (shapes: readonly Shape[]): string[] =>
  shapes.flatMap((s) => (s.kind === 'text' ? [s.pieces.map((p) => p.text).join('')] : []));

describe('a handshake', () => {
  it('draws an arrow a packet, the pure ACK with an open head', () => {
    const { packets } = drawn();
    expect(packets.map((p) => p.cls)).toEqual(Array(3).fill('packet done own'));
    expect(packets.map((p) => classes(p.shapes).find((c) => c.startsWith('head')))).toEqual(['head filled', 'head filled', 'head open']);
  });

  it('slants all arrows alike: one time scale', () => {
    const rise = drawn().packets.map((p) => {
      const [a, b] = [...p.hit.matchAll(/[ML]([\d.]+) ([\d.-]+)/g)].map((m) => Number(m[2]));
      return (b ?? 0) - (a ?? 0);
    });
    expect(new Set(rise.map((r) => r.toFixed(1))).size).toBe(1);
  });

  it('draws lanes hollow while half-open, solid once ESTABLISHED', () => {
    const bars = classes(drawn().ground).filter((c) => c.startsWith('lane'));
    expect(bars).toEqual(expect.arrayContaining(['lane hollow own', 'lane solid own']));
  });

  it('names the states in the notches', () => {
    expect(texts(drawn().marks)).toEqual(expect.arrayContaining(['SYN-RECEIVED', 'ESTABLISHED']));
  });

  it('is pale below now', () => {
    const { packets, ground } = drawn({ step: 2, now: ms });
    expect(packets.map((p) => p.cls.split(' ')[1])).toEqual(['done', 'flying', 'ahead']);
    expect(classes(ground).some((c) => c.includes('lane') && c.includes('ahead'))).toBe(true);
  });

  it('draws a packet in flight up to now, and dots to where it will arrive', () => {
    const { packets } = drawn({ step: 2, now: 1.5 * ms });
    expect(classes(packets[1]?.shapes ?? [])).toEqual(expect.arrayContaining(['rest', 'head filled']));
  });
});

describe('what becomes of packets', () => {
  const one = (change: object, marks = states, more: Partial<Input> = {}): Drawing =>
    drawn({ frames: framesOf([{ at: 0, from: CLIENT, to: SERVER, step: 0, ended: 1 }, { at: 0, from: CLIENT, to: SERVER, ...change }]), marks, list: {}, ...more });
  const of = (d: Drawing): string[] => classes(d.packets[1]?.shapes ?? []);

  it('lost: a cross in mid-air', () => {
    const d = one({ fate: Fate.lost, takes: ms / 2, ended: 3 });
    expect(of(d)).toContain('cross');
    const x = [...(d.packets[1]?.hit ?? '').matchAll(/[ML]([\d.]+)/g)].map((m) => Number(m[1]));
    expect(x[1]).toBeGreaterThan(150);
    expect(x[1]).toBeLessThan(450);
  });

  it('dropped by a host: a cross there, and the reason', () => {
    const refused = marksOf([{ kind: Mark.refused, time: ms, frame: 1, node: SERVER, b: 0, x: 3, y: 2, step: 3 }]);
    const d = one({ fate: Fate.droppedByHost, ended: 3 }, refused);
    expect(of(d)).toContain('cross');
    expect(texts(d.marks)).toContain('full 3/2');
  });

  it('with payload: a ribbon', () => expect(of(one({ payload: 100 }))).toContain('ribbon'));

  it('sent again: a ring with the count', () => expect(of(one({ resent: 1 }))).toEqual(expect.arrayContaining(['ring', 'ring-count'])));

  it('out of order: a hollow head', () => expect(of(one({ bits: Bits.outOfOrder, payload: 10 }))).toContain('head hollow'));

  it('held: bars where it was caught, then straight down to now', () => {
    const held = marksOf([{ kind: Mark.held, frame: 1, since: 0.4 * ms, time: Infinity, step: 2 }]);
    const d = one({ fate: Fate.held, step: 0, ended: NONE32 }, held, { held: [1], now: 3 * ms });
    expect(of(d)).toEqual(expect.arrayContaining(['wait', 'bars', 'token']));
  });

  it('edited: a diamond, and plum after it', () => {
    const edited = marksOf([{ kind: Mark.edited, frame: 1, time: ms / 2, step: 2 }]);
    expect(of(one({}, edited))).toEqual(expect.arrayContaining(['line', 'line edited', 'token edited', 'head open edited']));
  });

  it('foreseen: dashed, with the answer', () => {
    const d = drawn({
      step: 0, now: 0.2 * ms, selected: 0,
      foreseen: { frame: 0, arrives: ms, refused: true, change: 'SEQ 91001', replies: [{ from: SERVER, to: CLIENT, sent: ms, arrives: 2 * ms, text: 'ACK 1001' }] },
    });
    expect(classes(d.marks).filter((c) => c === 'foreseen')).toHaveLength(2);
    expect(texts(d.marks)).toEqual(expect.arrayContaining(['SEQ 91001', 'ACK 1001']));
  });
});

describe('lanes', () => {
  const told = (...marks: Parameters<typeof marksOf>[0]): Told => {
    const t = new Told();
    t.take(marksOf(marks));
    return t;
  };

  it('gives each connection of a node a lane of its own, and a closed one\'s to the next', () => {
    const all = lanes(told(state(0, 1, 0, 3, 0, 0), state(1, 1, 0, 3, 0, 1), state(2, 1, 3, 0, 0, 0), state(3, 1, 0, 3, 0, 2)).changes);
    expect(all.map((l) => [l.flow, l.slot])).toEqual([[0, 0], [1, 1], [2, 0]]);
    expect(all[0]?.spans).toEqual([{ from: 0, to: 2, state: 3, step: 0 }]);
  });

  it('puts the server in the middle of clients on both sides, else right', () => {
    expect(columnOrder(nodes('client', 'server'))).toEqual([0, 1]);
    expect(columnOrder(nodes('server', 'client', 'client'))).toEqual([1, 0, 2]);
  });
  it('keeps the order of a network as it is written down', () => {
    const network = nodes('client', 'server', 'client').map((n, i) => (i === 2 ? { ...n, kind: 'router' } : n));
    expect(columnOrder(network)).toEqual([0, 1, 2]);
  });
});

const nodes = (...roles: string[]) => roles.map((role, id) => ({ id, role, kind: 'host', name: `node ${id}` }));

describe('lifelines', () => {
  const many = nodes('server', ...Array.from({ length: 9 }, () => 'client'));
  it('as many as there is room for, the rest in folds between them', () => {
    expect(lifelines(many, {}, 20)).toEqual([1, 2, 3, 4, 5, 0, 6, 7, 8, 9]);
    expect(lifelines(many, {}, 5)).toEqual([1, 2, 3, [4, 5], 0, [6, 7, 8, 9]]);
    expect(lifelines(many, {}, 5, [8])).toEqual([1, 2, [3, 4, 5], 0, [6, 7], 8, [9]]);
  });
  it('as somebody chose', () => {
    expect(lifelines(many.slice(0, 4), { order: ['node 0', 'node 3'], folded: ['node 2', 'nobody'] }, 1)).toEqual([0, 3, 1, [2]]);
  });
  it('a frame between two that are folded is a stroke across the fold', () => {
    const { packets } = drawn({ frames: framesOf([{ at: 0, from: 0, to: 1 }, { at: ms, from: 1, to: 2 }]), order: [0, [1, 2]] });
    expect(packets.map((p) => p.cls.includes('inside'))).toEqual([false, true]);
  });
});

describe('a hundred thousand packets', () => {
  const many = framesOf(Array.from({ length: 100_000 }, (_, i) => ({ at: i * 0.3 * ms, from: i % 2, to: 1 - (i % 2), payload: i % 2 ? 0 : 1448 })));

  it('draws only what is in view', () => {
    const diagram = new Diagram();
    diagram.update(input({ frames: many, marks: marksOf([]), list: many, step: 200_000, now: 100 * ms }));
    const middle = diagram.height / 2;
    expect(diagram.draw(middle, middle + 1000).packets.length).toBeLessThan(200);
    expect(diagram.height).toBeGreaterThan(100_000);
    expect(MARGIN.top).toBeGreaterThan(0);
  });
});
