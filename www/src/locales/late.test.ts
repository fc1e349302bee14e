/** The catalogues that are loaded late hold together as the first one does. */
import { expect, it } from 'vitest';
import { en as conformance } from '../elements/conformance/words.en.js';
import { zhCN as conformanceZh } from '../elements/conformance/words.zh-CN.js';
import { en as graphs } from '../elements/graphs/words.en.js';
import { zhCN as graphsZh } from '../elements/graphs/words.zh-CN.js';
import { en as script } from '../elements/script/words.en.js';
import { zhCN as scriptZh } from '../elements/script/words.zh-CN.js';
import { en as timelines } from '../elements/timelines/words.en.js';
import { zhCN as timelinesZh } from '../elements/timelines/words.zh-CN.js';
import { en as stops } from '../elements/stops/words.en.js';
import { zhCN as stopsZh } from '../elements/stops/words.zh-CN.js';
import { en as lifelines } from '../elements/lifelines/words.en.js';
import { zhCN as lifelinesZh } from '../elements/lifelines/words.zh-CN.js';
import { en as tables } from '../elements/tables/words.en.js';
import { zhCN as tablesZh } from '../elements/tables/words.zh-CN.js';
import { en as topology } from '../elements/topology/words.en.js';
import { zhCN as topologyZh } from '../elements/topology/words.zh-CN.js';
import { en as tools } from '../elements/tools/words.en.js';
import { zhCN as toolsZh } from '../elements/tools/words.zh-CN.js';
import { translators, type Message } from './index.js';

const names = (m: Message | undefined): string[] =>
  [...new Set((typeof m === 'string' ? m : `${m?.one}${m?.other}`).match(/\{\w+\}/g) ?? [])].sort();
type Catalogue = Readonly<Record<string, Message>>;
const pairs: [string, Catalogue, Catalogue][] = [['script', script, scriptZh], ['conformance', conformance, conformanceZh], ['tools', tools, toolsZh],
  ['timelines', timelines, timelinesZh], ['graphs', graphs, graphsZh], ['stops', stops, stopsZh], ['topology', topology, topologyZh], ['tables', tables, tablesZh], ['lifelines', lifelines, lifelinesZh]];

it.each(pairs)('%s says the same in both languages', (_, en, zh) => {
  for (const key of Object.keys(en)) {
    expect(zh[key], key).toBeTruthy();
    expect(names(zh[key]), key).toEqual(names(en[key]));
  }
});

it('fills in, and chooses the plural', () => {
  const t = translators({ en: script, 'zh-CN': scriptZh });
  expect([t.en('trace.count', { n: 1 }), t.en('trace.count', { n: 3 }), t['zh-CN']('trace.count', { n: 3 })]).toEqual(['1 packet', '3 packets', '3 个报文']);
});
