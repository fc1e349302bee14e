import { expect, it } from 'vitest';
import { arrow, box, EDGES, edgesFor, SIZE, STATES } from './geometry.js';

it('has the eleven states, inside the figure, none upon another', () => {
  const all = Object.entries(STATES);
  expect(all).toHaveLength(11);
  for (const [name, { x, y }] of all) {
    expect(x - box(name).w, name).toBeGreaterThanOrEqual(-6);
    expect(x + box(name).w, name).toBeLessThanOrEqual(SIZE.width + 6);
    expect(all.filter(([other, p]) => other !== name && Math.abs(p.y - y) < 12 && Math.abs(p.x - x) < box(name).w + box(other).w), name).toEqual([]);
  }
});

it('draws every edge between states that it has', () => {
  for (const { from, to } of EDGES) expect(arrow(from, to).line, `${from} to ${to}`).toMatch(/^M[\d.-]+ [\d.-]+(L[\d.-]+ [\d.-]+|H[\d.]+V[\d.]+H[\d.]+)$/);
});

it('lights the edge just taken, and shows one that the figure lacks', () => {
  expect(edgesFor([['SYN-RECEIVED', 'ESTABLISHED']]).filter((e) => e.lit).map((e) => e.why)).toEqual(['rcv ACK of SYN']);
  expect(edgesFor([['ESTABLISHED', 'CLOSED']]).filter((e) => e.lit).map((e) => e.why)).toEqual(['RST']);
  // A child of a listener, from its first SYN, or from the ACK that brings a cookie back.
  expect(edgesFor([['CLOSED', 'SYN-RECEIVED']]).filter((e) => e.lit).map((e) => [e.from, e.why])).toEqual([['LISTEN', 'rcv SYN, snd SYN,ACK']]);
  expect(edgesFor([['CLOSED', 'ESTABLISHED']]).filter((e) => e.lit).map((e) => [e.from, e.why])).toEqual([['LISTEN', 'rcv ACK of a SYN cookie']]);
  expect(edgesFor([['LAST-ACK', 'CLOSED']]).filter((e) => e.lit)).toHaveLength(1);
  expect(edgesFor([]).some((e) => e.to === 'CLOSED')).toBe(false);
});
