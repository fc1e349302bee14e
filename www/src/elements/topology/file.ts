/** A scenario as its file has it, as far as the network goes, and what can be done to it. Pure: files in, files out. */
import type { Impairing, Text } from '../../engine/pkg/views.js';

export const KINDS = ['host', 'router', 'nat', 'attacker', 'switch', 'hub'] as const;
export type NodeKind = (typeof KINDS)[number];

export interface Interface {
  name: string;
  mac?: string;
  addresses: string[];
  mtu?: number;
  [more: string]: unknown;
}
export interface Program {
  file?: string;
  program?: string;
  start_us?: number;
  source?: string[];
  [more: string]: unknown;
}
export interface RouteLine {
  to: string;
  via?: string;
  interface?: string;
  [more: string]: unknown;
}
export interface Translation {
  outside?: string[];
  mapping?: string;
  filtering?: string;
  unsolicited?: string;
  hairpin?: boolean;
  forwards?: unknown[];
  [more: string]: unknown;
}
export interface FileNode {
  name: string;
  kind?: NodeKind;
  role?: string;
  addr?: string;
  mac?: string;
  mtu?: number;
  interfaces?: Interface[];
  gateway?: string;
  routes?: RouteLine[];
  dns?: string[];
  nat?: Translation;
  programs?: Program[];
  sysctls?: Record<string, string>;
  at?: [number, number];
  [more: string]: unknown;
}
export interface FileEnd {
  node: string;
  interface?: string;
  delay_us?: number;
  loss?: number;
  impairments?: Impairing;
  [more: string]: unknown;
}
export interface FileLink {
  name: string;
  ends: FileEnd[];
  delay_us?: number;
  rate_bps?: number;
  queue_bytes?: number;
  loss?: number;
  preset?: string;
  impairments?: Impairing;
  [more: string]: unknown;
}
export interface ScenarioFile {
  version: number;
  id: string;
  title: Text;
  summary: Text;
  nodes: FileNode[];
  links: FileLink[];
  rules?: { when?: Record<string, unknown>; [more: string]: unknown }[];
  [more: string]: unknown;
}

/** Most nodes that the page lets somebody add. */
export const MOST = 50;
/** Thousandths in which a place is written. */
export const WHOLE = 1000;

export const isBridge = (kind: NodeKind): boolean => kind === 'switch' || kind === 'hub';
export const kindOf = (node: FileNode): NodeKind => node.kind ?? (node.role === 'attacker' ? 'attacker' : 'host');

/** Addresses of a node, whichever version of the format says them. */
export function addressesOf(node: FileNode): string[] {
  return node.addr !== undefined ? [node.addr] : (node.interfaces ?? []).flatMap((i) => i.addresses);
}

/** The same as a file of version 2, in which every part of a network can be said. Neighbours are then asked for. */
export function modern(file: ScenarioFile): ScenarioFile {
  if (file.version !== 1) return structuredClone(file);
  const nodes = structuredClone(file.nodes).map(({ addr, mac, mtu, ...rest }) => ({
    ...rest, interfaces: [{ name: 'eth0', ...(mac === undefined ? {} : { mac }), addresses: addr === undefined ? [] : [addr], ...(mtu === undefined ? {} : { mtu }) }],
  }));
  return { ...structuredClone(file), version: 2, nodes };
}

/** `Router 2`: a name that nobody has. */
export function fresh(taken: readonly string[], stem: string): string {
  if (!taken.includes(stem)) return stem;
  let n = 2;
  while (taken.includes(`${stem} ${n}`)) n++;
  return `${stem} ${n}`;
}

/** Changes one node. */
export function withNode(file: ScenarioFile, index: number, change: (node: FileNode) => FileNode): ScenarioFile {
  return { ...file, nodes: file.nodes.map((node, i) => (i === index ? change(node) : node)) };
}

/** Changes one link. */
export function withLink(file: ScenarioFile, index: number, change: (link: FileLink) => FileLink): ScenarioFile {
  return { ...file, links: file.links.map((link, i) => (i === index ? change(link) : link)) };
}

export function addNode(file: ScenarioFile, kind: NodeKind, stem: string, at: [number, number]): ScenarioFile {
  const name = fresh(file.nodes.map((n) => n.name), stem);
  const node: FileNode = { name, kind, at, ...(isBridge(kind) ? {} : { interfaces: [{ name: 'eth0', addresses: [] }] }) };
  return { ...file, nodes: [...file.nodes, node] };
}

/** Takes a node out, its links' ends with it, and links that then join nothing. */
export function removeNode(file: ScenarioFile, index: number): ScenarioFile {
  const name = file.nodes[index]?.name;
  const links = file.links.map((link) => ({ ...link, ends: link.ends.filter((e) => e.node !== name) }));
  return { ...file, nodes: file.nodes.filter((_, i) => i !== index), links: links.filter((l) => l.ends.length > 1), ...rulesWith(file, name, undefined) };
}

/** Gives a node another name, wherever the file speaks of it. */
export function renameNode(file: ScenarioFile, index: number, name: string): ScenarioFile {
  const was = file.nodes[index]?.name;
  const links = file.links.map((link) => ({ ...link, ends: link.ends.map((e) => (e.node === was ? { ...e, node: name } : e)) }));
  return { ...withNode({ ...file, links }, index, (node) => ({ ...node, name })), ...rulesWith(file, was, name) };
}

