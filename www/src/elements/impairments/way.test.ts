import { expect, test } from 'vitest';
import { FIELDS, MANAGED, managed, marks, queueOf, same, shown, switched, typed, type Field } from './way.js';

const field = (key: string): Field => [...FIELDS, ...MANAGED.codel, ...MANAGED.red].find((f) => f.key === key)!;

test('what is typed is what is shown again, in units of people', () => {
  for (const [key, text, asked] of [
    ['delay', '12.5', { delay_us: 12_500 }],
    ['rate', '1.5', { rate_bps: 1_500_000 }],
    ['loss', '0.1', { loss: 0.001 }],
    ['mtu', '1400', { mtu: 1_400 }],
  ] as const) {
    const way = typed({}, field(key), text);
    expect(way).toEqual(asked);
    expect(shown(way!, field(key))).toBe(text);
    expect(typed(way!, field(key), ' ')).toEqual({});
  }
});

test('what is no number asks for nothing', () => {
  for (const text of ['x', '1e999', '-1', 'NaN', '3 %', '200']) expect(typed({}, field('loss'), text)).toBeUndefined();
});

test('bursts begin with their first number and end with it', () => {
  const way = typed({ loss: 0.5 }, field('burst.p'), '1')!;
  expect(way).toEqual({ loss: 0.5, burst: { p: 0.01, r: 1, bad_loss: 1, good_loss: 0 } });
  expect(typed(way, field('burst.r'), '25')!.burst).toEqual({ p: 0.01, r: 0.25, bad_loss: 1, good_loss: 0 });
  expect(typed(way, field('burst.p'), '')).toEqual({ loss: 0.5 });
  expect(typed(way, field('burst.p'), '0')).toEqual({ loss: 0.5 });
});

test('a queue has one discipline', () => {
  const codel = managed({ rate_bps: 1 }, 'codel', true);
  expect([queueOf(codel), marks(codel), codel.codel?.target_us]).toEqual(['codel', true, 5_000]);
  const red = managed(codel, 'red', false);
  expect([queueOf(red), marks(red), red.codel]).toEqual(['red', false, undefined]);
  expect(managed(red, 'droptail', false)).toEqual({ rate_bps: 1 });
});

test('the same is the same in any order', () => {
  expect(same({ loss: 0.5, mtu: 100 }, { mtu: 100, loss: 0.5 })).toBe(true);
  expect(same(switched({}, 'down', true), {})).toBe(false);
  expect(same(switched({ down: true }, 'down', false), {})).toBe(true);
});
