/**
 * Everything a person can do, one object an action. Buttons, keys, menus and scripts all run these, so that a
 * thing has one name, one key and one rule for when it is allowed. The label of an action is the text
 * `action.<id>` of the catalogue.
 */
import { scenarioText } from './shipped.js';
import { shareLink } from './share.js';
import type * as journeys from './journey.js';
import { saveFile } from './files.js';
import { ALL_MENDS } from './draft.js';
import { start, stop } from './run.js';
import { partner } from './partner.js';
import type { StandingRule } from './pkg/views.js';
import { NONE32 } from './records.js';
import { added, type Breakpoint } from './stops.js';
import type { Numbers, Room, Store, Theme } from './store.js';

/** Arguments that some actions take; where one is left out, the selection stands in for it. */
export interface Arguments {
  frame?: number;
  /** Step to stand at. */
  step?: number;
  /** ns. */
  by?: number;
  node?: number;
  /** Frame whose data follows. */
  with?: number;
  /** Octets of data after which a segment is split. */
  at?: number;
  times?: number;
  /** Bytes of a frame. */
  hex?: string;
  held?: boolean;
  /** Number of a standing rule. */
  rule?: number;
  on?: boolean;
  standing?: StandingRule;
  pid?: number;
  port?: number;
  /** Program, by the name of its file. */
  file?: string;
  /** From 1. */
  line?: number;
  /** Scenario id. */
  scenario?: string;
  timeline?: number;
  /** Of a timeline. */
  name?: string;
  speed?: number;
  /** Shipped script, by its path. */
  script?: string;
  /** Expression. */
  when?: string;
  /** Moment, ns. */
  time?: number;
  /** Socket of a value that is shown, 0 for the host itself, and the value's name. */
  socket?: number;
  what?: string;
}

export interface Action {
  readonly id: ActionId;
  /** Keys as `KeyboardEvent.key`, with `Shift+` and `Mod+` (Ctrl, or Cmd on a Mac); the first is shown. */
  readonly keys: readonly string[];
  /** Allowed in every room of the page, not in the playground alone. */
  readonly everywhere: boolean;
  /** Key that packet and host actions share belongs to the packet only while one is selected. */
  allowed(store: Store, args?: Arguments): boolean;
  run(store: Store, args?: Arguments): void | Promise<void>;
}

/** Events that one press of a key may handle before it gives the page back: three floods of 10,000. */
const BUDGET = 30_000;

type Spec = Omit<Action, 'id' | 'allowed' | 'everywhere'> & { allowed?: Action['allowed']; everywhere?: boolean };

const frameOf = (s: Store, a?: Arguments): number | undefined => a?.frame ?? s.looked;
const packet = (s: Store, a?: Arguments): boolean => {
  const frame = frameOf(s, a);
  return frame !== undefined && frame < s.frames.length;
};
const ahead = (s: Store): boolean => !s.view.finished || s.view.step < s.view.steps;
const behind = (s: Store): boolean => s.view.step > 0;

function stepTo(s: Store, what: 'packet' | 'call' | 'program', back: boolean): void {
  stop(s);
  s.act((session) => session.stepTo(what, back, BUDGET));
}

/** Lays hands on a frame: goes back to where it was under way, if it must, and does it. */
function onFrame(s: Store, a: Arguments | undefined, what: (frame: number) => void): void {
  const frame = frameOf(s, a);
  if (frame === undefined) return;
  stop(s);
  if (s.face.selected !== frame) s.set({ selected: frame });
  if (s.catch(frame)) what(frame);
}

/** The edit goes onto the link, if there is one. */
function commit(s: Store, frame: number): boolean {
  const { draft } = s;
  if (!draft?.dirty || draft.frame !== frame) return true;
  const done = s.command({ kind: 'edit', frame, hex: draft.packet.hex }) !== undefined;
  if (done) {
    s.draft = undefined;
    s.notify();
  }
  return done;
}

