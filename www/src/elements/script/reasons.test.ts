import { expect, it } from 'vitest';
import { reason } from './reasons.js';

it.each([
  ['came `> P. 1:11(10) ack 1 win 65535` at 0.010000: acknowledgment is 1, not 2', 'Acknowledgment is 1, not 2.', '确认号是 1，而不是 2。'],
  ['nothing came by 2.1', 'Nothing came by 2.1.', '直到 2.1 什么也没有来。'],
  ['write() returned 100, not 99', 'write() returned 100, not 99.', 'write() 返回 100，而不是 99。'],
  ['options are <mss 1460>, not none', 'Options are <mss 1460>, not none.', '选项是 <mss 1460>，而不是 none。'],
  ['read() of line 7 returned at 0.2, not at 0.5', 'read() of line 7 returned at 0.2, not at 0.5.', '第 7 行的 read() 返回于 0.2，而不是 0.5。'],
])('%s', (why, en, zh) => expect([reason(why, 'en').text, reason(why, 'zh-CN').text]).toEqual([en, zh]));

it('what is not known here stays English, and says so', () => {
  expect(reason('something quite new', 'zh-CN')).toEqual({ text: 'Something quite new.', lang: 'en' });
});
