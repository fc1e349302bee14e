/** What stands where, at each size. */
import { html, nothing, type TemplateResult } from 'lit';
import { keyHint, perform } from '../../engine/actions.js';
import { LOWER, type Lower, type Room, type Store } from '../../engine/store.js';
import type { T } from '../../locales/index.js';
import { icon, place } from '../base/index.js';
import { nodeName } from '../host-panel/view.js';
import type { Layout, Panel } from './layout.js';
import '../dialogs/index.js';
import '../host-panel/index.js';
import '../packet/index.js';
import '../queues/index.js';
import '../sequence/index.js';
import '../states/index.js';
import '../time-bar/index.js';
import '../top-bar/index.js';
import '../why/index.js';

export type Tab = Exclude<Panel, 'top' | 'time' | 'workbench' | 'rules' | 'log' | 'pipeline' | 'stops' | 'graphs' | 'timelines' | 'network'>;

export interface Arranged {
  readonly store: Store;
  readonly t: T;
  readonly layout: Layout;
  readonly tab: Tab;
  readonly shown: ReadonlySet<Panel>;
  /** Address of the whole page, in an embedded one. */
  readonly full: string | undefined;
  choose(tab: Tab): void;
}

export function arrangement(a: Arranged): TemplateResult {
  const { shown, layout, full, store } = a;
  if (store.face.room !== 'session') return another(a, store.face.room);
  const main = store.face.compare === undefined ? { wide, middle, phone, embed }[layout](a)
    : html`${compared(a)}${layout === 'wide' || layout === 'middle' ? lower(a) : nothing}`;
  return html`<div class="app" tabindex="-1" data-layout=${layout} data-panels=${[...shown].join(' ')}>
    ${shown.has('top') ? html`<tcp-top-bar .full=${layout === 'embed' ? full : undefined}></tcp-top-bar>` : nothing}
    ${main}
    ${shown.has('time') ? html`<tcp-time-bar></tcp-time-bar>` : nothing}
    <tcp-dialogs></tcp-dialogs></div>`;
}

/** A room of its own below the top bar. Its element is empty until it has been loaded ({@link load}). */
function another({ t, layout, full }: Arranged, room: Late): TemplateResult {
  const failed = roomFailures.get(room);
  return html`<div class="app" tabindex="-1" data-layout=${layout} data-room=${room}>
    <tcp-top-bar .full=${layout === 'embed' ? full : undefined}></tcp-top-bar>
    ${failed !== undefined ? html`<p class="loading failed" role="alert">${t('shell.roomFailed', { why: failed })}</p>`
      : room === 'script' ? html`<tcp-script layout=${layout}></tcp-script>` : html`<tcp-conformance layout=${layout}></tcp-conformance>`}
    <tcp-dialogs></tcp-dialogs></div>`;
}

type Late = Exclude<Room, 'session'>;
const roomFailures = new Map<Late, string>();

/** Fetches what a room is made of; calls back where that could not be. */
export function load(room: Room, failed: () => void): void {
  if (room === 'session') return;
  // An attempt that failed for want of a network is made again at the next visit.
  roomFailures.delete(room);
  const loaded: Promise<unknown> = room === 'script' ? import('../script/index.js') : import('../conformance/index.js');
  loaded.catch((thrown: unknown) => {
    roomFailures.set(room, thrown instanceof Error ? thrown.message : String(thrown));
    failed();
  });
}

type Tool = Exclude<Lower, 'packet'>;
/** Console, log and pipeline come together; what is opened less often comes by itself. */
const LATE = { tools: () => import('../tools/index.js'), workbench: () => import('../workbench/index.js'), graphs: () => import('../graphs/index.js'), timelines: () => import('../timelines/index.js'), stops: () => import('../stops/index.js') } as const;
const fetched = new Map<keyof typeof LATE, Promise<unknown>>();
const toolFailures = new Map<Tool, string>();

