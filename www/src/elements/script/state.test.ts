import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import init, { ScriptSession } from '../../engine/pkg/tcp_playground_script.js';
import { sameLines, ScriptState } from './state.js';

const root = resolve(import.meta.dirname, '../../../..');
const NAGLE = readFileSync(resolve(root, 'crates/drill/scripts/requirements/nagle.pkt'), 'utf8');

beforeAll(async () => {
  await init({ module_or_path: readFileSync(resolve(root, 'www/src/engine/pkg/tcp_playground_script_bg.wasm')) });
});

describe('a script that is open', () => {
  let s: ScriptState;
  beforeEach(() => {
    s = new ScriptState((name, text, profile) => new ScriptSession(name, text, profile));
    s.open('nagle.pkt', NAGLE);
  });
  const run = (): void => s.run((slice) => slice());
  const next = (): number | undefined => (s.view?.next == null ? undefined : s.events[s.view.next]?.line);

  it('is stepped forwards and back, and run to its verdict', () => {
    expect([s.canBack, next()]).toEqual([false, 2]);
    s.step();
    s.step();
    expect([s.view?.step, next()]).toEqual([2, 4]);
    s.back();
    expect(next()).toBe(3);
    run();
    expect([s.view?.outcome, s.canStep, s.running]).toEqual(['passed', false, false]);
    s.restart();
    expect([s.view?.step, s.view?.outcome ?? null]).toEqual([0, null]);
  });

  it('stands before a line that is edited, and goes on from there', () => {
    run();
    s.edit(NAGLE.replace('> P. 1:11(10) ack 1', '> P. 1:11(10) ack 2'));
    expect(next(), 'the line that was changed is about to run').toBe(12);
    run();
    expect(s.view?.failure).toMatchObject({ line: 12, came: 'P. 1:11(10) ack 1 win 65535' });
    expect(s.view?.verdicts.at(-1)).toMatchObject({ line: 12, verdict: 'failed' });
    s.edit(NAGLE);
    expect([next(), s.view?.failure ?? null]).toEqual([12, null]);
    run();
    expect(s.view?.outcome).toBe('passed');
  });

  it('keeps its place while half a word stands in the text', () => {
    s.seekLine(12);
    s.edit(NAGLE.replace('ack 1 win 65535\n   +0 accept', 'ack 1 win 65535\n   +0 acc'));
    expect(s.fault).toMatchObject({ line: 9 });
    expect(s.view).toBeUndefined();
    s.edit(NAGLE);
    expect(next()).toBe(12);
  });

  it('says where a text cannot be read', () => {
    s.edit(NAGLE.replace('<mss 1460>', '<bogus 1>'));
    expect(s.fault).toMatchObject({ line: 6, error: { code: 'script_syntax' } });
    expect(s.fault?.column).toBeGreaterThan(1);
    expect([s.canStep, s.canBack]).toEqual([false, false]);
  });

  it('explains a line that failed by the rules of the last one that decided anything', () => {
    s.edit(NAGLE.replace('> P. 1:11(10) ack 1', '> P. 1:11(10) ack 2'));
    run();
    expect(s.trace).toMatchObject({ line: 11, led: true });
    expect(s.trace.rules.length).toBeGreaterThan(0);
  });

  it('runs on another profile', () => {
    s.setProfile('rfc');
    expect(s.view?.profile).toBe('rfc');
    s.setProfile(undefined);
    expect(s.view?.profile).toBe('linux');
    s.setProfile('solaris');
    expect(s.fault?.error.code).toMatch(/^script_/);
  });
});

it('counts the lines that two texts begin with', () => {
  expect([sameLines('a\nb\nc', 'a\nb\nd'), sameLines('a', 'a'), sameLines('', 'x'), sameLines('a\nb', 'a')]).toEqual([2, 1, 0, 1]);
});
