/** A script that is open: its text, and where we stand in its run. No DOM. */
import type { EngineError } from '../../engine/engine.js';
import type { EventPlace, RuleView, ScriptView } from '../../engine/pkg/views.js';
import { toScriptError, type OpenScript, type ScriptSession } from '../../engine/script-engine.js';

/** Events done in a slice of a run, between two paintings of the page. */
const SLICE = 200;

/** How many events before the one that failed are asked for rules. */
const LOOK_BACK = 20;

/** Rules of an event. */
export interface Trace {
  readonly line: number | undefined;
  readonly rules: readonly RuleView[];
  /** They are of an event before the one done last. */
  readonly led: boolean;
}

/** A place in the text that cannot be read, from 1. */
export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly error: EngineError;
}

export class ScriptState {
  readonly #open: OpenScript;
  readonly #listeners = new Set<() => void>();
  #session: ScriptSession | undefined;
  /** The last text that could be read, and where we stood in it. */
  #good = { text: '', step: 0 };
  #trace: (Trace & { step: number }) | undefined;
  name = '';
  text = '';
  /** In the place of the script's own; undefined: as the script says. */
  profile: string | undefined;
  /** Where the events stand in the text. */
  events: readonly EventPlace[] = [];
  view: ScriptView | undefined;
  /** Why the text cannot be run. */
  fault: Fault | undefined;
  /** The module panicked; nothing runs any more until the page is loaded again. */
  panic: string | undefined;
  running = false;
  /** Goes up when another text was put in the place of this one, rather than typed. */
  revision = 0;

  constructor(open: OpenScript) {
    this.#open = open;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Another script, at its beginning. */
  open(name: string, text: string, profile?: string): void {
    Object.assign(this, { name, text, profile });
    this.revision++;
    this.#begin(0);
  }

  /**
   * The text has been edited. What was done before the first line that differs stays done: the run stands before
   * that line, or where it stood if that is earlier.
   */
  edit(text: string): void {
    if (text === this.text) return;
    // Not the text of a moment ago: half a word cannot be read, and must not lose the place.
    const { text: was, step } = this.#good;
    const same = sameLines(was, text);
    this.text = text;
    this.#begin((events) => Math.min(step, events.filter((e) => e.endLine <= same).length));
  }

  setProfile(profile: string | undefined): void {
    this.profile = profile;
    this.#begin(0);
  }

  get canStep(): boolean {
    return this.#session !== undefined && !this.panic && this.view?.next != null;
  }

  get canBack(): boolean {
    return this.#session !== undefined && !this.panic && (this.view?.step ?? 0) > 0;
  }

  step(): void {
    this.running = false;
    if (this.canStep) this.#act((s) => s.step());
  }

  back(): void {
    this.running = false;
    if (this.canBack) this.#act((s) => s.back());
  }

  restart(): void {
    this.seek(0);
  }

  /** To the state after so many events, or to the end. */
  seek(step: number): void {
    this.running = false;
    this.#act((s) => s.seek(Math.max(0, step)));
  }

  /** Stands before the event of a line, or of the first after it. */
  seekLine(line: number): void {
    const event = this.events.findIndex((e) => e.endLine >= line);
    if (event >= 0) this.seek(event);
  }

  /** To the end, in slices; `later` calls back when the page has been painted. */
  run(later: (slice: () => void) => void): void {
    if (this.running || !this.canStep) return;
    this.running = true;
    const slice = (): void => {
      if (!this.running) return;
      this.#act((s) => {
        this.running = s.run(SLICE, undefined);
      });
      if (this.running) later(slice);
    };
    slice();
  }

  stop(): void {
    this.running = false;
    this.#tell();
  }

  /**
   * The rules that the event done last went through, and its line. Of one that failed without deciding anything, those
   * of the last event before it that did: they led there.
   */
  get trace(): Trace {
    const step = this.view?.step ?? 0;
    if (this.#trace?.step !== step) this.#trace = { step, ...this.#traced(step) };
    return this.#trace;
  }

  #traced(last: number): Trace {
    const { view } = this;
    const session = this.#session;
    const least = view?.failure ? Math.max(1, last - LOOK_BACK) : last;
    for (let step = last; session && !this.panic && step >= least && step > 0; step--) {
      let rules: RuleView[] = [];
      this.#guard(() => {
        rules = session.trace(step);
      });
      if (rules.length) return { line: view?.verdicts[step - 1]?.line, rules, led: step < last };
    }
    return { line: view?.verdicts.at(-1)?.line, rules: [], led: false };
  }

  #begin(at: number | ((events: readonly EventPlace[]) => number)): void {
    this.running = false;
    if (this.panic) return this.#tell();
    this.#trace = undefined;
    try {
      const session = this.#open(this.name, this.text, this.profile);
      this.#session?.free();
      this.#session = session;
      this.fault = undefined;
      this.#guard(() => {
        this.events = session.events();
        session.seek(typeof at === 'number' ? at : at(this.events));
        this.view = session.view();
        this.#good = { text: this.text, step: this.view.step };
      });
    } catch (thrown) {
      this.#session?.free();
      this.#session = undefined;
      this.view = undefined;
      this.events = [];
      this.fault = this.#faultOf(thrown);
    }
    this.#tell();
  }

  #faultOf(thrown: unknown): Fault | undefined {
    const error = toScriptError(thrown);
    if (error.code === 'panic') {
      this.panic = error.message;
      return undefined;
    }
    const number = (name: string): number => {
      const value = error.operands.find((o) => o.name === name)?.value;
      return value?.kind === 'num' ? value.value : 1;
    };
    return { line: number('line'), column: number('column'), error };
  }

  #act(what: (session: ScriptSession) => void): void {
    const session = this.#session;
    if (!session || this.panic) return;
    this.#guard(() => {
      what(session);
      this.view = session.view();
      this.#good = { text: this.text, step: this.view.step };
    });
    this.#tell();
  }

  #guard(what: () => void): void {
    try {
      what();
    } catch (thrown) {
      this.panic = toScriptError(thrown).message;
      this.running = false;
    }
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** How many lines at the beginning are the same in both. */
export function sameLines(a: string, b: string): number {
  const [one, other] = [a.split('\n'), b.split('\n')];
  const end = Math.min(one.length, other.length);
  let n = 0;
  while (n < end && one[n] === other[n]) n++;
  return n;
}
