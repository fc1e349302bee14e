import { expect, it } from 'vitest';
import { brief } from './predict.js';

it.each([
  ['ACK, seq 2746005495, ack 1438431085, win 64', null, 'ACK 1438431085'],
  ['ACK, seq 2746005495, ack 1438431085, win 64', 1438431084, 'ACK 1'],
  ['PSH ACK, seq 1, ack 2, win 64, length 65', null, 'PSH ACK 65 B'],
  ['RST ACK, seq 0, ack 2, win 0', null, 'RST ACK'],
  ['RST', null, 'RST'],
])('%s', (summary, base, text) => expect(brief(summary, base)).toBe(text));
