import { expect, it } from 'vitest';
import { linkedScript, LONGEST_SCRIPT, parseKept, scriptLink } from './link.js';

const kept = { name: 'mine.pkt', text: '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n', profile: 'rfc', step: 1 };

it('a link carries the script, and opens the view', async () => {
  const link = new URL(await scriptLink(kept, 'https://host.example/x/?lang=en&script=a/b.pkt#t=1.old'));
  expect(link.search).toBe('?lang=en&view=script');
  expect(await linkedScript(link.hash)).toEqual(kept);
});

it.each([
  ['', 'none'], ['#t=1.abc', 'none'], ['#s=', undefined], ['#s=1.!!!', undefined], ['#s=2.abc', undefined],
])('%s holds %s', async (hash, found) => expect(await linkedScript(hash)).toBe(found));

it('what is no script, or far too long, is not taken', () => {
  expect(parseKept('{"v":1,"name":"x","text":7}')).toBeUndefined();
  expect(parseKept('null')).toBeUndefined();
  expect(parseKept(JSON.stringify({ v: 1, name: 'x', text: 'x'.repeat(LONGEST_SCRIPT + 1) }))).toBeUndefined();
  expect(parseKept('{"v":1,"name":"x","text":"","step":-3}')).toEqual({ name: 'x', text: '', profile: undefined, step: undefined });
});
