import { expect, it } from 'vitest';
import { partner } from '../../engine/partner.js';
import { rows } from './tree.js';

const line = (id: number, parent: number | null, forkedAt: number, steps = 100) => ({ id, name: `t${id}`, parent, forkedAt, steps });

it('what came from a timeline stands under it, the latest fork first; strokes pass through what stands between', () => {
  const all = rows([line(0, null, 0), line(1, 0, 10), line(2, 0, 50), line(3, 1, 20)]);
  expect(all.map((r) => `${'  '.repeat(r.depth)}${r.info.id} leaves ${r.leaves.join()} through ${r.through.join()}`)).toEqual([
    '0 leaves 50,10 through ', '  2 leaves  through 10', '  1 leaves 20 through ', '    3 leaves  through ',
  ]);
});

it('without main there may be several beginnings', () => {
  expect(rows([line(1, null, 0), line(4, null, 0), line(5, 9, 3)]).map((r) => [r.info.id, r.depth])).toEqual([[1, 0], [4, 0], [5, 0]]);
});

it('a timeline is held beside the one it came from, else beside what came from it', () => {
  const all = [line(0, null, 0), line(1, 0, 10), line(2, 1, 20)];
  expect([0, 1, 2].map((id) => partner(all, id))).toEqual([1, 0, 1]);
  expect(partner([line(0, null, 0)], 0)).toBeUndefined();
});
