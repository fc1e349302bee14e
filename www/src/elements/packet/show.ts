/** How a field of the tree is written, and read back. Pure. */
import type { FieldView, FlowView, PacketView } from '../../engine/pkg/views.js';
import { fieldLabel } from '../../locales/sentences.js';
import type { Lang } from '../../locales/index.js';
import { find } from './tree.js';

/** A value as it is shown: what the bits say, and what that means, which stands back. */
export interface Shown {
  readonly value: string;
  readonly meaning: string;
}

/** ISNs of the sender and of the receiver, where numbers are shown relative to them. */
export interface PacketBases {
  readonly sender: number | null | undefined;
  readonly receiver: number | null | undefined;
}

const OF_SENDER = new Set(['tcp.seq']);
const OF_RECEIVER = new Set(['tcp.ack', 'tcp.options.sack_le', 'tcp.options.sack_re']);

export function packetBases(packet: PacketView, flow: FlowView | undefined, relative: boolean): PacketBases | undefined {
  if (!relative || !flow) return undefined;
  return packet.from === flow.serverNode
    ? { sender: flow.serverIsn, receiver: flow.clientIsn }
    : { sender: flow.clientIsn, receiver: flow.serverIsn };
}

function base(field: FieldView, bases: PacketBases | undefined): number | undefined {
  const isn = OF_SENDER.has(field.name) ? bases?.sender : OF_RECEIVER.has(field.name) ? bases?.receiver : undefined;
  return isn ?? undefined;
}

/** The value alone, as it stands in an input. */
export function editable(field: FieldView, bases: PacketBases | undefined): string {
  return valueOf(field, field.value, bases);
}

/** `value` written as values of `field` are. */
export function valueOf(field: FieldView, value: string, bases: PacketBases | undefined): string {
  const isn = base(field, bases);
  if (isn !== undefined && /^\d+$/.test(value)) return String((Number(value) - isn) | 0);
  return field.name.endsWith('checksum') ? value.replace(/^0x/, '') : value;
}

/** What was typed, as the core takes it: a relative number becomes absolute; what is not a number goes as it is. */
export function typed(field: FieldView, text: string, bases: PacketBases | undefined): string {
  const isn = base(field, bases);
  const trimmed = text.trim();
  if (isn !== undefined && /^-?\d+$/.test(trimmed)) return String((Number(trimmed) + isn) >>> 0);
  // A checksum is shown in hex without its sign; the core reads hex after 0x.
  if (field.name.endsWith('checksum') && /^[0-9a-f]{1,4}$/i.test(trimmed)) return `0x${trimmed}`;
  return trimmed;
}

/**
 * A field as it is shown. `original` is the same field on the link, for a packet under edit: the bytes alone do not
 * say by how much a window is scaled, the connection that they came from does.
 */
export function shown(field: FieldView, bases: PacketBases | undefined, original?: FieldView): Shown {
  const scale = field.meaning == null && field.name === 'tcp.window_size_value' ? /× (\d+) =/.exec(original?.meaning ?? '')?.[1] : undefined;
  if (scale !== undefined) return { value: field.value, meaning: `× ${scale} = ${Number(field.value) * Number(scale)}` };
  if (field.name === 'tcp.flags' && field.meaning) return { value: field.meaning, meaning: '' };
  const value = valueOf(field, field.value, bases);
  if (field.meaning == null || base(field, bases) !== undefined) return { value, meaning: '' };
  const meaning = field.meaning.startsWith(`${value} `) ? field.meaning.slice(value.length + 1) : field.meaning;
  return { value, meaning: field.meaning.startsWith('≠') ? meaning.replace('0x', '') : meaning };
}

/** A header in a line: who to whom. */
export function summary(layer: FieldView, payload: number): string {
  const value = (name: string): string => find(layer.children, name)?.value ?? '';
  switch (layer.name) {
    case 'eth': return `${mac(value('eth.src'))} → ${mac(value('eth.dst'))}`;
    case 'ip': return `${value('ip.src')} → ${value('ip.dst')}`;
    case 'tcp': return `${value('tcp.srcport')} → ${value('tcp.dstport')}, ${payload} B`;
    case 'tcp.options': return '';
    default: return layer.children.length ? '' : ascii(layer.value, 24);
  }
}

/** `02:00:00:00:00:01` → `02:…:01`: locally made addresses differ in their last octet. */
function mac(address: string): string {
  const parts = address.split(':');
  return parts.length === 6 ? `${parts[0]}:…:${parts[5]}` : address;
}

/** Octets in hex as text; what cannot be printed is a dot. */
export function ascii(hex: string, most = Infinity): string {
  const out: string[] = [];
  for (let i = 0; i + 1 < hex.length && out.length < most; i += 2) out.push(printable(parseInt(hex.slice(i, i + 2), 16)));
  return out.join('') + (hex.length / 2 > most ? '…' : '');
}

export function printable(octet: number): string {
  return octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '·';
}

/** Labels for the tree and for rows. The kind of an option goes by the option's name. */
export function label(lang: Lang, field: FieldView, group: FieldView | undefined, brief: boolean): string {
  if (field.name === 'tcp.option_kind' && group) return fieldLabel(lang, group.name, brief);
  return fieldLabel(lang, field.name, brief);
}

const LETTERS: Readonly<Record<string, string>> = {
  'tcp.flags.ae': 'AE', 'tcp.flags.cwr': 'C', 'tcp.flags.ece': 'E', 'tcp.flags.urg': 'U', 'tcp.flags.ack': 'A',
  'tcp.flags.push': 'P', 'tcp.flags.reset': 'R', 'tcp.flags.syn': 'S', 'tcp.flags.fin': 'F',
  'ip.flags.rb': '0', 'ip.flags.df': 'D', 'ip.flags.mf': 'M',
};
const NAMES: Readonly<Record<string, string>> = { 'tcp.flags.push': 'PSH', 'tcp.flags.reset': 'RST' };

/** A flag in the width of one bit. */
export function letter(field: FieldView): string {
  return LETTERS[field.name] ?? (field.name.split('.').pop() ?? '?').charAt(0).toUpperCase();
}

/** A flag's name as the RFC writes it: `SYN`. */
export function flagName(field: FieldView): string {
  return NAMES[field.name] ?? (field.name.split('.').pop() ?? '').toUpperCase();
}
