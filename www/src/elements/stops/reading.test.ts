import { describe, expect, it } from 'vitest';
import { caret, variableOf } from './reading.js';

describe('expressions', () => {
  it('marks the column of a mistake', () => {
    const operands = [{ name: 'column', value: { kind: 'num' as const, value: 8 } }];
    expect(caret('cwnd > > 3', { operands })).toBe('cwnd > > 3\n       ^');
  });

  it.each([
    ['A.Client.snd_una', 'SND.UNA'], ['SND.UNA', 'SND.UNA'], ['rcv_nxt', 'RCV.NXT'], ['A.irs', 'IRS'], ['cwnd + 1', undefined], ['snd_nxt - snd_una', undefined],
  ])('%s names %s', (text, name) => expect(variableOf(text)).toBe(name));
});