/** What stands beside the packet: fetched when it is first looked at, and empty until then. */
function tool(a: Arranged, which: Tool): TemplateResult {
  const part = which === 'timelines' || which === 'graphs' || which === 'stops' ? which : which === 'workbench' || which === 'rules' ? 'workbench' : 'tools';
  if (!fetched.has(part)) {
    fetched.set(part, LATE[part]().catch((thrown: unknown) => {
      fetched.delete(part);
      toolFailures.set(which, thrown instanceof Error ? thrown.message : String(thrown));
      a.store.notify();
    }));
  }
  const failed = toolFailures.get(which);
  toolFailures.delete(which);
  if (failed !== undefined) return html`<p class="loading failed" role="alert">${a.t('shell.roomFailed', { why: failed })}</p>`;
  switch (which) {
    case 'console': return html`<tcp-console .node=${nodeFor(a.store, 'server')}></tcp-console>`;
    case 'log': return html`<tcp-log></tcp-log>`;
    case 'pipeline': return html`<tcp-pipeline></tcp-pipeline>`;
    case 'workbench': return html`<tcp-workbench></tcp-workbench>`;
    case 'rules': return html`<tcp-rules></tcp-rules>`;
    case 'stops': return html`<tcp-stops></tcp-stops>`;
    case 'timelines': return html`<tcp-timelines></tcp-timelines>`;
    case 'graphs': return html`<tcp-graphs></tcp-graphs>`;
  }
}

/** Two timelines side by side stand where hosts and diagram stand otherwise. */
let comparing: Promise<unknown> | undefined;
function compared(a: Arranged): TemplateResult {
  comparing ??= import('../compare/index.js').catch((thrown: unknown) => {
    comparing = undefined;
    a.store.set({ compare: undefined });
    a.store.attempt(() => {
      throw new Error(a.t('shell.roomFailed', { why: thrown instanceof Error ? thrown.message : String(thrown) }));
    });
  });
  return html`<main class="main compared"><tcp-compare ?narrow=${a.layout === 'phone' || a.layout === 'embed'} .other=${a.store.face.compare}></tcp-compare></main>`;
}

/** The sequence diagram, or the network in its place; a button in the corner turns to the other. */
function middlePart(a: Arranged, legend: boolean): TemplateResult {
  const { store, t } = a;
  const turn = t('action.network');
  return html`${a.shown.has('network') ? html`<button class="turn" aria-pressed=${store.face.middle === 'network'} aria-label=${turn}
      title=${t('action.withKey', { action: turn, key: keyHint('network') })} @click=${() => perform(store, 'network')}>${icon(store.face.middle === 'network' ? 'sequence' : 'network')}</button>` : nothing}
    ${store.face.middle === 'network' && a.shown.has('network') ? network(a) : html`<tcp-sequence ?legend=${legend}></tcp-sequence>`}`;
}

let picturing: Promise<unknown> | undefined;
function network(a: Arranged): TemplateResult {
  picturing ??= import('../topology/index.js').catch((thrown: unknown) => {
    picturing = undefined;
    a.store.set({ middle: 'sequence' });
    a.store.attempt(() => {
      throw new Error(a.t('shell.roomFailed', { why: thrown instanceof Error ? thrown.message : String(thrown) }));
    });
  });
  return html`<tcp-topology></tcp-topology>`;
}

const sequence = (a: Arranged, legend: boolean): TemplateResult => html`<div class="panel sequence">${middlePart(a, legend)}</div>`;

function wide(a: Arranged): TemplateResult {
  const { shown, store } = a;
  const client = nodeFor(store, 'client');
  const server = nodeFor(store, 'server');
  return html`<main class="main">
      ${shown.has('client') ? html`<div class="panel host client"><tcp-host-panel .node=${client}></tcp-host-panel></div>` : nothing}
      ${shown.has('sequence') ? sequence(a, true) : nothing}
      ${shown.has('server') ? html`<div class="panel host server"><tcp-host-panel .node=${server}></tcp-host-panel></div>` : nothing}
      ${shown.has('why') || shown.has('states') ? html`<div class="panel whys">
        ${shown.has('why') ? html`<tcp-why></tcp-why>` : nothing}${shown.has('states') ? html`<tcp-states></tcp-states>` : nothing}</div>` : nothing}
    </main>${lower(a)}`;
}

