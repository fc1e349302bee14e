/** What the diagram says, in the session's language. */
import type { Words, Foreseen, Piece } from '../../diagram/index.js';
import { phaseName } from './fate.js';
import { Bits, flagNames, NONE16, Tcp } from '../../engine/records.js';
import type { FieldView } from '../../engine/pkg/views.js';
import type { Store } from '../../engine/store.js';
import type { Key, T } from '../../locales/index.js';
import { duration } from '../../locales/format.js';
import { fieldLabel, short } from '../../locales/sentences.js';
import { nodeName, nodeOf } from '../host-panel/view.js';

/** Kinds of `tcp::TimerKind`, by index. */
const TIMERS: readonly Key[] = [
  'sequence.timer.retransmit', 'sequence.timer.probe', 'sequence.timer.reorder', 'sequence.timer.persist',
  'sequence.timer.delayedAck', 'sequence.timer.keepAlive', 'sequence.timer.finWait2', 'sequence.timer.timeWait',
  'sequence.timer.user',
];

/** What a segment says of itself. */
interface Segment {
  readonly flags: number;
  readonly payload: number;
  readonly seq: number;
  readonly ack: number;
}

const edited = new WeakMap<object, Map<number, { revision: number; segment: Segment | undefined }>>();

/** The segment as it was sent; of one that somebody has edited or cut, as it is. */
export function segmentOf(store: Store, frame: number): Segment {
  const { frames, list, revision } = store;
  const sent = { flags: frames.flags(frame), payload: frames.payload(frame), seq: frames.seq(frame), ack: frames.ack(frame) };
  if (!(frames.bits(frame) & Bits.edited)) return sent;
  let known = edited.get(list);
  if (!known) edited.set(list, (known = new Map<number, { revision: number; segment: Segment | undefined }>()));
  let found = known.get(frame);
  if (found?.revision !== revision) known.set(frame, (found = { revision, segment: dissected(store, frame) }));
  return found.segment ?? sent;
}

function dissected(store: Store, frame: number): Segment | undefined {
  try {
    const { layers, payload } = store.session.packet(frame);
    const tcp = layers.find((l) => l.name === 'tcp');
    const number = (name: string): number => Number(tcp?.children.find((f) => f.name === name)?.value ?? 0);
    return tcp && { flags: number('tcp.flags'), payload, seq: number('tcp.seq'), ack: number('tcp.ack') };
  } catch {
    return undefined; // The core has set its bytes aside.
  }
}

/** `SYN`, `ACK`, `100 B`, `FIN 18 B`: what a segment is for. */
export function packetName(store: Store, frame: number): string {
  const { frames } = store;
  const { flags, payload } = segmentOf(store, frame);
  if (frames.flow(frame) === NONE16 && !flags) return otherName(store, frame);
  const telling = flags & ~(Tcp.psh | (payload || flags & (Tcp.fin | Tcp.rst) ? Tcp.ack : 0));
  const name = flagNames(telling);
  return [name, payload ? `${payload} B` : ''].filter(Boolean).join(' ') || flagNames(flags) || '–';
}

const others = new WeakMap<object, Map<number, string>>();

/** What a frame is that is not TCP: its innermost header, of ARP and ICMP what it is for. */
function otherName(store: Store, frame: number): string {
  let names = others.get(store.list);
  if (!names) others.set(store.list, (names = new Map<number, string>()));
  let name = names.get(frame);
  if (name === undefined) {
    const layers = layersOf(store, frame).filter((l) => /^(arp|icmp|icmpv6|udp|dns|tcp|ip|ipv6)$/.test(l.name));
    // Behind an ICMP error stands the datagram that it quotes.
    const layer = layers.find((l) => /^icmp/.test(l.name)) ?? layers.at(-1);
    const kind = layer?.children.find((c) => /^(arp\.opcode|icmp(v6)?\.type)$/.test(c.name))?.meaning;
    names.set(frame, (name = [(layer?.name ?? 'Ethernet').toUpperCase().replace('V6', 'v6'), kind].filter(Boolean).join(' ')));
  }
  return name;
}

/** None where the core has set the frame's bytes aside. */
function layersOf(store: Store, frame: number): readonly FieldView[] {
  try {
    return store.session.packet(frame).layers;
  } catch {
    return [];
  }
}

export function words(store: Store, t: T, rules: readonly { id: string }[]): Words {
  const { frames, view } = store;
  return {
    packet: (frame) => labels(store, frame, t),
    reason: (rule, x, y) => (rules[rule] ? short(store.lang, rules[rule].id, x, y) : ''),
    timer: (kind, lasted, flow) => {
      const key = TIMERS[kind] as 'sequence.timer.retransmit' | undefined;
      const letter = view.flowCount > 1 ? `${store.flowOf(flow)?.letter ?? ''} ` : '';
      return letter + (key ? t(key, { time: duration(lasted) }) : duration(lasted));
    },
    duration,
    ahead: view.step < view.steps && frames.length ? t('sequence.ahead', { name: timelineName(store) }) : '',
  };
}

