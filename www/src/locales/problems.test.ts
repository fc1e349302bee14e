/** Sentences of the core about files, as the page says them; `crates/lab/tests/refused.rs` holds the core to the same. */
import { describe, expect, it } from 'vitest';
import { problem } from './problems.js';

describe('what is wrong with a file', () => {
  it.each([
    ['nodes[1].name: “A” stands twice; links could not tell the two apart', 'nodes[1].name: “A”出现了两次，链路分不清是哪一个；请给其中一个换个名称'],
    ['nodes[0].interfaces[0].addresses[0]: “10.0.0.0.1/24” has 5 octets; an IPv4 address has four, as in 10.0.0.1/24', 'nodes[0].interfaces[0].addresses[0]: “10.0.0.0.1/24”有 5 个字节；IPv4 地址有四个，如 10.0.0.1/24'],
    ['links[0].ends[0].lose[0].nth: here belongs a whole number, not a text', 'links[0].ends[0].lose[0].nth: 此处应为整数，而不是文本'],
    ['version: 3 is not known here; this build reads versions 1 to 2', 'version: 不认识版本 3；此程序读取版本 1 到 2'],
    ['EOF while parsing an object at line 1 column 1', '文件在第 1 行第 1 列就结束了，对象还没有写完'],
    ['nodes[0]: the moon is full', 'nodes[0]: the moon is full'],
    [': : {x} }{', ': : {x} }{'],
  ])('%s', (english, chinese) => {
    expect(problem('zh-CN', english)).toBe(chinese);
    expect(problem('en', english)).toBe(english);
  });
});
