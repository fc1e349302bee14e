import { describe, expect, it } from 'vitest';
import { EMPTY, examples, NOTHING, ruleOf, sentenceOf, type Draft } from './rule.js';
import { words } from './words.js';

const say = (lang: 'en' | 'zh-CN', draft: Partial<Draft>): string => sentenceOf(lang, words[lang], ruleOf({ ...EMPTY, ...draft }));

describe('a rule as a sentence', () => {
  const table: [Partial<Draft>, string, string][] = [
    [{}, 'Lose every SYN-ACK.', '丢弃每一个SYN-ACK。'],
    [{ then: 'drop', kind: 'data', which: 'nth', n: '3' }, 'Lose the third data segment.', '丢弃第 3 个带数据的报文段。'],
    [{ kind: 'ack', from: 'Client', which: 'every', n: '2' }, 'Lose every second ACK without data from Client.', '丢弃Client发出的每 2 个不带数据的 ACK中的一个。'],
    [{ then: 'removeOption', kind: 'syn', taken: '4' }, 'Take SACK permitted out of every SYN.', '从每一个SYN中取出“允许选择确认”。'],
    [{ then: 'delay', kind: 'fin', by: '12.5', which: 'nth', n: '22' }, 'Delay the 22nd FIN by 12.5 ms.', '把第 22 个FIN延迟 12.5 毫秒。'],
    [{ then: 'clearFlag', kind: 'any', flag: 'PSH', mend: false }, 'Clear PSH on every frame. Lengths and checksums stay as they were.', '在每一个帧上清除 PSH。长度与校验和保持原样。'],
    [{ then: 'set', kind: 'rst', of: 'ip.ttl', to_value: '1', to: 'Server', again: 'yes' }, 'Set Time to live of every RST to Server that is sent again to 1.', ''],
    [{ kind: 'flags', set: 'URG', clear: 'ACK', option: '8', field: 'ip.ttl', is: '<', value: '9' }, 'Lose every segment with URG and without ACK with Timestamps whose Time to live < 9.', ''],
  ];
  it.each(table)('%o', (draft, en, zh) => {
    expect(say('en', draft)).toBe(en);
    if (zh) expect(say('zh-CN', draft)).toBe(zh);
  });

  it('the kinds are known again from what a rule says', () => {
    for (const kind of ['any', 'syn', 'synack', 'ack', 'data', 'fin', 'rst'] as const) {
      const name = words.en(`kind.${kind}`);
      expect(say('en', { kind }), kind).toBe(`Lose every ${name}.`);
    }
    expect(sentenceOf('en', words.en, { when: { ...NOTHING, data: false, set: 'PSH', nth: 4, every: 2 }, then: { kind: 'hold' } })).toBe('Hold the fourth segment without data, segment with PSH, if it is one of every 2.');
  });

  it('the examples are what people ask for', () => {
    expect(examples('Client', 'Server').map((x) => sentenceOf('en', words.en, ruleOf(x)))).toEqual([
      'Lose every second ACK without data from Client.', 'Take SACK permitted out of every SYN.', 'Lose the third data segment.', 'Lose every SYN-ACK from Server.',
    ]);
  });
});