function timelineName(store: Store): string {
  return store.view.timelines.find((l) => l.id === store.view.timeline)?.name ?? '';
}

/** The fullest label first: connection, name, the number that counts. */
function labels(store: Store, frame: number, t: T): Piece[][] {
  const { frames } = store;
  const flow = store.flowOf(frames.flow(frame));
  const again = frames.resent(frame) ? ` ${t('sequence.again')}` : '';
  const name: Piece[] = [
    ...(flow ? [{ text: flow.letter, cls: 'letter' }, { text: ' ' }] : []), { text: packetName(store, frame) + again },
  ];
  const number = telling(store, frame);
  if (number) return [[...name, { text: ` ${number}`, cls: 'dim' }], name];
  // Where there is no room for what it is for, its protocol alone.
  const [protocol = '', ...rest] = flow ? [] : packetName(store, frame).split(' ');
  return rest.length ? [name, [{ text: protocol }]] : [name];
}

/** The number by which a segment is told from its like: where its octets begin, or what it acknowledges. */
function telling(store: Store, frame: number): string {
  const { frames, face } = store;
  const flow = store.flowOf(frames.flow(frame));
  if (!flow) return '';
  const { flags, payload, seq, ack } = segmentOf(store, frame);
  const relative = face.numbers === 'relative';
  const fromClient = frames.from(frame) === flow.clientNode;
  const [own, peer] = fromClient ? [flow.clientIsn, flow.serverIsn] : [flow.serverIsn, flow.clientIsn];
  const of = (value: number, base: number | null | undefined): number => (relative && base != null ? (value - base) | 0 : value);
  if (flags & (Tcp.syn | Tcp.fin | Tcp.rst) || payload) return `seq ${of(seq, own)}`;
  return flags & Tcp.ack ? `ack ${of(ack, peer)}` : '';
}

/** A packet as a sentence, for the list that is read aloud. */
export function packetSentence(store: Store, frame: number, t: T): string {
  const { frames, view } = store;
  const letter = store.flowOf(frames.flow(frame))?.letter;
  const { flags, payload } = segmentOf(store, frame);
  const other = frames.flow(frame) === NONE16 && !flags;
  const what = [
    letter, other ? otherName(store, frame) : flagNames(flags), payload ? `${payload} B` : '', frames.resent(frame) ? t('sequence.again') : '', telling(store, frame),
  ].filter(Boolean).join(' ');
  return t('sequence.packet', {
    id: frame, what,
    from: nodeName(nodeOf(view, frames.from(frame)), t), to: nodeName(nodeOf(view, frames.to(frame)), t),
    fate: t(phaseName(store, frame)) + (frames.bits(frame) & Bits.ruled ? t('sequence.ruled') : ''),
  });
}

/** What is foreseen for the selected packet, if somebody has laid hands on it. */
export function foreseen(store: Store): Foreseen | undefined {
  const selected = store.looked;
  if (selected === undefined || !store.inFlight(selected)) return undefined;
  if (!store.draft?.dirty && !store.isHeld(selected)) return undefined;
  const { prediction } = store;
  if (!prediction) return undefined;
  const refused = prediction.outcome !== 'pass' && prediction.outcome !== 'act';
  return {
    frame: selected,
    arrives: prediction.arrives,
    refused,
    change: changeText(store),
    replies: [...prediction.replies, ...prediction.later].map((r) => ({
      from: r.from, to: r.to, sent: r.sent, arrives: r.arrives, text: brief(r.summary),
    })),
  };
}

/** What it is, and what it acknowledges: `ACK 1001`; a summary is `ACK, seq 5001, ack 1001, win 64`. */
function brief(summary: string): string {
  const ack = /\back (\d+)/.exec(summary)?.[1];
  return [summary.split(',', 1)[0], ack].filter(Boolean).join(' ');
}

/** The first field that was changed, with its new value: `SEQ 91001`. */
function changeText(store: Store): string | undefined {
  const { draft } = store;
  if (!draft?.dirty) return undefined;
  const [path] = draft.edited;
  const field = path === undefined ? undefined : find(draft.packet.layers, path);
  if (!field) return draft.edited.at(-1);
  const name = field.name === 'tcp.seq' ? 'SEQ' : field.name === 'tcp.ack' ? 'ACK' : fieldLabel(store.lang, field.name, true);
  return `${name} ${field.value}`;
}

interface Tree { readonly path: string; readonly name: string; readonly value: string; readonly children: readonly Tree[] }
function find(fields: readonly Tree[], path: string): Tree | undefined {
  for (const field of fields) {
    const found = field.path === path ? field : find(field.children, path);
    if (found) return found;
  }
  return undefined;
}
