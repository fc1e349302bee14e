import { describe, expect, it } from 'vitest';
import { ms } from './fixture.js';
import { FrameIndex, merged } from './sources.js';
import { framesOf } from './fixture.js';
import { round, ticks, Warp, WARP } from './warp.js';

/** 20 px a millisecond. */
const scale = 20 / ms;

describe('time to height', () => {
  const busy = [{ from: 0, to: 3 * ms }, { from: 200 * ms, to: 201 * ms }];
  const warp = new Warp(busy, { scale, ...WARP });

  it('has one scale on both sides of a silence', () => {
    expect(warp.y(3 * ms) - warp.y(2 * ms)).toBeCloseTo(20);
    expect(warp.y(201 * ms) - warp.y(200 * ms)).toBeCloseTo(20);
  });

  it('cuts the silence, and says how long it was', () => {
    expect(warp.folds).toHaveLength(1);
    const [fold] = warp.folds;
    expect(fold?.height).toBe(WARP.fold);
    expect(fold && fold.to - fold.from).toBeCloseTo(197 * ms - (WARP.after + WARP.before) / scale);
  });

  it('goes on beyond the end', () => {
    expect(warp.y(202 * ms) - warp.y(201 * ms)).toBeCloseTo(20);
  });

  it.each([0, 1, 2.5, 3, 50, 199.9, 200.5, 300])('comes back to %s ms', (t) => {
    expect(warp.t(warp.y(t * ms)) / ms).toBeCloseTo(t);
  });

  it('does not cut a pause that is short on paper', () => {
    expect(new Warp([{ from: 0, to: ms }, { from: 3 * ms, to: 4 * ms }], { scale, ...WARP }).folds).toEqual([]);
  });

  it('cuts a silence before the first event without leaving room above it', () => {
    const late = new Warp([{ from: 1000 * ms, to: 1001 * ms }], { scale, ...WARP });
    expect(late.folds[0]?.y).toBe(0);
  });

  it('puts ticks at round times, none inside a cut', () => {
    const labels = ticks(warp, 0, warp.height).filter((t) => t.label).map((t) => Math.round(t.t / ms));
    expect(labels).toEqual([0, 2, 200]);
    for (const { y } of ticks(warp, 0, warp.height)) {
      expect(warp.folds.some((f) => y > f.y + 0.1 && y < f.y + f.height - 0.1)).toBe(false);
    }
  });

  it.each([[1, 1], [1.1, 2], [3, 5], [7, 10], [0.02, 0.02]])('rounds %s up to %s', (x, y) => expect(round(x)).toBeCloseTo(y));
});

describe('what is in view', () => {
  it('finds the frames that touch a stretch of time, long flights too', () => {
    const sent = Array.from({ length: 1000 }, (_, i) => ({ at: i * ms, from: 0, to: 1, takes: i === 3 ? 500 * ms : ms }));
    const index = new FrameIndex().update(framesOf(sent));
    expect(index.within({ from: 400.5 * ms, to: 402.5 * ms })).toEqual([3, 400, 401, 402]);
    expect(index.flight(0, 1)).toBe(ms);
    expect(index.flight(1, 0)).toBe(ms);
  });

  it('makes one of what overlaps', () => {
    expect(merged([{ from: 5, to: 6 }, { from: 0, to: 2 }, { from: 1, to: 3 }])).toEqual([{ from: 0, to: 3 }, { from: 5, to: 6 }]);
  });
});
