/** Why a line failed, in the reader's language. The drill writes English sentences; the usual ones are known here. Pure. */
import type { Lang } from '../../locales/index.js';

/** English with `{1}`, `{2}` for what varies → Chinese. */
const CHINESE: readonly (readonly [string, string])[] = [
  ['flags are {1}, not {2}', '标志是 {1}，而不是 {2}'],
  ['sequence number is {1}, not {2}', '序列号是 {1}，而不是 {2}'],
  ['payload is {1} octets, not {2}', '数据为 {1} 字节，而不是 {2}'],
  ['acknowledgment is {1}, not {2}', '确认号是 {1}，而不是 {2}'],
  ['window is {1}, not {2}', '窗口是 {1}，而不是 {2}'],
  ['urgent pointer is {1}, not {2}', '紧急指针是 {1}，而不是 {2}'],
  ['options are {1}, not {2}', '选项是 {1}，而不是 {2}'],
  ['TSval is {1}, not {2}', 'TSval 是 {1}，而不是 {2}'],
  ['ECN bits are {1}, not {2}', 'ECN 位是 {1}，而不是 {2}'],
  ['type of service is {1}, not {2}', '服务类型是 {1}，而不是 {2}'],
  ['TTL is {1}, not {2}', 'TTL 是 {1}，而不是 {2}'],
  ['flow label is {1}, not {2}', '流标签是 {1}，而不是 {2}'],
  ['nothing came by {1}', '直到 {1} 什么也没有来'],
  ['nothing came', '什么也没有来'],
  ['came `{1}` at {2}, which is not between {3} and {4}', '`{1}` 来于 {2}，不在 {3} 与 {4} 之间'],
  ['came `{1}`, then nothing by {2}', '`{1}` 之后，直到 {2} 再没有什么来'],
  ['{1}() returned {2}, not {3}', '{1}() 返回 {2}，而不是 {3}'],
  ['{1}() of line {2} returned at {3}, not at {4}', '第 {2} 行的 {1}() 返回于 {3}，而不是 {4}'],
  ['{1}() blocks: nothing is left that could end it (by {2})', '{1}() 阻塞：再没有什么能使它结束（直到 {2}）'],
  ['{1}() blocks: it did not return in time (by {2})', '{1}() 阻塞：没有及时返回（直到 {2}）'],
  ['after the last line, a packet is left over: `{1}`', '最后一行之后还剩下一个报文：`{1}`'],
  ['no connection that this packet could belong to has been seen yet', '还没有出现这个报文可以归属的连接'],
  ['line {1}: `{2}` is {3}', '第 {1} 行：`{2}` 为 {3}'],
  ['stopped after {1} events: the script does not end', '在 {1} 个事件之后停止：脚本不会结束'],
];

const patterns = CHINESE.map(([en, zh]) => {
  const source = en.split(/\{\d\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('(.+?)');
  const order = [...en.matchAll(/\{(\d)\}/g)].map((m) => m[1] as string);
  return { pattern: new RegExp(`^${source}$`, 's'), order, zh };
});

/** The sentence, and the language that it is in. */
export function reason(why: string, lang: Lang): { text: string; lang: Lang } {
  // What came, and when, stands above already.
  const text = why.replace(/^came `[^`]*` at [^:,]*: /, '');
  if (lang === 'zh-CN') {
    for (const { pattern, order, zh } of patterns) {
      const found = pattern.exec(text);
      if (found) return { text: `${zh.replace(/\{(\d)\}/g, (_, n: string) => found[order.indexOf(n) + 1] ?? '')}。`, lang };
    }
  }
  // A call keeps its own name.
  const first = /^\w+\(\)/.test(text) ? text.charAt(0) : text.charAt(0).toUpperCase();
  return { text: `${first}${text.slice(1)}${/[.!?`]$/.test(text) ? '' : '.'}`, lang: 'en' };
}
