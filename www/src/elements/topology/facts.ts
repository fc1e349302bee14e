/** What is known of the node or link that is looked at. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Store } from '../../engine/store.js';
import { translator } from '../../locales/index.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { kindOf, type FileNode, type ScenarioFile } from './file.js';
import { signOf } from './reading.js';
import type { Words } from './words.js';

export interface Part {
  readonly kind: 'node' | 'link';
  readonly index: number;
}

export function facts(store: Store, t: Words, file: ScenarioFile, part: Part | undefined, close: () => void): TemplateResult {
  if (part?.kind === 'link') void import('../impairments/index.js');
  if (!part) return html`<p class="hint long">${t('net.hint')}</p>`;
  const node = part.kind === 'node' ? file.nodes[part.index] : undefined;
  const link = part.kind === 'link' ? file.links[part.index] : undefined;
  const rows = node ? nodeFacts(store, t, node, part.index) : link ? [
    [t('fact.ends'), link.ends.map((e) => (e.interface === undefined ? e.node : `${e.node} ${e.interface}`)).join(' – ')],
  ] as const : [];
  const title = node ? nodeName(node, translate(store)) : link?.name ?? '';
  return html`<div class="facts"><h3><span><span class="name">${title}</span>${node ? html` <span class="remark">${t(`kind.${signOf(node)}`)}</span>` : nothing}</span>
      <button type="button" class="word" aria-label=${t('fact.close')} @click=${close}>×</button></h3>
    <dl>${rows.map(([name, value]) => (value ? html`<dt>${name}</dt><dd>${value}</dd>` : nothing))}</dl>
    ${link ? html`<tcp-impairments .link=${part.index}></tcp-impairments>` : nothing}</div>`;
}

function translate(store: Store): Parameters<typeof nodeName>[1] {
  return translator(store.lang);
}


function nodeFacts(store: Store, t: Words, node: FileNode, index: number): (readonly [string, string])[] {
  const view = nodeOf(store.view, index);
  const ifaces = node.interfaces ?? [{ name: 'eth0', addresses: node.addr === undefined ? [] : [node.addr] }];
  const bridge = kindOf(node) === 'switch' || kindOf(node) === 'hub';
  const mac = (i: number, own: string | undefined): string => own ?? (i === 0 ? view?.mac ?? '' : '');
  return [
    ...(bridge ? [] : ifaces.map((i, k) => [i.name, [mac(k, i.mac ?? node.mac), i.addresses.join(', ') || t('net.noAddress'), i.mtu !== undefined && i.mtu !== 1500 ? `mtu ${i.mtu}` : ''].filter(Boolean).join('  ')] as const)),
    [t('fact.gateway'), node.gateway ?? ''],
    [t('fact.dns'), node.dns?.join(', ') ?? ''],
    [t('fact.routes'), (node.routes ?? []).map((r) => [r.to, r.via === undefined ? '' : `via ${r.via}`, r.interface === undefined ? '' : `dev ${r.interface}`].filter(Boolean).join(' ')).join('; ')],
  ];
}