const specs = {
  // ---- time
  back: { keys: ['ArrowLeft'], allowed: behind, run: (s) => (stop(s), void s.act((w) => w.back())) },
  step: { keys: ['ArrowRight'], allowed: ahead, run: (s) => (stop(s), void s.act((w) => w.step())) },
  packet: { keys: ['p'], allowed: ahead, run: (s) => stepTo(s, 'packet', false) },
  packetBack: { keys: ['Shift+p'], allowed: behind, run: (s) => stepTo(s, 'packet', true) },
  call: { keys: ['c'], allowed: ahead, run: (s) => stepTo(s, 'call', false) },
  callBack: { keys: ['Shift+c'], allowed: behind, run: (s) => stepTo(s, 'call', true) },
  line: { keys: ['j'], allowed: ahead, run: (s) => stepTo(s, 'program', false) },
  lineBack: { keys: ['Shift+j'], allowed: behind, run: (s) => stepTo(s, 'program', true) },
  run: { keys: [' '], allowed: (s) => s.face.running || ahead(s), run: (s) => (s.face.running ? stop(s) : start(s)) },
  rule: { keys: ['.'], allowed: (s) => rules(s) > 0 || ahead(s), run: (s) => inside(s, 1) },
  ruleBack: { keys: [','], allowed: (s) => rules(s) > 0 || behind(s), run: (s) => inside(s, -1) },
  next: { keys: ['z'], allowed: (s) => s.face.stops.some((b) => b.enabled) && ahead(s), run: (s) => journey(s, (j) => j.forward(s)) },
  previous: { keys: ['Shift+z'], allowed: (s) => s.face.stops.some((b) => b.enabled) && behind(s), run: (s) => journey(s, (j) => j.back(s)) },
  until: { keys: [], allowed: ahead, run: (s, a) => journey(s, (j) => j.forward(s, once(a?.when), a?.time)) },
  untilBack: { keys: [], allowed: behind, run: (s, a) => journey(s, (j) => j.back(s, once(a?.when))) },
  here: { keys: [';'], allowed: (s, a) => a?.time !== undefined || a?.step !== undefined || packet(s, a), run: (s, a) => journey(s, (j) => {
    const { time } = a ?? {};
    if (time === undefined || time > s.view.now) return time === undefined ? j.seek(s, a?.step ?? stepOf(s, a)) : j.forward(s, [], time);
    // What lies behind: the last step that sent something by then, and on from there.
    return j.seek(s, s.stepSentBy(time)).then(() => j.forward(s, [], time));
  }) },
  who: { keys: [], allowed: (s, a) => a?.node !== undefined && a.what !== undefined && behind(s), run: (s, a) => journey(s, async (j) => {
    const from = s.view.step;
    const found = await j.who(s, { node: a?.node ?? 0, socket: a?.socket ?? 0, what: a?.what ?? '' });
    if (found !== undefined) s.leapt?.(from);
  }) },
  reset: { keys: ['Home'], allowed: behind, run: (s) => (stop(s), void s.act((w) => w.seek(0))) },
  end: { keys: ['End'], allowed: (s) => s.view.step < s.view.steps,
    run: (s) => (stop(s), void s.act((w) => w.seek(s.view.steps))) },
  seek: { keys: [], run: (s, a) => (stop(s), void s.act((w) => w.seek(clamp(a?.step ?? 0, 0, s.view.steps)))) },
  slower: { keys: ['-'], run: (s) => s.set({ speed: speedBeside(s.face.speed, -1) }) },
  faster: { keys: ['+', '='], run: (s) => s.set({ speed: speedBeside(s.face.speed, 1) }) },
  speed: { keys: [], run: (s, a) => s.set({ speed: a?.speed ?? s.face.speed }) },

  // ---- the packet
  earlier: { keys: ['ArrowUp'], allowed: (s) => s.frames.length > 0, run: (s) => select(s, -1) },
  later: { keys: ['ArrowDown'], allowed: (s) => s.frames.length > 0, run: (s) => select(s, 1) },
  zoomIn: { keys: [']'], allowed: (s) => s.face.zoom < 64, run: (s) => s.set({ zoom: s.face.zoom * 2 ** 0.5 }) },
  zoomOut: { keys: ['['], allowed: (s) => s.face.zoom > 1 / 64, run: (s) => s.set({ zoom: s.face.zoom / 2 ** 0.5 }) },
  unselect: { keys: ['Escape'], allowed: (s) => s.face.selected !== undefined,
    run: (s) => s.set({ selected: undefined, flow: undefined }) },
  hold: { keys: ['h'], allowed: packet, run: (s, a) => onFrame(s, a, (frame) => {
    if (!s.isHeld(frame)) s.command({ kind: 'hold', frame });
  }) },
  deliver: { keys: ['Enter'], allowed: (s, a) => packet(s, a) && (s.inFlight(frameOf(s, a)!) || !!s.draft?.dirty),
    run: (s, a) => onFrame(s, a, (frame) => {
      if (!commit(s, frame)) return;
      if (s.isHeld(frame) && !s.command({ kind: 'deliver', frame })) return;
      s.settle(frame);
    }) },
  drop: { keys: ['x'], allowed: packet,
    run: (s, a) => onFrame(s, a, (frame) => void s.command({ kind: 'drop', frame })) },
  duplicate: { keys: ['d'], allowed: packet,
    run: (s, a) => onFrame(s, a, (frame) => {
      if (commit(s, frame)) s.command({ kind: 'duplicate', frame });
    }) },
  delay: { keys: ['l'], allowed: packet, run: (s, a) => {
    const { by } = a ?? {};
    if (by === undefined) s.set({ selected: frameOf(s, a), dialog: 'delay' });
    else onFrame(s, a, (frame) => void s.command({ kind: 'delay', frame, by }));
  } },
  split: { keys: [], allowed: packet, run: (s, a) => onFrame(s, a, (frame) => {
    if (commit(s, frame)) s.command({ kind: 'split', frame, at: a?.at ?? 1 });
  }) },
  merge: { keys: [], allowed: (s, a) => a?.with !== undefined && packet(s, a), run: (s, a) => onFrame(s, a, (frame) => {
    if (a?.with !== undefined && commit(s, frame)) s.command({ kind: 'merge', frame, with: a.with });
  }) },
  repeat: { keys: [], allowed: packet, run: (s, a) => onFrame(s, a, (frame) => {
    if (commit(s, frame)) s.command({ kind: 'repeat', frame, times: a?.times ?? 1 });
  }) },
  undo: { keys: ['Mod+z'], allowed: (s) => !!s.draft?.canUndo || !!s.changes[0], run: (s) => (stop(s), s.undo()) },
  redo: { keys: ['Mod+Shift+z', 'Mod+y'], allowed: (s) => !!s.draft?.canRedo || !!s.changes[1], run: (s) => (stop(s), s.redo()) },
  mend: { keys: ['m'], allowed: (s) => !!s.draft?.dirty, run: (s) => void s.setMends((s.draft?.mends ?? 0) === ALL_MENDS ? 0 : ALL_MENDS) },
  numbers: { keys: ['r'], run: (s) => s.set({ numbers: other<Numbers>(s.face.numbers, ['absolute', 'relative']) }) },

  // ---- hosts
  connect: { keys: ['n'], run: (s, a) => {
    const { port } = a ?? {};
    if (port === undefined) return s.set({ dialog: 'connect' });
    const node = a?.node ?? client(s);
    if (node === undefined) return;
    stop(s);
    let hex = '';
    s.act((w) => void (hex = w.synTo(node, port)));
    const made = hex && s.command({ kind: 'inject', node, hex });
    if (made) s.set({ selected: made.frames[0], dialog: undefined });
  } },
  build: { keys: ['q'], run: (s) => s.set({ dialog: 'build' }) },
  inject: { keys: [], allowed: (_s, a) => a?.hex !== undefined && a.node !== undefined, run: (s, a) => {
    const { node, hex } = a ?? {};
    if (node === undefined || hex === undefined) return;
    stop(s);
    const frame = s.command({ kind: 'inject', node, hex })?.frames[0];
    if (frame === undefined) return;
    if (a?.held && s.inFlight(frame)) s.command({ kind: 'hold', frame });
    s.set({ selected: frame });
  } },
  addRule: { keys: [], allowed: (_s, a) => a?.standing !== undefined, run: (s, a) => {
    stop(s);
    if (a?.standing) s.command({ kind: 'addRule', rule: a.standing });
  } },
  removeRule: { keys: [], run: (s, a) => (stop(s), void s.command({ kind: 'removeRule', rule: a?.rule ?? 0 })) },
  enableRule: { keys: [], run: (s, a) => (stop(s), void s.command({ kind: 'enableRule', rule: a?.rule ?? 0, on: a?.on ?? true })) },
  callByHand: { keys: ['b'], run: (s) => s.set({ dialog: 'call' }) },
  park: { keys: ['k'], allowed: (s, a) => process(s, a) !== undefined, run: (s, a) => {
    const p = process(s, a);
    if (!p) return;
    stop(s);
    s.command({ kind: 'park', node: p.node, pid: p.pid, parked: !p.parked });
  } },

  // ---- what stands in the middle, and below
  network: { keys: ['Shift+n'], run: (s) => s.set({ middle: other(s.face.middle, ['sequence', 'network']) }) },
  showPacket: { keys: ['v'], run: (s) => s.set({ lower: 'packet' }) },
  workbench: { keys: ['w'], run: (s) => s.set({ lower: 'workbench' }) },
  rules: { keys: ['u'], run: (s) => s.set({ lower: 'rules' }) },
  console: { keys: ['`'], run: (s) => s.set({ lower: 'console' }) },
  log: { keys: ['o'], run: (s) => s.set({ lower: 'log' }) },
  pipeline: { keys: ['i'], run: (s) => s.set({ lower: 'pipeline' }) },
  graphs: { keys: ['a'], run: (s) => s.set({ lower: 'graphs' }) },
  stops: { keys: ['e'], run: (s) => s.set({ lower: 'stops' }) },
  breakpoint: { keys: [], run: (s, a) => {
    const { node, file, line, when } = a ?? {};
    if (when !== undefined) {
      const there = s.face.stops.find((b) => b.when === when && !b.at);
      return s.set({ stops: there ? s.face.stops.filter((b) => b !== there) : added(s.face.stops, { when, at: undefined }) });
    }
    if (node === undefined || file === undefined || line === undefined) return;
    const same = s.face.stops.find((b) => b.at?.node === node && b.at.file === file && b.at.line === line);
    s.set({ stops: same ? s.face.stops.filter((b) => b !== same) : added(s.face.stops, { when: '', at: { node, file, line } }) });
  } },
  editProgram: { keys: [], run: (s, a) => {
    const { node, file } = a ?? {};
    if (node !== undefined && file !== undefined) s.set({ dialog: 'program', program: { node, file } });
  } },

  // ---- timelines
  timelines: { keys: ['f'], run: (s) => s.set({ lower: 'timelines' }) },
  fork: { keys: ['Shift+f'], run: (s) => (stop(s), s.alter((w) => w.fork())) },
  compare: { keys: ['y'], allowed: (s) => s.view.timelines.length > 1, run: (s, a) => {
    const other = a?.timeline ?? (s.face.compare === undefined ? partner(s.view.timelines, s.view.timeline) : undefined);
    s.set({ compare: other === s.face.compare ? undefined : other });
  } },
  renameTimeline: { keys: [], run: (s, a) => s.alter((w) => w.renameTimeline(a?.timeline ?? s.view.timeline, a?.name ?? '')) },
  deleteTimeline: { keys: [], allowed: (s) => s.view.timelines.length > 1,
    run: (s, a) => (stop(s), s.alter((w) => w.deleteTimeline(a?.timeline ?? s.view.timeline))) },

  // ---- files and links
  timeline: { keys: [], run: (s, a) => journey(s, async (j) => {
    const { step } = s.view;
    s.slice((w) => w.enterTimeline(a?.timeline ?? s.view.timeline));
    await j.seek(s, Math.min(step, s.view.steps));
    s.remember();
  }) },
  scenario: { keys: [], run: async (s, a) => {
    stop(s);
    const text = await scenarioText(a?.scenario ?? s.view.scenario.id).catch((thrown: unknown) => s.attempt<undefined>(() => {
      throw thrown;
    }));
    const made = text === undefined ? undefined : s.attempt(() => new s.engine.Session(text));
    // The same scenario afresh: its breakpoints stay.
    if (made) s.replace(made, (a?.scenario ?? s.view.scenario.id) === s.view.scenario.id ? s.kept : {});
  } },
  pcapng: { keys: ['Mod+s'], run: async (s) => {
    const { step, scenario } = s.view;
    const timeline = s.attempt(() => s.session.save());
    if (!timeline) return;
    try {
      // Captures are written by the second module, which few ever need.
      const { capture } = await import('./script-engine.js');
      saveFile(`${scenario.id}.pcapng`, await capture(timeline, step), 'application/x-pcapng');
    } catch (thrown) {
      s.attempt(() => {
        throw thrown;
      });
    }
  } },
  capture: { keys: ['Shift+s'], run: (s) => s.set({ dialog: 'capture' }) },
  save: { keys: ['Mod+Shift+s'], run: (s) =>
    saveFile(`${s.view.scenario.id}.timeline.json`, new TextEncoder().encode(JSON.stringify(s.saved())), 'application/json') },
  open: { keys: ['Mod+o'], run: (s) => s.set({ dialog: 'open' }) },
  share: { keys: ['s'], run: async (s) => {
    s.link = await shareLink(s.saved());
    s.set({ dialog: 'share' });
  } },

  // ---- the page
  session: { keys: ['1'], everywhere: true, run: (s) => enter(s, 'session') },
  script: { keys: ['2'], everywhere: true, run: (s, a) => enter(s, 'script', a?.script) },
  conformance: { keys: ['3'], everywhere: true, run: (s) => enter(s, 'conformance') },
  language: { keys: ['g'], everywhere: true, run: (s) => s.set({ lang: other(s.lang, ['en', 'zh-CN']) }) },
  theme: { keys: ['t'], everywhere: true, run: (s) => s.set({ theme: other<Theme>(s.face.theme, ['auto', 'dark', 'light']) }) },
  keys: { keys: [], everywhere: true, run: (s) => s.set({ keys: !s.face.keys }) },
  help: { keys: ['?'], everywhere: true, run: (s) => s.set({ dialog: s.face.dialog === 'help' ? undefined : 'help' }) },
} satisfies Record<string, Spec>;

