/** A packet under edit: bytes beside the world, with undo. The world changes only when it is delivered. */
import type { Session } from './engine.js';
import type { FieldView, PacketView } from './pkg/views.js';

/** What a draft asks of the core: both leave the world alone. */
export type Editor = Pick<typeof Session, 'edit' | 'setBytes' | 'dissect'>;

interface Version {
  readonly packet: PacketView;
  /** Paths (or byte ranges) that a person set, in order, each once. */
  readonly edited: readonly string[];
  readonly mend: boolean;
}

export class Draft {
  readonly frame: number;
  readonly original: PacketView;
  readonly #editor: Editor;
  #past: Version[] = [];
  #now: Version;
  #future: Version[] = [];
  #changed: ReadonlyMap<string, string> | undefined;

  constructor(editor: Editor, frame: number, original: PacketView) {
    this.#editor = editor;
    this.frame = frame;
    this.original = original;
    this.#now = { packet: original, edited: [], mend: true };
  }

  get packet(): PacketView {
    return this.#now.packet;
  }
  get mend(): boolean {
    return this.#now.mend;
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

  /** Sets a field; throws what the core throws, and then nothing has changed. */
  edit(path: string, value: string): void {
    const { mend } = this.#now;
    this.#push(this.#editor.edit(this.packet.hex, path, value, mend), path);
  }

  setBytes(offset: number, hex: string): void {
    const { mend } = this.#now;
    this.#push(this.#editor.setBytes(this.packet.hex, offset, hex, mend), `bytes[${offset}]`);
  }

  /** With `mend` the checksums are made right now; without, the ones that the original had are put back. */
  setMend(mend: boolean): void {
    if (mend === this.mend) return;
    let { packet } = this;
    for (const path of ['ip.checksum', 'tcp.checksum']) {
      const was = leaves(this.original.layers).get(path);
      const has = leaves(packet.layers).get(path);
      if (was === undefined || has === undefined) continue;
      // Setting a checksum to what it is, with mending, mends it.
      if (mend ? true : has !== was) packet = this.#editor.edit(packet.hex, path, mend ? has : was, mend);
    }
    this.#step({ packet, edited: this.edited, mend });
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

  #push(packet: PacketView, path: string): void {
    const edited = this.edited.includes(path) ? this.edited : [...this.edited, path];
    this.#step({ packet, edited, mend: this.mend });
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

/** Values of the fields without children, by path. */
function leaves(fields: readonly FieldView[], into = new Map<string, string>()): Map<string, string> {
  for (const field of fields) {
    if (field.children.length) leaves(field.children, into);
    else into.set(field.path, field.value);
  }
  return into;
}
