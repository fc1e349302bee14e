/** What editing a network does to the file of its scenario. */
import { describe, expect, it } from 'vitest';
import { addLink, addNode, asked, endTexts, fresh, modern, partOf, placeOf, removeNode, renameNode, type ScenarioFile, withAsked } from './file.js';
import { fieldGroups, withValue } from './link-fields.js';
import { words } from './words.js';
import { listOf, readRoute, readSetting, routeText } from './typed.js';

const text = { en: 'x', zh: 'x' };
const file: ScenarioFile = {
  version: 1, id: 'x', title: text, summary: text,
  nodes: [{ name: 'Client', role: 'client', addr: '10.0.0.1/24', mac: '02:00:00:00:00:09', mtu: 1400 }, { name: 'Server', role: 'server', addr: '10.0.0.2/24' }],
  links: [{ name: 'LAN', ends: [{ node: 'Client' }, { node: 'Server' }] }],
  rules: [{ when: { from: 'Server' } }, { when: { from: 'Client' } }],
};

describe('a file of version 1', () => {
  it('becomes one of version 2 with the same addresses', () => {
    const { version, nodes } = modern(file);
    expect(version).toBe(2);
    expect(nodes[0]).toEqual({ name: 'Client', role: 'client', interfaces: [{ name: 'eth0', mac: '02:00:00:00:00:09', addresses: ['10.0.0.1/24'], mtu: 1400 }] });
    expect(file.version).toBe(1);
  });
});

describe('nodes and links', () => {
  const two = modern(file);
  it('a node that is added has a name of its own, and an interface unless it is a switch', () => {
    const more = addNode(addNode(two, 'router', 'Router', [500, 500]), 'switch', 'Switch', [0, 0]);
    expect(more.nodes.slice(2)).toEqual([
      { name: 'Router', kind: 'router', at: [500, 500], interfaces: [{ name: 'eth0', addresses: [] }] }, { name: 'Switch', kind: 'switch', at: [0, 0] },
    ]);
    expect(fresh(['a', 'a 2'], 'a')).toBe('a 3');
  });
  it('a link takes interfaces that are free; where none is, the node gets another', () => {
    const linked = addLink(addNode(two, 'router', 'Router', [0, 0]), 0, 2, 'Link');
    expect(linked.links[1]?.ends).toEqual([{ node: 'Client', interface: 'eth1' }, { node: 'Router', interface: 'eth0' }]);
    expect(linked.nodes[0]?.interfaces?.map((i) => i.name)).toEqual(['eth0', 'eth1']);
    expect(endTexts(linked)).toEqual([['10.0.0.1/24', ''], ['eth1', '']]);
  });
  it('another name is another name everywhere; what is gone is gone everywhere', () => {
    const renamed = renameNode(two, 1, 'Web');
    expect(renamed.links[0]?.ends[1]).toEqual({ node: 'Web' });
    expect(renamed.rules?.[0]?.when).toEqual({ from: 'Web' });
    const gone = removeNode(two, 1);
    expect([gone.nodes.length, gone.links.length, gone.rules]).toEqual([1, 0, [{ when: { from: 'Client' } }]]);
  });
});

describe('what is typed', () => {
  it.each([
    ['default via 10.0.0.1', { to: 'default', via: '10.0.0.1' }], ['10.1.0.0/16 dev eth1', { to: '10.1.0.0/16', interface: 'eth1' }],
    ['10.1.0.0/16 via 10.0.0.9 dev eth0 onlink', { to: '10.1.0.0/16', via: '10.0.0.9', interface: 'eth0', onlink: true }],
    ['10.1.0.0/16 nonsense', { to: '10.1.0.0/16 nonsense' }],
  ])('route %s', (line, route) => {
    expect(readRoute(line)).toEqual(route);
    expect(routeText(route)).toBe(line);
  });
  it('lists and settings', () => {
    expect(listOf('10.0.0.1/24, fd00::1/64')).toEqual(['10.0.0.1/24', 'fd00::1/64']);
    expect(readSetting('net.ipv4.ip_forward=1')).toEqual(['net.ipv4.ip_forward', '1']);
  });
  it('numbers come to the unit of the file; what is none is left for the core to refuse', () => {
    const [delay, rate] = fieldGroups(words.en, 'tail')[0]?.fields ?? [];
    expect([delay?.read('1.5'), rate?.read('16'), rate?.read(''), delay?.read('fast')]).toEqual([1500, 16_000_000, undefined, 'fast']);
    expect([delay?.show(1500), rate?.show(16_000_000)]).toEqual(['1.5', '16']);
  });
  it('what a link is asked for, way by way', () => {
    const link = { name: 'x', delay_us: 5, rate_bps: 8, ends: [{ node: 'a' }, { node: 'b', loss: 0.1, impairments: { jitter_us: 3 } }] };
    expect(asked(link)).toEqual([{ delay_us: 5, rate_bps: 8 }, { delay_us: 5, rate_bps: 8, loss: 0.1, jitter_us: 3 }]);
    const changed = withAsked(link, 0, withValue({ rate_bps: 8 }, 'burst.p', 0.5));
    expect(changed).toEqual({ name: 'x', ends: [{ node: 'a', impairments: { rate_bps: 8, burst: { p: 0.5, r: 1 } } }, { node: 'b', impairments: { delay_us: 5, rate_bps: 8, loss: 0.1, jitter_us: 3 } }] });
    expect(withValue({ burst: { p: 0.5, r: 1, bad_loss: 1, good_loss: 0 } }, 'burst.p', undefined).burst).toBeDefined();
  });
});

it('the core says where: the sentence is shown there', () => {
  const { path, text: said } = placeOf('nodes[1].interfaces[0].addresses[0]: “10.0.0/24” is not an address');
  expect([path, said, partOf(path)]).toEqual(['nodes[1].interfaces[0].addresses[0]', '“10.0.0/24” is not an address', { kind: 'node', index: 1 }]);
  expect(partOf(placeOf('missing field `version`').path)).toBeUndefined();
});
