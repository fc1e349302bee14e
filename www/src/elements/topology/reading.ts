/** From a store to what the picture of its network is drawn from. */
import type { Crossing, Fortune, Kind, Station, Wire } from '../../diagram/network/index.js';
import { FrameIndex } from '../../diagram/sources.js';
import { Bits, Fate, Mark, NONE16, Tcp } from '../../engine/records.js';
import type { Impairing, LinkView } from '../../engine/pkg/views.js';
import type { Store } from '../../engine/store.js';
import type { T } from '../../locales/index.js';
import { short } from '../../locales/sentences.js';
import { duration } from '../../locales/format.js';
import { nodeName } from '../host-panel/view.js';
import { packetName } from '../sequence/words.js';
import { addressesOf, endTexts, kindOf, type FileLink, type FileNode, type ScenarioFile } from './file.js';

const files = new WeakMap<object, ScenarioFile>();

/** The scenario of a store's session, as its file has it. A session never changes its scenario. */
export function scenarioOf(store: Store): ScenarioFile {
  let file = files.get(store.session);
  if (!file) {
    file = (JSON.parse(new TextDecoder().decode(store.session.save())) as { scenario: ScenarioFile }).scenario;
    files.set(store.session, file);
  }
  return file;
}

/** The same with what was done in the timeline where we stand, its seed and its notes: what is saved. */
export function wholeOf(store: Store): ScenarioFile {
  return JSON.parse(new TextDecoder().decode(store.session.scenarioFile())) as ScenarioFile;
}

/** The sign of a node: a server is told apart by what it does, not by its kind. */
export function signOf(node: FileNode): Kind {
  const kind = kindOf(node);
  return kind === 'host' && node.role === 'server' ? 'server' : kind;
}

export function stations(file: ScenarioFile, at: readonly { x: number; y: number }[], t: T): Station[] {
  return file.nodes.map((node, i) => ({
    kind: signOf(node), name: nodeName(node, t), at: at[i] ?? { x: 0.5, y: 0.5 },
    // Where there are several interfaces, their addresses stand at their links.
    lines: (node.interfaces?.length ?? 0) > 1 ? [] : addressesOf(node),
  }));
}

/** Links as they are drawn; `now` says what they do at present, where the file is not under edit. */
export function wires(file: ScenarioFile, now: readonly LinkView[]): Wire[] {
  const texts = endTexts(file);
  const number = new Map(file.nodes.map((n, i) => [n.name, i]));
  return file.links.map((link, k) => ({
    name: link.name, note: noteNow(now[k]) ?? noteOf(link), down: now[k]?.ends.some((e) => e.sends.down) ?? false,
    ends: link.ends.flatMap((end, e) => {
      const node = number.get(end.node);
      return node === undefined ? [] : [{ node, text: texts[k]?.[e] ?? '' }];
    }),
  }));
}

/** The same of a link at present, where all its ends do alike: else each end would have to be asked. */
function noteNow(link: LinkView | undefined): string | undefined {
  const [first, ...rest] = link?.ends ?? [];
  if (!first) return undefined;
  const note = noteOf(first.sends);
  return rest.every((e) => noteOf(e.sends) === note) ? note : [first, ...rest].map((e) => noteOf(e.sends) || '–').join(' | ');
}

/** What a link does to frames, as far as it is worth a word: `5 ms · 100 Mb/s · 1 %`. */
export function noteOf({ delay_us: delay, rate_bps: rate, loss }: Pick<FileLink | Impairing, 'delay_us' | 'rate_bps' | 'loss'>): string {
  return [
    delay ? duration(delay * 1000) : '', rate ? rateText(rate) : '', loss ? `${+(loss * 100).toPrecision(3)} %` : '',
  ].filter(Boolean).join(' · ');
}

export function rateText(bps: number): string {
  for (const [unit, size] of [['Gb/s', 1e9], ['Mb/s', 1e6], ['kb/s', 1e3]] as const) if (bps >= size) return `${+(bps / size).toPrecision(3)} ${unit}`;
  return `${bps} b/s`;
}

