import type { Message } from '../../locales/index.js';
import type { en } from './words.en.js';

/** 一致性视图的中文；与视图一同加载。 */
export const zhCN: { readonly [K in keyof typeof en]: Message } = {
  'title': 'RFC 9293 逐条要求',
  'loading': '正在加载要求…',
  'filter': '显示哪些要求',
  'level': '级别',
  'place': '状态',
  'place.core': '由内核满足',
  'place.host': '由主机满足',
  'place.none': '不适用',
  'search': '搜索',
  'search.hint': '编号、词语、章节、测试',
  'shown': '显示 {n} / {all}',
  'sum': '{tested} 条有测试，{reasoned} 条有理由',
  'none': '没有匹配的条目。重新显示全部：',
  'clear': '清除筛选',
  'col.id': '编号',
  'col.level': '级别',
  'col.section': '§',
  'col.what': '要求',
  'col.place': '状态',
  'col.tests': '证明',
  'open': '打开 {script} 并逐步执行',
  'more': '{n} 个 Rust 测试',
};
