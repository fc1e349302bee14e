import type { en } from './words.en.js';

export const zhCN: Record<keyof typeof en, string> = {
  'cap.text': '到目前为止经过这些接口的帧。每个接口在文件中各成一个接口，带有时间、方向，以及作为注释的原因。',
  'cap.taps': '接口',
  'cap.all': '全选',
  'cap.none': '全不选',
  'cap.save': '保存',
  'cap.reading': '正在查询接口……',
  'cap.empty': '请至少选择一个接口。',
};