function middle(a: Arranged): TemplateResult {
  const tabs = (['server', 'client', 'why', 'states'] as const).filter((p) => a.shown.has(p));
  return html`<main class="main">
      ${a.shown.has('sequence') ? sequence(a, true) : nothing}
      ${tabs.length ? html`<div class="panel tabbed">${tabList(a, tabs)}${sheet(a)}</div>` : nothing}
    </main>${lower(a)}`;
}

function phone(a: Arranged): TemplateResult {
  const { shown, tab } = a;
  const late = (['console', 'log', 'pipeline', 'stops', 'workbench', 'rules', 'graphs', 'timelines'] as const).filter((p) => shown.has(p));
  const tabs = [...(['sequence', 'packet', 'server', 'client', 'why'] as const).filter((p) => shown.has(p)), ...(late.length ? (['console'] as const) : [])];
  return html`${tabs.length > 1 ? html`<nav aria-label=${a.t('tab.label')}>${tabList(a, tabs)}</nav>` : nothing}
    <main class="main">${tab === 'sequence' ? html`<div class="panel sequence" role="tabpanel" id="sheet" aria-label=${tabName(a, tab)}>${middlePart(a, false)}</div>` : tab === 'packet'
      ? html`<div class="panel packet" role="tabpanel" id="sheet" aria-label=${tabName(a, tab)}><tcp-packet></tcp-packet></div>` : tab === 'console' ? tooled(a, late)
      : html`<div class="panel tabbed">${sheet(a)}</div>`}</main>
    ${tab === 'sequence' && shown.has('server') ? html`<tcp-queues mode="strip" .node=${nodeFor(a.store, 'server')}></tcp-queues>` : nothing}
    ${(tab === 'sequence' || tab === 'packet') && shown.has('packet') ? html`<tcp-packet mode="peek"></tcp-packet>` : nothing}`;
}

/** Console, log and pipeline share a tab of the phone. */
function tooled(a: Arranged, late: readonly Tool[]): TemplateResult {
  const { lower: chosen } = a.store.face;
  const now = late.find((p) => p === chosen) ?? late[0] ?? 'console';
  return html`<div class="panel tooled" role="tabpanel" id="sheet" aria-label=${tabName(a, 'console')}>
    ${late.length > 1 ? tabRow(late, now, (to) => a.store.set({ lower: to }), 'lower', a.t('tab.lower'), (p) => lowerName(a, p)) : nothing}
    <div class="sheet" id="lower" role=${late.length > 1 ? 'tabpanel' : nothing} aria-label=${lowerName(a, now)}>${tool(a, now)}</div></div>`;
}

function embed(a: Arranged): TemplateResult {
  const { shown, store } = a;
  const side = shown.has('server') || shown.has('why');
  return html`<main class="main">
    ${shown.has('sequence') ? sequence(a, false) : nothing}
    ${side ? html`<div class="panel side">
      ${shown.has('server') ? html`<tcp-queues mode="embed" .node=${nodeFor(store, 'server')}></tcp-queues>` : nothing}
      ${shown.has('why') ? html`<tcp-why></tcp-why>` : nothing}</div>` : nothing}</main>`;
}

/** The panel below: the packet, and beside it in tabs what is loaded later. */
function lower(a: Arranged): TemplateResult | typeof nothing {
  const tabs = LOWER.filter((p) => a.shown.has(p));
  const [first] = tabs;
  if (first === undefined) return nothing;
  const { lower: chosen } = a.store.face;
  const now = tabs.includes(chosen) ? chosen : first;
  const led = tabs.length > 1;
  return html`<div class="packet ${led ? 'led' : ''}" ${place({ '--lead': `${led ? lead(a, tabs) : 0}px` })} role=${led ? 'region' : nothing} aria-label=${led ? a.t('tab.lower') : nothing}>${led ? lowerTabs(a, tabs, now) : nothing}
    <div class="sheet" id="lower" role=${led ? 'tabpanel' : nothing} aria-label=${led ? lowerName(a, now) : nothing}>${now === 'packet' ? html`<tcp-packet ?led=${led}></tcp-packet>` : tool(a, now)}</div></div>`;
}

