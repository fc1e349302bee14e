import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../engine/native.js';
import { grouped, matching, requirements, type Filter } from './table.js';
import { chinese } from './zh-CN.js';

const root = resolve(import.meta.dirname, '../../../..');
const all = requirements(readFileSync(resolve(root, 'crates/lab/conformance/rfc9293.tsv'), 'utf8'));
const filter = (f: Partial<Filter>): Filter => ({ levels: new Set(), places: new Set(), text: '', ...f });

describe('the table of requirements', () => {
  it('reads as the command line prints it', { timeout: 300_000 }, () => {
    const text = native('conformance', '--json');
    const rows = (JSON.parse(text) as { id: string; level: string; wording: string; place: string; summary: string; reason: string; tests: string[] }[])
      .map(({ id, level, wording, place, summary, reason, tests }) => ({ id, level, wording, place, summary, reason, tests: tests.length }));
    expect(all.map(({ id, level, wording, place, summary, reason, tests, scripts }) => (
      { id, level, wording, place, summary, reason, tests: tests.length + scripts.length }))).toEqual(rows);
  });

  it('names scripts that are there to be opened', () => {
    const missing = all.flatMap((r) => r.scripts).filter((path) => !existsSync(resolve(root, 'crates/drill/scripts', path)));
    expect(missing).toEqual([]);
  });

  it('says everything in Chinese too', () => {
    const said = new Set(all.flatMap((r) => [r.group, r.summary, r.reason]).filter(Boolean));
    expect([...said].filter((text) => !chinese[text])).toEqual([]);
  });

  it('is narrowed by level, by status and by every word', () => {
    expect(matching(all, filter({}))).toHaveLength(all.length);
    const must = matching(all, filter({ levels: new Set(['MUST']) }));
    expect(must.every((r) => r.level === 'MUST')).toBe(true);
    const either = matching(all, filter({ levels: new Set(['MUST', 'MAY']), places: new Set(['none']) }));
    expect(either.every((r) => r.level !== 'SHOULD' && r.place === 'none')).toBe(true);
    expect(matching(all, filter({ text: 'nagle SHLD-7' })).map((r) => r.id)).toEqual(['SHLD-7']);
    expect(matching(all, filter({ text: '§3.8.4' })).length).toBeGreaterThan(0);
    expect(matching(all, filter({ text: 'no such words' }))).toEqual([]);
    expect(matching(all, filter({ text: '窗口' }), (r) => chinese[r.group] ?? '').length).toBeGreaterThan(0);
  });

  it('keeps the groups of the appendix', () => {
    expect(grouped(all).flatMap((g) => g.rows)).toEqual(all);
    expect(grouped(all)[0]?.group).toBe('PUSH flag');
  });

  it('a row that is none says where', () => expect(() => requirements('head\nMUST-1\tMUST')).toThrow('row 2'));
});
