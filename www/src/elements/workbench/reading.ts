/** What the workbench shows of a packet and of what is on its way. Pure. */
import type { FieldView } from '../../engine/pkg/views.js';
import type { Frames } from '../../engine/records.js';

/** What is asked of frames here. */
export type Due = Pick<Frames, 'ends' | 'to' | 'from' | 'seq' | 'payload' | 'flags' | 'flow'>;

/** The options of the segment itself, in the order of the wire. */
export function optionsOf(layers: readonly FieldView[]): readonly FieldView[] {
  const list = layers.find((l) => l.name === 'tcp')?.children.find((c) => c.name === 'tcp.options');
  return list?.children.filter((c) => /^tcp\.options\[\d+\]$/.test(c.path)) ?? [];
}

/** Hex of the segment's data; undefined where the packet carries no segment. */
export function dataOf(layers: readonly FieldView[]): string | undefined {
  if (!layers.some((l) => l.path === 'tcp')) return undefined;
  return layers.find((l) => l.path === 'tcp.payload')?.value ?? '';
}

/** Octets as text, where they are UTF-8 that can be typed. */
export function textOf(hex: string): string | undefined {
  const octets = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(octets);
    // What controls, but for tabs and ends of lines, cannot be typed.
    return /[^\P{Cc}\t\n\r]/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** A text area has line feeds only; a text that had CRLF keeps it. */
export function hexOf(text: string, before: string | undefined): string {
  const typed = before?.includes('\r\n') ? text.replace(/\r?\n/g, '\r\n') : text;
  return [...new TextEncoder().encode(typed)].map((octet) => octet.toString(16).padStart(2, '0')).join('');
}

/** Hex digits as they were typed, without what only separates them; undefined where they are none. */
export function digits(text: string): string | undefined {
  const plain = text.replace(/[\s:]/g, '').toLowerCase();
  return /^([0-9a-f]{2})*$/.test(plain) ? plain : undefined;
}

/** Options that can be added, by the key of their name where they are malformed. */
export const RIGHT = ['020405b4', '030307', '0402', '080a0000000100000000', '050a0000000100000002', '01', '00', 'fd04abcd'] as const;
export const WRONG = { badLength: '0203ff', zero: '0800', one: '0801', beyond: 'fd28', cut: '0204' } as const;

/** Frames on their way, the next to arrive first. */
export function order(frames: Due, inFlight: readonly number[]): readonly number[] {
  return [...inFlight].sort((a, b) => frames.ends(a) - frames.ends(b) || a - b);
}

/**
 * The order to ask for, to move a frame by one place among those that go where it goes: all of these, in their new
 * order. Undefined where it has no neighbour there.
 */
export function moved(frames: Due, sorted: readonly number[], frame: number, by: 1 | -1): readonly number[] | undefined {
  const beside = sorted.filter((f) => frames.to(f) === frames.to(frame));
  const at = beside.indexOf(frame);
  return placed(frames, sorted, frame, beside[at + by]);
}

/** The order in which `frame` stands where `other` is now, which makes way. */
export function placed(frames: Due, sorted: readonly number[], frame: number, other: number | undefined): readonly number[] | undefined {
  if (other === undefined || other === frame || frames.to(other) !== frames.to(frame)) return undefined;
  const beside = sorted.filter((f) => frames.to(f) === frames.to(frame));
  const to = beside.indexOf(other);
  const rest = beside.filter((f) => f !== frame);
  return [...rest.slice(0, to), frame, ...rest.slice(to)];
}

/** The frame on its way whose data follows that of `frame`. */
export function follower(frames: Due, inFlight: readonly number[], frame: number, payload: number): number | undefined {
  const next = (frames.seq(frame) + payload + (frames.flags(frame) & 2 ? 1 : 0)) >>> 0;
  return inFlight.find((f) => f !== frame && frames.flow(f) === frames.flow(frame) && frames.from(f) === frames.from(frame) && frames.payload(f) > 0 && frames.seq(f) === next);
}
