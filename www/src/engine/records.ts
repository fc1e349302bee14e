/**
 * The long lists, read where they lie in wasm memory: nothing is copied, no object is made for a record.
 * Offsets come from the layout that the core publishes; see crates/lab/src/records.rs for the meaning.
 */
import type { Place } from './pkg/tcp_playground.js';
import type { Layout } from './pkg/views.js';

/** Pieces that the core keeps where they are of those that were made again (crates/lab/src/session.rs), or fewer. */
const RECALLED = 8;

/** No frame, no step, no copy. */
export const NONE32 = 0xffffffff;
/** No flow, no rule, no node. */
export const NONE16 = 0xffff;

export const Fate = { flying: 0, held: 1, delivered: 2, lost: 3, droppedByPerson: 4, droppedByHost: 5 } as const;
export const Bits = { edited: 1, copy: 2, injected: 4, delayed: 8, outOfOrder: 16, ruled: 32, impaired: 128 } as const;
export const Mark = {
  state: 0, refused: 1, timer: 2, queues: 3, held: 4, edited: 5, call: 6, command: 7, ruled: 8, impaired: 9, lost: 10, dropped: 11,
} as const;
export const Tcp = {
  fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128, ae: 256,
} as const;

const reads = {
  f64: (v: DataView, at: number) => v.getFloat64(at, true),
  u32: (v: DataView, at: number) => v.getUint32(at, true),
  u16: (v: DataView, at: number) => v.getUint16(at, true),
  u8: (v: DataView, at: number) => v.getUint8(at),
} as const;

/** A packed list in memory that may grow and move. It lies in pieces; one that was set aside is made again when it is read. */
export class Column {
  readonly #layout: Layout;
  readonly #memory: { readonly buffer: ArrayBufferLike };
  readonly #recall: (piece: number) => number | undefined;
  #view: DataView;
  #rows: number[] = [];
  #heads: readonly number[] = [];
  #piece = 1;
  /** Pieces that lie where `recall` said, the one asked for last at the end. */
  #recalled: number[] = [];
  /** Number of records. */
  length = 0;

  constructor(layout: Layout, memory: { readonly buffer: ArrayBufferLike }, recall: (piece: number) => number | undefined = () => undefined) {
    this.#layout = layout;
    this.#memory = memory;
    this.#recall = recall;
    this.#view = new DataView(memory.buffer);
  }

  /** The list lies here now; to be called after every call into the core. */
  point(at: Place): void {
    this.#rows = at.rows;
    this.#heads = at.heads;
    this.#piece = at.piece;
    this.#recalled = [];
    this.length = at.len;
    this.attach();
  }

  /** Growing the memory (by any session of the page) detaches the old buffer: call before a round of reads. */
  attach(): void {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
  }

  /** The last record for which something holds that holds for all before it; -1 where it holds for none. */
  last(holds: (i: number) => boolean): number {
    const within = (low: number, high: number, at: (n: number) => number): number => {
      while (low < high) {
        const mid = (low + high) >> 1;
        if (holds(at(mid))) low = mid + 1;
        else high = mid;
      }
      return low - 1;
    };
    // First by the heads of pieces, which are always there.
    const size = this.#piece;
    const piece = within(0, this.#rows.length, (n) => n * size);
    if (piece < 0 || !this.length) return -1;
    return within(piece * size + 1, Math.min((piece + 1) * size, this.length), (n) => n);
  }

  /** A reader of one member: `i` → value. A member that the layout does not have is a broken build. */
  protected member(name: string): (i: number) => number {
    const field = this.#layout.fields.find((f) => f.name === name);
    if (!field || !(field.scalar in reads)) throw new Error(`the record layout has no member ${name}`);
    const read = reads[field.scalar as keyof typeof reads];
    const { size } = this.#layout;
    const { offset } = field;
    return (i) => {
      // Any call into the core, of any session of the page, may have grown the memory since.
      if (this.#view.buffer.byteLength === 0) this.attach();
      const place = i % this.#piece;
      const rows = this.#rows[(i - place) / this.#piece];
      return read(this.#view, (rows || this.#absent((i - place) / this.#piece, place)) + place * size + offset);
    };
  }

  #absent(piece: number, place: number): number {
    const head = this.#heads[piece];
    if (place === 0 && head) return head;
    const at = this.#recall(piece);
    this.attach();
    if (at === undefined) throw new RangeError(`there is no record in piece ${piece}`);
    this.#rows[piece] = at;
    if (this.#recalled.push(piece) > RECALLED) this.#rows[this.#recalled.shift() ?? 0] = 0;
    return at;
  }
}

/** Frames that were put on a link; index = frame id. Times in ns. */
export class Frames extends Column {
  readonly sent = this.member('sent');
  readonly ends = this.member('ends');
  readonly duration = this.member('duration');
  readonly stepSent = this.member('step_sent');
  readonly stepEnded = this.member('step_ended');
  readonly seq = this.member('seq');
  readonly ack = this.member('ack');
  readonly payload = this.member('payload');
  readonly copyOf = this.member('copy_of');
  readonly from = this.member('from');
  readonly to = this.member('to');
  readonly flow = this.member('flow');
  readonly flags = this.member('flags');
  readonly reason = this.member('reason');
  readonly link = this.member('link');
  readonly fate = this.member('fate');
  readonly bits = this.member('bits');
  readonly resent = this.member('resent');
}

/** Occurrences, in the order in which they happened. Times in ns. */
export class Marks extends Column {
  readonly time = this.member('time');
  readonly since = this.member('since');
  readonly step = this.member('step');
  readonly frame = this.member('frame');
  readonly x = this.member('x');
  readonly y = this.member('y');
  readonly node = this.member('node');
  readonly flow = this.member('flow');
  readonly a = this.member('a');
  readonly b = this.member('b');
  readonly kind = this.member('kind');

  /** Numbers of those of these steps, ascending: from the first to before the second. */
  between(from: number, to: number): [number, number] {
    return [this.last((i) => this.step(i) < from) + 1, this.last((i) => this.step(i) <= to) + 1];
  }
}

/** Control bits as Wireshark writes them in a summary: `SYN-ACK`, `PSH ACK`. */
export function flagNames(flags: number): string {
  const names = (['syn', 'fin', 'rst', 'psh', 'urg', 'ece', 'cwr'] as const)
    .filter((f) => flags & Tcp[f]).map((f) => f.toUpperCase());
  if (flags & Tcp.ack) names.push('ACK');
  return flags & Tcp.syn && flags & Tcp.ack && names.length === 2 ? 'SYN-ACK' : names.join(' ');
}
