/** What the consoles of a session keep while nobody looks: the host, what was typed, what was answered. */
import type { CommandResult, ErrorView } from '../../engine/pkg/views.js';
import type { Store } from '../../engine/store.js';
import type { Note } from './lines.js';
import { History } from './typing.js';

/** Notes that are kept. */
const KEPT = 500;

export class Desk {
  readonly history = new History();
  readonly #store: Store;
  /** Host that a person chose. */
  node: number | undefined;
  notes: readonly Note[] = [];

  constructor(store: Store) {
    this.#store = store;
  }

  /** Answers a question, or makes the call. What is wrong with the line is told here, not by the page. */
  enter(node: number, line: string): CommandResult | undefined {
    const store = this.#store;
    const answer = store.attempt(() => ({ text: store.session.ask(node, line) }));
    if (answer?.text !== undefined) {
      this.#note({ kind: 'asked', node, line, answer: answer.text });
      return undefined;
    }
    const done = answer && store.command({ kind: 'call', node, call: line });
    if (!done) this.#note({ kind: 'wrong', node, line, ...this.#taken() });
    else if (done.why) this.#note({ kind: 'why', node, line, error: done.why });
    return done;
  }

  /** The store's error, which is shown here and so nowhere else. */
  #taken(): { error?: ErrorView } {
    const { error } = this.#store;
    this.#store.error = undefined;
    this.#store.notify();
    return error ? { error } : {};
  }

  #note(note: Omit<Note, 'timeline' | 'step'>): void {
    const { step, timeline } = this.#store.view;
    this.notes = [...this.notes, { ...note, step, timeline }].slice(-KEPT);
  }
}

const desks = new WeakMap<Store, Desk>();

export function desk(store: Store): Desk {
  const found = desks.get(store) ?? new Desk(store);
  desks.set(store, found);
  return found;
}