export type ActionId = keyof typeof specs;

/** Every action, by id. */
export const actions = Object.fromEntries(
  (Object.entries(specs) as [ActionId, Spec][]).map(([id, spec]) => [id, {
    id,
    keys: spec.keys,
    everywhere: spec.everywhere ?? false,
    run: spec.run,
    allowed: (s: Store, a?: Arguments) =>
      !s.panic && (spec.everywhere || s.face.room === 'session') && (spec.allowed?.(s, a) ?? true),
  } satisfies Action]),
) as Readonly<Record<ActionId, Action>>;

/** Runs an action if it is allowed; tells whether it was. */
export function perform(store: Store, id: ActionId, args?: Arguments): boolean {
  const action = actions[id];
  if (!action.allowed(store, args)) return false;
  void action.run(store, args);
  return true;
}

// ---- keys

const byKey = new Map(Object.values(actions).flatMap((a) => a.keys.map((key) => [key, a] as const)));

/** The action of a key press, if it has one. Letters count by what they are, whatever the shift key does. */
export function actionOf(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): Action | undefined {
  if (e.altKey) return undefined;
  const mod = e.ctrlKey || e.metaKey ? 'Mod+' : '';
  const letter = e.key.length === 1 && e.key.toLowerCase() !== e.key.toUpperCase();
  const shift = e.shiftKey && (letter || e.key.length > 1) ? 'Shift+' : '';
  return byKey.get(mod + shift + (letter ? e.key.toLowerCase() : e.key));
}

