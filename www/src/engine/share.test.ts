import { describe, expect, it } from 'vitest';
import { linkedTimeline, pack, parseSaved, shareLink, unpack } from './share.js';

const saved = { v: 1 as const, timeline: '{"scenario":"accept-flow","commands":[]}', step: 7, selected: 3 };

describe('links', () => {
  it('bring back what went in', async () => {
    const link = await shareLink(saved, 'https://example.org/play/?lang=zh-CN#old');
    expect(link).toMatch(/^https:\/\/example\.org\/play\/\?lang=zh-CN#t=1\.[\w-]+$/);
    expect(await linkedTimeline(new URL(link).hash)).toEqual(saved);
  });

  it.each(['', '1.', '2.abc', '1.!!!', '1.AAAA', 'nonsense'])('%j is none', async (text) => expect(await unpack(text)).toBeUndefined());

  it('a short text that unfolds without end is none', async () => {
    const bomb = await pack({ ...saved, timeline: ' '.repeat(9 << 20) });
    expect(bomb.length).toBeLessThan(20_000);
    expect(await unpack(bomb)).toBeUndefined();
  });

  it.each(['null', '[]', '{"v":2}', '{"v":1,"timeline":3,"step":0}', '{"v":1,"timeline":"","step":"x"}', '{'])('%s is no timeline', (text) =>
    expect(parseSaved(text)).toBeUndefined());
});
