import { describe, expect, it } from 'vitest';
import { countdown, places, refusal } from './slots.js';

describe('places of a queue', () => {
  it.each([
    // length, capacity, backlog → full, free, drawn, over
    [0, 3, 2, false, 3, 3, 2], [2, 3, 2, false, 1, 1, 2], [3, 3, 2, true, 0, 0, 2], [0, 1, 0, false, 1, 1, 0],
    [4, 4, 4, true, 0, 0, -1], [1, 129, 128, false, 128, 8, 128], [5, 3, 2, true, 0, 0, 2],
  ])('%d of %d with backlog %d', (length, capacity, backlog, full, free, drawn, over) => {
    expect(places(length, capacity, backlog)).toEqual({ full, free, drawn, over });
  });
});

it('counts down each wait, twice as long as the one before: 1, 2, 4 s', () => {
  const S = 1e9;
  expect(countdown({ since: 0, next: S, repeats: 0 }, 0)).toBe(1);
  expect(countdown({ since: 0, next: 3 * S, repeats: 1 }, 2 * S)).toBe(0.5);
  expect(countdown({ since: 0, next: 7 * S, repeats: 2 }, 3 * S)).toBe(1);
  expect(countdown({ since: 0, next: 7 * S, repeats: 2 }, 9 * S)).toBe(0);
  expect(countdown({ since: 5, next: 5, repeats: 0 }, 5)).toBe(0);
});

it('tells which queue let somebody not in', () => {
  const of = (id: string, outcome: 'drop' | 'pass' | 'answer', node = 1): string | undefined => refusal([{ id, outcome, node }], 1)?.queue;
  expect([of('tcp.accept_queue.full', 'drop'), of('host.listen.syn_queue_full', 'answer'), of('host.listen.accept_queue_full', 'pass'),
    of('tcp.seq.unacceptable', 'drop'), of('tcp.accept_queue.full', 'drop', 2)]).toEqual(['accept', 'syn', undefined, undefined, undefined]);
});