const shown: Readonly<Record<string, string>> = {
  ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', ' ': 'Space', Enter: '⏎', Escape: 'Esc',
};

/** A key as it is written beside a button: `⇧P`, `Ctrl+S`, `⏎`. */
export function keyHint(id: ActionId, mac = false): string {
  const key = actions[id].keys[0];
  if (key === undefined) return '';
  const parts = key === '+' ? ['+'] : key.split('+');
  const last = parts.pop() ?? '';
  const mods = parts.map((p) => (p === 'Mod' ? (mac ? '⌘' : 'Ctrl+') : '⇧')).join('');
  return mods + (shown[last] ?? last.toUpperCase());
}

// ---- helpers

function enter(s: Store, room: Room, script?: string): void {
  stop(s);
  s.set({ room, ...(script === undefined ? {} : { asked: { script } }) });
}

type Ways = typeof journeys;

/** A way that may be long: its code is fetched when the first is gone. */
async function journey(s: Store, go: (ways: Ways) => Promise<unknown>): Promise<void> {
  stop(s);
  await go(await import('./journey.js'));
}

/** A condition that nobody keeps. */
const once = (when: string | undefined): Breakpoint[] => (when === undefined ? [] : [{ id: -1, when, enabled: true, nth: 1 }]);

const rules = (s: Store): number => (s.view.step > 0 ? s.trace?.rules.length ?? 0 : 0);

