import { expect, it } from 'vitest';
import { errorSentence, plain, sentence } from './sentences.js';

const operands = [
  { name: 'rcv_nxt', value: { kind: 'seq' as const, value: 5001 } },
  { name: 'who', value: { kind: 'word' as const, value: '<b>SYN-RECEIVED</b>' } },
];

it('shows a rule that no catalogue knows by its id and numbers', () => {
  expect(plain(sentence('en', { id: 'no.such', operands }, { own: 1000, peer: 5000 }))).toBe('no.such rcv_nxt 1 who <b>SYN-RECEIVED</b>');
});

it('never makes markup: a word stays a piece of text', () => {
  const word = sentence('en', { id: 'no.such', operands }).find((p) => p.text.includes('<b>'));
  expect(word).toEqual({ kind: 'word', text: '<b>SYN-RECEIVED</b>' });
});

it('falls back to the sentence that the engine sent', () => {
  expect(plain(errorSentence('zh-CN', { code: 'no_such', message: 'What, where, how.' }))).toBe('What, where, how.');
});
