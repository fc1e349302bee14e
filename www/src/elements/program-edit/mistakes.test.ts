import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mistake } from './mistakes.js';
import { mistakes } from './mistakes.zh-CN.js';

const SOURCES = resolve(import.meta.dirname, '../../../../crates/host/src/program');
/** Files of the compiler; what the others say, they say of a program that runs. */
const COMPILER = /^(compile|expr|init|lexer)/;

/** Texts of the compiler that read as sentences or as parts of one. */
function said(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.rs') && COMPILER.test(f));
  const texts = files.flatMap((f) => {
    const code = readFileSync(resolve(SOURCES, f), 'utf8').replace(/^\s*\/\/.*$/gm, '').replace(/'(\\.|[^\\'])'/g, "''");
    return [...code.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text.replace(/\\(["\\])/g, '$1'));
  });
  return [...new Set(texts)].filter((t) => /[a-z] [a-z{`(<#]|` [a-z]|[a-z]: `/.test(t));
}

describe('mistakes in a program', () => {
  it('are all there in Chinese', () => {
    const all = said();
    expect(all.length).toBeGreaterThan(80);
    expect(all.filter((t) => !(t in mistakes))).toEqual([]);
  });

  it.each(Object.entries(mistakes))('%s keeps its places', (english, chinese) => {
    const holes = english.replaceAll('{{', '').replaceAll('}}', '').match(/\{\w*\}/g) ?? [];
    expect(chinese.match(/\{\d\}/g)?.map((h) => Number(h[1])).sort() ?? []).toEqual(holes.map((_, i) => i));
  });

  it.each([
    ['`;` is wanted here, before `c`', '此处缺少 `;`，应在`c`之前'],
    ['there is no call `lisen`: did you mean `listen`?', '没有调用 `lisen`：是不是 `listen`？'],
    ['a type is wanted here, not the end of the program', '此处应为类型，而不是程序结尾'],
    ['`accept` takes 3 arguments, not 1', '`accept` 需要3 个参数，而不是 1 个'],
    ['`read` takes as argument 2 `void *`, but this is `char`: put `&` before it', '`read` 的第 2 个参数是 `void *`，但这里是 `char`：在其前写 `&`'],
    ['a `struct sockaddr_in` is set by a list: put `{` and `}` around it', '`struct sockaddr_in` 用列表设定：请用 `{` 和 `}` 括起来'],
    ['something that nobody says', 'something that nobody says'],
  ])('%s', (english, chinese) => {
    expect(mistake('zh-CN', english)).toBe(chinese);
    expect(mistake('en', english)).toBe(english);
  });
});