/** To the next rule of the step, or the one before; beyond the last, to the first of the next step. */
function inside(s: Store, by: 1 | -1): void {
  stop(s);
  const at = (s.face.rule ?? (by > 0 ? -1 : rules(s))) + by;
  if (at >= 0 && at < rules(s)) return s.set({ rule: at });
  if (by > 0 ? ahead(s) : behind(s)) {
    s.act((w) => (by > 0 ? w.step() : w.back()));
    const count = rules(s);
    s.set({ rule: count ? (by > 0 ? 0 : count - 1) : undefined });
  }
}

/** Where a packet was decided over; where it was sent, for one that still flies or while we stand there. */
function stepOf(s: Store, a?: Arguments): number {
  const frame = frameOf(s, a) ?? 0;
  const ended = s.frames.stepEnded(frame);
  return ended === NONE32 || s.view.step === ended ? s.frames.stepSent(frame) : ended;
}

/** Simulated ns in a second of the viewer's: 1 : 10 000 up to 10 : 1. */
export const SPEEDS: readonly number[] = [0.1e6, 1e6, 10e6, 100e6, 1e9, 10e9];

function speedBeside(speed: number, by: 1 | -1): number {
  const at = SPEEDS.indexOf(speed);
  return SPEEDS[clamp(at + by, 0, SPEEDS.length - 1)] ?? speed;
}

function clamp(x: number, least: number, most: number): number {
  return Math.min(Math.max(x, least), most);
}

/** The value after this one, round and round. */
function other<V>(value: V, values: readonly V[]): V {
  return values[(values.indexOf(value) + 1) % values.length] ?? value;
}

/** Selects the packet before or after the selected one; without one, the one of this step. */
function select(s: Store, by: 1 | -1): void {
  const { selected } = s.face;
  const last = s.frames.length - 1;
  s.set({ selected: clamp(selected === undefined ? (s.looked ?? 0) : selected + by, 0, last) });
}

function client(s: Store): number | undefined {
  return s.view.nodes.find((n) => n.role === 'client')?.id;
}

/** The process meant: of the arguments, or the server's, and whether it is parked by a person. */
function process(s: Store, a?: Arguments): { node: number; pid: number; parked: boolean } | undefined {
  const node = s.view.nodes.find((n) => (a?.node === undefined ? n.role === 'server' : n.id === a.node));
  const p = node?.processes.find((q) => a?.pid === undefined || q.pid === a.pid);
  return node && p && (p.exited ?? undefined) === undefined ? { node: node.id, pid: p.pid, parked: p.parked } : undefined;
}
