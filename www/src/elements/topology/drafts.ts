/** A scenario under edit: it waits beside the session until somebody begins with it, each change can be taken back. */
import { toEngineError, type EngineError } from '../../engine/engine.js';
import type { Store } from '../../engine/store.js';
import type { ScenarioFile } from './file.js';

export class Sketch {
  #past: ScenarioFile[] = [];
  #next: ScenarioFile[] = [];
  file: ScenarioFile;
  /** What the core has against it. */
  error: EngineError | undefined;
  readonly #store: Store;

  constructor(store: Store, file: ScenarioFile) {
    this.#store = store;
    this.file = file;
    this.#check();
  }

  get changed(): boolean {
    return this.#past.length > 0;
  }
  get canUndo(): boolean {
    return this.#past.length > 0;
  }
  get canRedo(): boolean {
    return this.#next.length > 0;
  }

  change(file: ScenarioFile): void {
    if (JSON.stringify(file) === JSON.stringify(this.file)) return;
    this.#past.push(this.file);
    this.#next = [];
    this.file = file;
    this.#check();
  }

  undo(): void {
    const file = this.#past.pop();
    if (!file) return;
    this.#next.push(this.file);
    this.file = file;
    this.#check();
  }

  redo(): void {
    const file = this.#next.pop();
    if (!file) return;
    this.#past.push(this.file);
    this.file = file;
    this.#check();
  }

  /** The file in the place of the session; the page's undo brings back what was there. False where the core refuses. */
  begin(): boolean {
    const { engine, kept } = this.#store;
    try {
      const session = new engine.Session(JSON.stringify(this.file));
      const rest = Object.fromEntries(Object.entries(kept).filter(([name]) => name !== 'places'));
      this.#store.replace(session, rest);
      return true;
    } catch (thrown) {
      this.error = toEngineError(thrown);
      return false;
    }
  }

  /** The core reads it as it would read a file. */
  #check(): void {
    try {
      new this.#store.engine.Session(JSON.stringify(this.file)).free();
      this.error = undefined;
    } catch (thrown) {
      this.error = toEngineError(thrown);
    }
  }
}

const sketches = new WeakMap<Store, Sketch>();

/** The scenario under edit in a store, where there is one: it outlives the panel. */
export function sketchOf(store: Store): Sketch | undefined {
  return sketches.get(store);
}

export function keepSketch(store: Store, sketch: Sketch | undefined): void {
  if (sketch) sketches.set(store, sketch);
  else sketches.delete(store);
}
