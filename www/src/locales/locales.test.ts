import { describe, expect, it } from 'vitest';
import { en } from './en.js';
import { fill, nearest, translator, type Key, type Message } from './index.js';
import { zhCN } from './zh-CN.js';

const names = (m: Message): string[] =>
  [...new Set((typeof m === 'string' ? m : m.one + m.other).match(/\{\w+\}/g) ?? [])].sort();

describe('catalogues', () => {
  it.each(Object.keys(en) as Key[])('%s says the same in both languages', (key) => {
    expect(zhCN[key], 'missing in zh-CN').toBeTruthy();
    expect(names(zhCN[key])).toEqual(names(en[key]));
  });

  it('chooses the plural by n', () => {
    const t = translator('en');
    expect(t('packet.edited', { n: 1 })).toBe('1 field edited');
    expect(t('packet.edited', { n: 2 })).toBe('2 fields edited');
    expect(translator('zh-CN')('packet.edited', { n: 1 })).toBe('已改 1 个字段');
  });

  it('leaves a name without a value alone, and never reads a value as a template', () => {
    expect(fill('{a} and {b}', { a: '{b}' })).toBe('{b} and {b}');
  });

  it('takes the language nearest to a tag', () => {
    expect([nearest('zh-Hans-SG'), nearest('de'), nearest(null)]).toEqual(['zh-CN', 'en', 'en']);
  });
});
