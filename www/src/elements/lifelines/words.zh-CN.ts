/** 生命线列表的中文。 */
import type { Message } from '../../locales/index.js';
import type { en } from './words.en.js';

export const zhCN = {
  'lives.title': '生命线',
  'lives.text': '未勾选的被折叠：它们的帧止于点状竖条，竖条内部的帧画成横线。',
  'lives.left': '把 {name} 左移',
  'lives.right': '把 {name} 右移',
  'lives.all': '全部显示',
  'lives.byItself': '按空间自动',
  'lives.close': '关闭',
} satisfies { readonly [K in keyof typeof en]: Message };
