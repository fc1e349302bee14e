import { expect, it } from 'vitest';
import { highlight } from './highlight.js';

it.each([
  ['  c = accept(s, NULL, NULL);', '  c = |accept!|(s, NULL, NULL);'],
  ['for (;;) {', 'for~| (;;) {'],
  ['int s, n;  char buf[512];', 'int~| s, n;  |char~| buf[512];'],
  ['read(s, buf, sizeof buf);', 'read!|(s, buf, |sizeof~| buf);'],
  ['', ''],
])('%s', (line, marked) => {
  const mark = { plain: '', call: '!', keyword: '~' } as const;
  expect(highlight(line).map((p) => p.text + mark[p.kind]).join('|')).toBe(marked);
});