function lowerTabs(a: Arranged, tabs: readonly Lower[], now: Lower): TemplateResult {
  return tabRow(tabs, now, (to) => a.store.set({ lower: to }), 'lower', a.t('tab.lower'), (p) => html`${lowerName(a, p)}${p === 'packet' && a.store.draft?.dirty ? html`<i class="dot"></i>` : nothing}`);
}

/** Room that the tabs take where the heading of the panel begins, px: letters of the serif at 15 px, and what parts them. */
function lead(a: Arranged, tabs: readonly Lower[]): number {
  const wide = (name: string): number => [...name].reduce((w, c) => w + (c > '\u2e80' ? 15 : 7.4), 0);
  return Math.round(tabs.reduce((w, p) => w + wide(lowerName(a, p)) + 16, 12));
}

function lowerName({ t, store }: Arranged, which: Lower): string {
  return which === 'packet' && store.looked !== undefined ? t('packet.title', { id: store.looked }) : t(`tab.${which}`);
}

/** Tabs as the ARIA practices want them: one stop for the Tab key, arrows between. */
function tabRow<P extends string>(tabs: readonly P[], now: P, choose: (tab: P) => void, controls: string, label: string, text: (tab: P) => unknown): TemplateResult {
  const move = (e: KeyboardEvent): void => {
    const by = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1 : 0;
    if (!by) return;
    e.preventDefault();
    const next = tabs[(tabs.indexOf(now) + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    choose(next);
    (e.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus();
  };
  return html`<div class="tabs" role="tablist" aria-label=${label} @keydown=${move}>
    ${tabs.map((p) => html`<button role="tab" data-tab=${p} aria-selected=${p === now ? 'true' : 'false'} tabindex=${p === now ? 0 : -1}
      aria-controls=${controls} @click=${() => choose(p)}>${text(p)}</button>`)}</div>`;
}

function tabList(a: Arranged, tabs: readonly Tab[]): TemplateResult {
  return tabRow(tabs, a.tab, (tab) => a.choose(tab), 'sheet', a.t('tab.label'), (p) => html`${tabName(a, p)}${p === 'packet' && a.store.draft?.dirty ? html`<i class="dot"></i>` : nothing}`);
}

function tabName({ t, store }: Arranged, tab: Tab): string {
  if (tab === 'server' || tab === 'client') return nodeName(store.view.nodes.find((n) => n.id === nodeFor(store, tab)), t);
  return t(`tab.${tab}`);
}

function sheet(a: Arranged): TemplateResult {
  const { tab, store } = a;
  const what = tab === 'why' ? html`<tcp-why></tcp-why>` : tab === 'states' ? html`<tcp-states></tcp-states>`
    : html`<h2 class="sr">${tabName(a, tab)}</h2><tcp-host-panel mode="tab" .node=${nodeFor(store, tab === 'client' ? 'client' : 'server')}></tcp-host-panel>`;
  return html`<div class="sheet" role="tabpanel" id="sheet" aria-label=${tabName(a, tab)} tabindex="0">${what}</div>`;
}

/** The node of a role that panels show: the chosen one, the one of the chosen connection, the first. */
export function nodeFor(store: Store, role: 'client' | 'server'): number | undefined {
  const { nodes } = store.view;
  const of = (id: number | null | undefined): number | undefined =>
    nodes.find((n) => n.id === id && (role === 'server') === (n.role === 'server'))?.id;
  const flow = store.flowOf(store.flow);
  return of(store.face.node) ?? of(role === 'client' ? flow?.clientNode : flow?.serverNode)
    ?? nodes.find((n) => n.role === role)?.id ?? nodes.find((n) => (role === 'server') === (n.role === 'server'))?.id;
}
