/** A packet under edit: bytes beside the world, with undo. The world changes only when it is delivered. */
import type { Session } from './engine.js';
import type { Change, FieldView, PacketView } from './pkg/views.js';

/** What a draft asks of the core: both leave the world alone. */
export type Editor = Pick<typeof Session, 'change' | 'dissect'>;

/** What follows an edit, each by its own choice; bits as the core has them. */
export const MENDS = { ipLength: 1, dataOffset: 2, ipChecksum: 4, tcpChecksum: 8 } as const;
export type Mend = keyof typeof MENDS;
/** Everything follows. */
export const ALL_MENDS = 15;
/** The field that a choice is about, in the order of headers. */
export const MENDED: Readonly<Record<Mend, string>> = { ipLength: 'ip.len', ipChecksum: 'ip.checksum', dataOffset: 'tcp.hdr_len', tcpChecksum: 'tcp.checksum' };

interface Version {
  readonly packet: PacketView;
  /** Paths (or byte ranges) that a person set, in order, each once. */
  readonly edited: readonly string[];
  /** Bits of {@link MENDS}. */
  readonly mends: number;
}

export class Draft {
  readonly frame: number;
  readonly original: PacketView;
  readonly #editor: Editor;
  #past: Version[] = [];
  #now: Version;
  #future: Version[] = [];
  #changed: ReadonlyMap<string, string> | undefined;

  constructor(editor: Editor, frame: number, original: PacketView, mends = ALL_MENDS) {
    this.#editor = editor;
    this.frame = frame;
    this.original = original;
    this.#now = { packet: original, edited: [], mends };
  }

  get packet(): PacketView {
    return this.#now.packet;
  }
  /** Bits of {@link MENDS}. */
  get mends(): number {
    return this.#now.mends;
  }
  /** Fields that a person set. */
  get edited(): readonly string[] {
    return this.#now.edited;
  }
  get dirty(): boolean {
    return this.packet.hex !== this.original.hex;
  }
  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Fields whose value is another than in the original, with the value they had: edited ones, mended ones. */
  get changed(): ReadonlyMap<string, string> {
    if (!this.#changed) {
      const before = leaves(this.original.layers);
      const changed = new Map<string, string>();
      for (const [path, value] of leaves(this.packet.layers)) {
        const was = before.get(path);
        if (was !== value) changed.set(path, was ?? '');
      }
      this.#changed = changed;
    }
    return this.#changed;
  }

  /** Changes the bytes; throws what the core throws, and then nothing has changed. `path` is what was set, for marking. */
  change(change: Change, path = pathOf(change)): void {
    // A length or checksum that a person sets is meant to stay as it is set.
    const own = Object.entries(MENDED).find(([, of]) => change.kind === 'set' && of === change.path)?.[0] as Mend | undefined;
    const mends = own === undefined ? this.mends : this.mends & ~MENDS[own];
    const packet = this.#editor.change(this.packet.hex, change, mends);
    const edited = path === undefined || this.edited.includes(path) ? this.edited : [...this.edited, path];
    this.#step({ packet, edited, mends });
  }

  /** What is chosen mends right now; what is no longer gets the value back that the original had. */
  setMends(mends: number): void {
    if (mends === this.mends) return;
    let { hex } = this.packet;
    const before = leaves(this.original.layers);
    for (const [mend, path] of Object.entries(MENDED) as [Mend, string][]) {
      const was = before.get(path);
      if (was === undefined || (mends & MENDS[mend]) !== 0 || leaves(this.#editor.dissect(hex).layers).get(path) === undefined) continue;
      if ((this.mends & MENDS[mend]) !== 0) ({ hex } = this.#editor.change(hex, { kind: 'set', path, value: was }, 0));
    }
    this.#step({ packet: this.#editor.change(hex, { kind: 'mend' }, mends & ~this.mends), edited: this.edited, mends });
  }

  undo(): boolean {
    const to = this.#past.pop();
    if (!to) return false;
    this.#future.push(this.#now);
    this.#become(to);
    return true;
  }

  redo(): boolean {
    const to = this.#future.pop();
    if (!to) return false;
    this.#past.push(this.#now);
    this.#become(to);
    return true;
  }

  #step(version: Version): void {
    this.#past.push(this.#now);
    this.#future = [];
    this.#become(version);
  }

  /** The core edits bytes and knows no frame: what the frame is, besides its bytes, is as it was. */
  #become(version: Version): void {
    const { id, flow, from, to, fate } = this.original;
    this.#now = { ...version, packet: { ...version.packet, id, flow, from, to, fate } };
    this.#changed = undefined;
  }
}

/** The place that a change is seen at. */
function pathOf(change: Change): string | undefined {
  switch (change.kind) {
    case 'set': return change.path;
    case 'octets': return `bytes[${change.offset}]`;
    case 'payload': return 'tcp.payload';
    case 'mend': return undefined;
    case 'truncate': return 'eth';
    default: return 'tcp.options';
  }
}

/** Values of the fields without children, by path. */
function leaves(fields: readonly FieldView[], into = new Map<string, string>()): Map<string, string> {
  for (const field of fields) {
    if (field.children.length) leaves(field.children, into);
    else into.set(field.path, field.value);
  }
  return into;
}
