import type { FieldView, PacketView } from '../../engine/pkg/views.js';
import { Element } from '../base/index.js';
import { Editing } from './editing.js';
import { find } from './tree.js';

/** The field under the pointer, for the other two views. */
export class FieldHover extends Event {
  static readonly type = 'field-hover';
  readonly path: string | undefined;
  constructor(path: string | undefined) {
    super(FieldHover.type, { bubbles: true, composed: true });
    this.path = path;
  }
}

/** What the three views of a packet share: what is shown, chosen, pointed at, changed, edited. */
export abstract class PacketPart extends Element {
  static override properties = { hovered: { attribute: false } };

  /** Path of the field under the pointer in any of the views. */
  declare hovered: string | undefined;
  protected readonly editing = new Editing(this);

  protected get packet(): PacketView | undefined {
    return this.store.shown;
  }
  protected get chosen(): string | undefined {
    return this.store.face.field;
  }
  protected choose(path: string): void {
    if (path !== this.chosen) this.store.set({ field: path });
  }
  protected hover(path: string | undefined): void {
    if (path !== this.hovered) this.dispatchEvent(new FieldHover(path));
  }
  /** The value that a field had before it was edited or mended. */
  protected was(path: string): string | undefined {
    return this.store.draft?.changed.get(path);
  }
  /** The field as it was on the link, while the packet is under edit. */
  protected original(path: string): FieldView | undefined {
    const { draft } = this.store;
    return draft && find(draft.original.layers, path);
  }
  /** Whether a person set the field, rather than mending. */
  protected edited(path: string): boolean {
    return this.store.draft?.edited.includes(path) ?? false;
  }
}