/** Standing rules name nodes too; one of a node that is gone has nothing to wait for. */
function rulesWith(file: ScenarioFile, was: string | undefined, name: string | undefined): Pick<ScenarioFile, 'rules'> {
  const { rules } = file;
  if (!rules?.length || was === undefined) return {};
  const places = ['from', 'to', 'node'] as const;
  const speaks = (rule: { when?: Record<string, unknown> }): boolean => places.some((p) => rule.when?.[p] === was);
  if (name === undefined) return { rules: rules.filter((rule) => !speaks(rule)) };
  return { rules: rules.map((rule) => (speaks(rule)
    ? { ...rule, when: Object.fromEntries(Object.entries(rule.when ?? {}).map(([k, v]) => [k, v === was && places.some((p) => p === k) ? name : v])) } : rule)) };
}

/** The name of the first interface of a node that no link is plugged into; another one where all are. */
export function freeInterface(file: ScenarioFile, node: FileNode): string | undefined {
  if (isBridge(kindOf(node))) return undefined;
  const taken = new Set<string>();
  for (const link of file.links) {
    for (const end of link.ends.filter((e) => e.node === node.name)) {
      const name = end.interface ?? node.interfaces?.find((i) => !taken.has(i.name))?.name;
      if (name !== undefined) taken.add(name);
    }
  }
  return node.interfaces?.find((i) => !taken.has(i.name))?.name ?? fresh([...(node.interfaces ?? []).map((i) => i.name)], `eth${node.interfaces?.length ?? 0}`);
}

/** A link between two nodes, each by an interface that is free; where none is, it gets another. */
export function addLink(file: ScenarioFile, a: number, b: number, stem: string): ScenarioFile {
  let next = file;
  const ends: FileEnd[] = [];
  for (const index of [a, b]) {
    const node = next.nodes[index];
    if (!node) return file;
    const name = freeInterface({ ...next, links: [...next.links, { name: '', ends }] }, node);
    if (name !== undefined && !node.interfaces?.some((i) => i.name === name)) {
      next = withNode(next, index, (n) => ({ ...n, interfaces: [...(n.interfaces ?? []), { name, addresses: [] }] }));
    }
    ends.push({ node: node.name, ...(name === undefined ? {} : { interface: name }) });
  }
  const name = fresh(next.links.map((l) => l.name), stem);
  return { ...next, links: [...next.links, { name, delay_us: 1000, rate_bps: 100_000_000, ends }] };
}

export function removeLink(file: ScenarioFile, index: number): ScenarioFile {
  return { ...file, links: file.links.filter((_, i) => i !== index) };
}

/** What each end of a link is asked for, in all. */
export function asked(link: FileLink): Impairing[] {
  const base: Impairing = own({ delay_us: link.delay_us || undefined, rate_bps: link.rate_bps, queue_bytes: link.queue_bytes, loss: link.loss || undefined, ...link.impairments });
  return link.ends.map((end) => {
    const { codel, red, ...rest } = { ...base, ...own({ delay_us: end.delay_us, loss: end.loss }), ...end.impairments };
    const managed = end.impairments?.codel ?? end.impairments?.red ? end.impairments : { codel, red };
    return own({ ...rest, codel: managed?.codel, red: managed?.red });
  });
}

/** The link with what an end is asked for said at the ends alone. */
export function withAsked(link: FileLink, end: number, sends: Impairing): FileLink {
  const all = asked(link).map((was, i) => (i === end ? sends : was));
  const { delay_us: _d, rate_bps: _r, queue_bytes: _q, loss: _l, preset: _p, impairments: _i, ...rest } = link;
  return { ...rest, ends: link.ends.map(({ delay_us: _e, loss: _f, ...e }, i) => ({ ...e, impairments: all[i] ?? {} })) };
}

function own<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** Which interface of its node each end of a link is, with its addresses: what stands beside the end. */
export function endTexts(file: ScenarioFile): string[][] {
  const taken = new Map<string, Set<string>>();
  return file.links.map((link) => link.ends.map((end) => {
    const node = file.nodes.find((n) => n.name === end.node);
    const used = taken.get(end.node) ?? new Set();
    taken.set(end.node, used);
    const iface = node?.interfaces?.find((i) => (end.interface === undefined ? !used.has(i.name) : i.name === end.interface));
    if (iface) used.add(iface.name);
    // With one interface alone, its address stands under the name already.
    return (node?.interfaces?.length ?? 0) > 1 ? iface?.addresses[0] ?? iface?.name ?? '' : '';
  }));
}

/** `nodes[1].interfaces[0].addresses[0]` of a sentence of the core, and the sentence without it. */
export function placeOf(problem: string): { readonly path: string; readonly text: string } {
  const [, path = '', text = problem] = /^((?:nodes|links|rules)\[\d+\][\w.[\]]*): ([\s\S]*)$/.exec(problem) ?? [];
  return { path, text };
}

/** What a path is about: node or link, and its number. */
export function partOf(path: string): { readonly kind: 'node' | 'link'; readonly index: number } | undefined {
  const [, list, number] = /^(nodes|links)\[(\d+)\]/.exec(path) ?? [];
  return list === undefined ? undefined : { kind: list === 'nodes' ? 'node' : 'link', index: Number(number) };
}
