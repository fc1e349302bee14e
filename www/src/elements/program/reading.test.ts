import { expect, it } from 'vitest';
import type { VariableView } from '../../engine/pkg/views.js';
import { named, outputTail, summary, visible } from './reading.js';

const variable = (name: string, value: string, of: string | null = null): VariableView => ({ function: of, name, kind: 'int', value });

it.each([[9, 3, 1, 9], [30, 1, 1, 7], [30, 15, 11, 17], [30, 0, 24, 30], [30, 6, 1, 8], [30, 27, 23, 30]])(
  'of %d lines at %d: %d to %d', (count, line, from, to) => expect(visible(count, line)).toEqual({ from, to }));

it('finds variables in a line, the inner one of a name', () => {
  const found = named('n = n + size', [variable('n', '1'), variable('n', '2', 'serve')]);
  expect(found.map((p) => p.variable?.value ?? p.text)).toEqual(['2', ' = ', '2', ' + ', 'size']);
});

it('says values in a line, and the last of what was printed', () => {
  expect(summary([variable('s', '3'), variable('n', '-1')])).toBe('s = 3  n = -1');
  expect([outputTail(''), outputTail('a\nb\n'), outputTail('1\n2\n3\n4\n5\n6\n7\n')]).toEqual(['', 'a\nb', '2\n3\n4\n5\n6\n7']);
});
