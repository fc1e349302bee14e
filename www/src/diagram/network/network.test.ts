/** The picture of a network as geometry: where nodes come to stand, and where frames are on their way. */
import { describe, expect, it } from 'vitest';
import { arrange, picture, type Crossing, type Station, type Wire } from './index.js';

const chain = { nodes: 4, links: [[0, 1], [1, 2], [2, 3]] };

describe('arrange', () => {
  it('a chain runs from left to right, or down where there is more height than width', () => {
    const wide = arrange(chain, [], 1.5);
    expect(wide.map((p) => p.x)).toEqual([...wide.map((p) => p.x)].sort((a, b) => a - b));
    const tall = arrange(chain, [], 0.5);
    expect(tall.map((p) => p.y)).toEqual([...tall.map((p) => p.y)].sort((a, b) => a - b));
  });
  it('is the same every time, and within the picture', () => {
    const star = { nodes: 50, links: Array.from({ length: 49 }, (_, i) => [0, i + 1]) };
    const at = arrange(star);
    expect(arrange(star)).toEqual(at);
    for (const { x, y } of at) expect(x >= -1e-9 && x <= 1 + 1e-9 && y >= -1e-9 && y <= 1 + 1e-9).toBe(true);
    expect(new Set(at.map(({ x, y }) => `${x.toFixed(3)} ${y.toFixed(3)}`)).size).toBe(50);
  });
  it('what somebody has placed stays, the others find room', () => {
    const at = arrange(chain, [{ x: 0.9, y: 0.9 }, undefined, undefined, { x: 0.1, y: 0.1 }]);
    expect([at[0], at[3]]).toEqual([{ x: 0.9, y: 0.9 }, { x: 0.1, y: 0.1 }]);
  });
  it('more than two on one link: nobody of them stands in the middle', () => {
    const at = arrange({ nodes: 3, links: [[0, 1, 2]] }, [], 1.3);
    expect(Math.min(...at.map((p) => p.x))).toBe(at[0]?.x);
  });
});

const stations: Station[] = [
  { kind: 'host', name: 'A', lines: ['10.0.0.1/24'], at: { x: 0, y: 0.5 } }, { kind: 'server', name: 'B', lines: [], at: { x: 1, y: 0.5 } },
];
const wires: Wire[] = [{ name: 'LAN', note: '1 ms', down: false, ends: [{ node: 0, text: '' }, { node: 1, text: '' }] }];
const flying: Crossing = {
  frame: 7, link: 0, from: 0, to: 1, part: 0.5, fortune: 'flying', head: 'filled', payload: false, edited: false, times: 1,
  label: [{ text: 'SYN' }], reason: '',
};
const drawn = (crossing: Partial<Crossing>) => picture({ stations, wires, crossings: [{ ...flying, ...crossing }], width: 500, height: 300, chosen: undefined });
const tip = (hit: string) => Number(hit.split('L').at(-1)?.split(' ')[0]);

describe('picture', () => {
  it('a frame is where its part of the way is, on the right as it goes', () => {
    const { at, crossings } = drawn({});
    const [a, b] = [at[0]!, at[1]!];
    const there = crossings[0]!.hit;
    expect(tip(there)).toBeGreaterThan(a.x + 100);
    expect(tip(there)).toBeLessThan(b.x - 100);
    const y = Number(there.split(' ').at(-1));
    expect(y).toBeGreaterThan(a.y);
    const back = drawn({ from: 1, to: 0 }).crossings[0]!.hit;
    expect(Number(back.split(' ').at(-1))).toBeLessThan(a.y);
  });
  it.each([
    ['flying', 'head filled'], ['held', 'bars'], ['lost', 'cross'], ['dropped', 'cross'],
  ] as const)('%s is told by its sign', (fortune, sign) => {
    const { shapes } = drawn({ fortune }).crossings[0]!;
    expect(shapes.map((s) => s.cls)).toContain(sign);
  });
  it('edited, sent again and with payload each have theirs', () => {
    const { shapes } = drawn({ edited: true, times: 2, payload: true }).crossings[0]!;
    expect(shapes.map((s) => s.cls)).toEqual(expect.arrayContaining(['ribbon edited', 'token edited', 'ring', 'ring-count']));
  });
});