/** Frames that are on a link at the present moment, and those whose fate this step decided. */
export class Traffic {
  #index = new FrameIndex();
  #list: unknown;
  #holds = new Map<number, number>();
  /** The mark that says why. */
  #refusals = new Map<number, number>();
  #marks = 0;

  read(store: Store): Crossing[] {
    const { frames, marks, view } = store;
    if (store.list !== this.#list || marks.length < this.#marks) {
      this.#index = new FrameIndex();
      this.#holds = new Map();
      this.#refusals = new Map();
      this.#marks = 0;
      this.#list = store.list;
    }
    for (; this.#marks < marks.length; this.#marks++) {
      const m = this.#marks;
      if (marks.kind(m) === Mark.held) this.#holds.set(marks.frame(m), marks.since(m));
      else if (marks.kind(m) === Mark.refused) this.#refusals.set(marks.frame(m), m);
    }
    const now = store.clock;
    const found = new Set([...this.#index.update(frames).within({ from: now, to: now }), ...view.held, ...view.inFlight]);
    return [...found].sort((a, b) => a - b).filter((f) => frames.stepSent(f) <= view.step && this.#lasts(store, f))
      .map((frame) => this.#crossing(store, frame));
  }

  /** A frame that arrived in an earlier step at the same moment is gone; one that a link loses flies until then. */
  #lasts(store: Store, frame: number): boolean {
    const { frames, view } = store;
    const ended = frames.stepEnded(frame);
    return ended >= view.step || (frames.fate(frame) === Fate.lost && frames.ends(frame) >= store.clock);
  }

  #crossing(store: Store, frame: number): Crossing {
    const { frames, view } = store;
    const sent = frames.sent(frame);
    const held = store.isHeld(frame);
    const clock = held ? this.#holds.get(frame) ?? store.clock : store.clock;
    const fate = frames.fate(frame);
    const over = frames.stepEnded(frame) <= view.step;
    const usual = this.#index.flight(frames.from(frame), frames.to(frame));
    const ends = frames.ends(frame);
    const lost = over && (fate === Fate.lost || fate === Fate.droppedByPerson);
    const flight = lost ? usual ?? (ends - sent) * 2 : ends - sent;
    const gone = flight > 0 ? (Math.min(clock, lost ? ends : clock) - sent) / flight : over ? 1 : 0;
    const fortune: Fortune = held ? 'held' : !over ? 'flying' : fate === Fate.droppedByHost ? 'dropped' : lost && clock >= ends ? 'lost' : lost ? 'flying' : 'arrived';
    const flags = frames.flags(frame);
    const pure = frames.flow(frame) !== NONE16 && frames.payload(frame) === 0 && (flags & (Tcp.syn | Tcp.fin | Tcp.rst | Tcp.ack)) === Tcp.ack;
    const bits = frames.bits(frame);
    const letter = store.flowOf(frames.flow(frame))?.letter;
    const to = frames.to(frame);
    const rule = frames.reason(frame);
    const why = this.#refusals.get(frame);
    return {
      frame, link: frames.link(frame), from: frames.from(frame), to: to === NONE16 ? undefined : to,
      part: Math.min(1, Math.max(lost ? 0.06 : 0, gone)), fortune,
      head: pure ? 'open' : bits & Bits.outOfOrder ? 'hollow' : 'filled', payload: frames.payload(frame) > 0,
      edited: (bits & Bits.edited) !== 0 || (store.draft?.frame === frame && store.draft.dirty), times: frames.resent(frame) + 1,
      label: [...(letter ? [{ text: letter, cls: 'letter' }, { text: ' ' }] : []), { text: packetName(store, frame) }],
      reason: over && rule !== NONE16 && (fortune === 'dropped' || fortune === 'lost') ? short(store.lang, store.rules[rule]?.id ?? '', why === undefined ? 0 : store.marks.x(why), why === undefined ? 0 : store.marks.y(why)) : '',
    };
  }
}
