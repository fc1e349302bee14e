/** 主机在网络中的各种表的中文。 */
import type { Message } from '../../locales/index.js';
import type { en } from './words.en.js';

export const zhCN = {
  'tab.interfaces': '接口',
  'tab.neighbours': '邻居',
  'tab.routes': '路由',
  'tab.learned': '转发表',
  'tab.mappings': '地址转换',
  'tab.address': '地址',
  'tab.mac': '以太网地址',
  'tab.state': '状态',
  'tab.left': '剩余（秒）',
  'tab.to': '目的',
  'tab.via': '下一跳',
  'tab.dev': '接口',
  'tab.port': '端口',
  'tab.inside': '转换',
  'tab.peer': '对端',
  'tab.direct': '在链路上',
  'tab.refused': '不使用：下一跳不在本机的任何网络上',
  'tab.waiting': '{n} 帧在等待',
  'tab.conflict': '{mac} 也在使用',
  'tab.tentative': '探测中',
  'tab.dadfailed': '地址重复，不使用',
  'tab.none': '还没有询问过任何邻居',
  'tab.noneLearned': '还没有看到任何帧',
  'tab.noneMapped': '没有跟踪的连接',
  'tab.oneWay': '尚无应答',
  'tab.pathMtu': '到 {to} 的路径 MTU 为 {mtu}',
  'tab.dns': '域名服务器 {servers}',
} satisfies { readonly [K in keyof typeof en]: Message };
