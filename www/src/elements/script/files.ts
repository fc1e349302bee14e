/** Where scripts come from and go to: shipped ones, files, links, and what was open before the page was loaded again. */
import { saveFile } from '../../engine/files.js';
import { reloaded } from '../../engine/persist.js';
import { LONGEST_LINK } from '../../engine/share.js';
import type { Store } from '../../engine/store.js';
import { keepScript, keptScript, linkedScript, LONGEST_SCRIPT, scriptLink, type Kept } from './link.js';
import type { ScriptState } from './state.js';
import type { Words } from './words.js';

/** What the room opens on where nothing was asked for. */
const FIRST = 'requirements/nagle.pkt';

export interface Note {
  readonly bad: boolean;
  text(t: Words): string;
}

/** One for each session of the page; it outlives the room's element. */
export class Files {
  static readonly #all = new WeakMap<Store, Files>();
  readonly state: ScriptState;
  readonly #page: boolean;
  readonly #listeners = new Set<() => void>();
  /** Folder → paths of the shipped scripts, once they are there. */
  folders: ReadonlyMap<string, readonly string[]> = new Map();
  note: Note | undefined;
  begun = false;
  #asked: string | undefined;
  #shipped: string | undefined;

  static of(store: Store, make: () => ScriptState, page: boolean): Files {
    const known = Files.#all.get(store);
    if (known) return known;
    const made = new Files(make(), page);
    Files.#all.set(store, made);
    return made;
  }

  private constructor(state: ScriptState, page: boolean) {
    this.state = state;
    this.#page = page;
    state.subscribe(() => this.#tellAll());
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Opens what is asked for, what the link carries, what was open before, or the first. */
  async begin(asked: string | undefined): Promise<void> {
    const linked = await this.openLink();
    if (this.begun) return this.follow(asked);
    const kept = !linked && asked === undefined && this.#page && reloaded() ? keptScript() : undefined;
    if (kept) this.#restore(kept);
    else await this.follow(asked);
    if (!this.begun) await this.openShipped(FIRST);
    if (linked) this.#badLink();
  }

  /** Opens what the page's address carries, if it carries a script; true where it does. */
  async openLink(): Promise<boolean> {
    const linked = this.#page ? await linkedScript(location.hash) : 'none';
    if (linked === 'none') return false;
    // The work goes on from here; loading again must not throw it away for the link.
    history.replaceState(null, '', location.pathname + location.search);
    if (linked) this.#restore(linked);
    else this.#badLink();
    return true;
  }

  #badLink(): void {
    this.tell({ bad: true, text: (t) => t('badLink') });
  }

  /** Opens a shipped script that was asked for, once. */
  async follow(asked: string | undefined): Promise<void> {
    if (asked === undefined || asked === this.#asked) return;
    this.#asked = asked;
    await this.openShipped(asked);
  }

  async openShipped(path: string): Promise<void> {
    const { shipped } = await import('./shipped.js');
    const text = shipped.get(path);
    await this.list();
    if (text === undefined) return this.tell({ bad: true, text: (t) => t('missing', { path }) });
    this.#opened(path, text);
    this.#shipped = text;
    this.#tellAll();
  }

  /** Whether what is open is a shipped script, as it was shipped. */
  get isShipped(): boolean {
    return this.#shipped !== undefined;
  }

  /** Makes the list of the shipped scripts, if that has not been done. */
  async list(): Promise<void> {
    if (this.folders.size) return;
    const { folders } = await import('./shipped.js');
    this.folders = folders();
    this.#tellAll();
  }

  async openFile(file: File): Promise<void> {
    if (file.size > LONGEST_SCRIPT) return this.tell({ bad: true, text: (t) => t('tooLarge', { max: LONGEST_SCRIPT / 1024 }) });
    try {
      this.#opened(file.name, await file.text());
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.tell({ bad: true, text: (t) => t('unreadable', { why }) });
    }
  }

  save(): void {
    const { name, text } = this.state;
    const base = name.slice(name.lastIndexOf('/') + 1);
    saveFile(base.endsWith('.pkt') ? base : `${base}.pkt`, new TextEncoder().encode(text), 'text/plain');
  }

  async share(): Promise<void> {
    const link = await scriptLink(this.#kept());
    const n = link.length;
    if (n > LONGEST_LINK) return this.tell({ bad: true, text: (t) => t('tooLong', { n, max: LONGEST_LINK }) });
    try {
      await navigator.clipboard.writeText(link);
      this.tell({ bad: false, text: (t) => t('shared') });
    } catch {
      // Without the permission it stands where links are copied from by hand.
      history.replaceState(null, '', link);
      this.tell({ bad: false, text: (t) => t('linkShown') });
    }
  }

  /** Keeps what is open until the page is loaded again. */
  keep(): void {
    if (this.#page && this.begun) keepScript(this.#kept());
  }

  tell(note: Note | undefined): void {
    this.note = note;
    this.#tellAll();
  }

  #kept(): Kept {
    const { name, text, profile, view } = this.state;
    return { name, text, profile, step: view?.step };
  }

  #restore({ name, text, profile, step }: Kept): void {
    this.#opened(name, text, profile);
    if (step !== undefined) this.state.seek(step);
  }

  #opened(name: string, text: string, profile?: string): void {
    this.#shipped = undefined;
    this.begun = true;
    this.note = undefined;
    this.state.open(name, text, profile);
  }

  #tellAll(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
