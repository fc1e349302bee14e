/** One session and everything that a page shows of it. Elements read it and subscribe; actions change it. */
import type { Lang } from '../locales/index.js';
import { Draft } from './draft.js';
import { EnginePanic, toEngineError, type Engine, type EngineError, type Session } from './engine.js';
import { Fate, Frames, Marks } from './records.js';
import { FACE, type Face } from './face.js';
import { keptBy, keptIn } from './stops.js';
import type { Change, ChangeView, Command, CommandResult, FlowView, LogLine, PacketView, Prediction, RuleInfo, Trace, View, WatchView } from './pkg/views.js';

export * from './face.js';

/** What is remembered over a reload, and what a share link carries. */
export interface Saved {
  v: 1;
  /** Text of `Session.save()`. */
  timeline: string;
  step: number;
  selected?: number | undefined;
  /** What panels keep with the work ({@link Store.keep}). */
  kept?: Kept | undefined;
}

/** Plain JSON by name: what belongs to the work but not to the world, such as breakpoints. */
export type Kept = Readonly<Record<string, unknown>>;

/** Work that undo can bring back after another was opened. */
const LEFT = 5;

export class Store {
  readonly engine: Engine;
  readonly #frames: Frames;
  readonly #marks: Marks;
  session: Session;
  view!: View;
  /** Every rule, by the index that records carry. */
  readonly rules: readonly RuleInfo[];
  /** Another object when the lists of frames and marks are others rather than longer ones. */
  list: object = {};
  /** Goes up with every change of the world: what was computed from it is stale. */
  revision = 0;
  face: Face = { ...FACE };
  /** Bytes under edit; undefined until a field of the selected packet is changed. */
  draft: Draft | undefined;
  /** To be shown until the next thing is done. */
  error: EngineError | undefined;
  /** Set once the core has panicked; nothing works any more but saving. */
  panic: { message: string } | undefined;
  /** The link that the share dialog shows. */
  link = '';
  /** Told that a leap in time was made from a step, so that the way back is kept. */
  leapt: ((from: number) => void) | undefined;
  /** What a room other than the playground does with a key; true where it used it. */
  roomKeys: ((e: KeyboardEvent) => boolean) | undefined;
  /** What panels keep with the work; set through {@link keep}. It may come from a file: whoever reads it must check it. */
  kept: Kept = {};
  /** Time shown while running: between `view.now` and the next event, ns. */
  clock = 0;

  #listeners = new Set<() => void>();
  #cache = new Map<string, { revision: number; value: unknown }>();
  #safe: Saved | undefined;
  /** Work that was there before another was opened, and work that was gone back from: the last at the end. */
  #left: readonly Saved[] = [];
  #ahead: readonly Saved[] = [];

  constructor(engine: Engine, session: Session) {
    this.engine = engine;
    this.session = session;
    this.#frames = new Frames(engine.layouts[0], engine.memory, (piece) => this.session.recall(piece));
    this.#marks = new Marks(engine.layouts[1], engine.memory, (piece) => this.session.recallMarks(piece));
    this.rules = engine.Session.rules();
    this.#refresh();
  }

  /** Opens a scenario: the id of a shipped one, or its JSON. */
  static open(engine: Engine, scenario: string, seed?: number): Store {
    return new Store(engine, new engine.Session(scenario, seed));
  }

  /** Calls `listener` after every change; returns the way to stop. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  notify(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  // ---- the face

  set(change: Partial<Face>): void {
    const { selected } = this.face;
    this.face = { ...this.face, ...change };
    if (change.stops || change.watches) {
      this.kept = { ...this.kept, ...keptBy(this.face) };
      this.remember();
    }
    if (this.face.selected !== selected) {
      this.draft = undefined;
      this.error = undefined;
      this.face.field = change.field;
    }
    this.notify();
  }

  get lang(): Lang {
    return this.face.lang;
  }

  // ---- the world

  /** Frames of this timeline. Hold on to what you get for a loop, not for longer: memory may move. */
  get frames(): Frames {
    this.#frames.attach();
    return this.#frames;
  }

  /** Marks of this timeline; see {@link frames}. */
  get marks(): Marks {
    this.#marks.attach();
    return this.#marks;
  }

  /** The rules of the step we stand at (by replay, once a step). */
  get trace(): Trace | undefined {
    return this.#cached('trace', () => this.session.trace());
  }

  /** What the watched expressions come to here. */
  get watched(): readonly WatchView[] {
    const { watches } = this.face;
    return watches.length ? this.#cached(`watch ${JSON.stringify(watches)}`, () => this.session.watch([...watches])) ?? [] : [];
  }

  /** The last `most` lines of the log of calls, of one host or of all. */
  log(node: number | undefined, most: number): readonly LogLine[] {
    return this.#cached(`log ${node} ${most}`, () => this.session.log(node, most)) ?? [];
  }

  /** The first `most` lines of the log that lie ahead of where we stand. */
  logAhead(node: number | undefined, most: number): readonly LogLine[] {
    return this.#cached(`ahead ${node} ${most}`, () => this.session.logAhead(node, most)) ?? [];
  }

  /** The frame that panels show: the chosen one, else that of the step we stand at or the last one before it. */
  get looked(): number | undefined {
    const frame = this.face.selected ?? this.frameOfStep ?? this.#lastSent();
    return frame !== undefined && frame < this.frames.length ? frame : undefined;
  }

  /** The packet looked at, as it is on the link. */
  get packet(): PacketView | undefined {
    const { looked } = this;
    return looked === undefined ? undefined : this.#cached(`packet ${looked}`, () => this.session.packet(looked));
  }

  /** The packet looked at as it is shown: under edit, or as it is. */
  get shown(): PacketView | undefined {
    const { packet } = this;
    const draft = this.draft?.packet;
    // Bytes under edit have no place in the world yet: that is the one of the frame they were made from.
    return draft && packet ? { ...draft, id: packet.id, flow: packet.flow, from: packet.from, to: packet.to, fate: packet.fate } : packet;
  }

  /** What delivering the packet looked at, as shown, would do; undefined unless it is in flight. */
  get prediction(): Prediction | undefined {
    const { looked } = this;
    const hex = this.shown?.hex;
    if (looked === undefined || hex === undefined || !this.inFlight(looked)) return undefined;
    return this.#cached(`prediction ${looked} ${hex} ${this.face.ahead}`, () => this.session.predict(looked, hex, this.face.ahead));
  }

  /** Whether a person can lay hands on the frame now. */
  inFlight(frame: number): boolean {
    return this.view.inFlight.includes(frame) || this.view.held.includes(frame);
  }

  isHeld(frame: number): boolean {
    return this.view.held.includes(frame);
  }

  /** The flow that panels show: the chosen one, that of the selected packet, that of the last step, the first. */
  get flow(): number | undefined {
    const of = this.face.flow ?? this.packet?.flow ?? this.view.last?.flow ?? 0;
    return of < this.view.flowCount ? of : undefined;
  }

  /** Where along the steps known, in `places` places, there are changes of state, losses and edits. */
  overview(places: number): readonly (readonly number[])[] {
    return this.#cached(`overview ${places}`, () => this.session.overview(this.view.steps, places)) ?? [];
  }

  /** Any connection that has been seen. */
  flowOf(id: number | null | undefined): FlowView | undefined {
    if (id == null || id >= this.view.flowCount) return undefined;
    return this.view.flows.find((f) => f.id === id) ?? this.#cached(`flow ${id}`, () => this.session.flow(id)) ?? undefined;
  }

  /** The frame that the step we stand at was about: it arrived, or it was sent by what happened. */
  get frameOfStep(): number | undefined {
    const frame = this.view.last?.frame ?? undefined;
    if (frame !== undefined) return frame;
    const sent = this.#lastSent();
    return sent !== undefined && this.frames.stepSent(sent) === this.view.step ? sent : undefined;
  }

  /** The last frame that has been sent by the step we stand at. */
  #lastSent(): number | undefined {
    return this.#last((frame) => this.frames.stepSent(frame) <= this.view.step);
  }

  /** The last step known that sent a frame by a moment; 0 where none did. */
  stepSentBy(time: number): number {
    const frame = this.#last((f) => this.frames.sent(f) <= time);
    return frame === undefined ? 0 : this.frames.stepSent(frame);
  }

  /** The last frame for which something holds that holds for all before it. */
  #last(holds: (frame: number) => boolean): number | undefined {
    const last = this.frames.last(holds);
    return last < 0 ? undefined : last;
  }

  /** Does something to the world; an error becomes {@link error} and leaves the world as it was. */
  act<R>(what: (session: Session) => R): R | undefined {
    if (this.panic) return undefined;
    const result = this.slice(what);
    this.notify();
    return result;
  }

  /** Like {@link act}, as a part of something longer: nobody is told yet. */
  slice<R>(what: (session: Session) => R): R | undefined {
    if (this.panic) return undefined;
    this.error = undefined;
    try {
      const result = what(this.session);
      this.#refresh();
      return result;
    } catch (thrown) {
      this.#fail(thrown);
      return undefined;
    }
  }

  /** Asks the core for something that leaves the world alone; an error becomes {@link error}. */
  attempt<R>(what: () => R): R | undefined {
    if (this.panic) return undefined;
    this.error = undefined;
    try {
      return what();
    } catch (thrown) {
      this.#fail(thrown);
      this.notify();
      return undefined;
    }
  }

  command(command: Command): CommandResult | undefined {
    const result = this.act((s) => s.command(command));
    if (result) this.remember();
    return result;
  }

  /** Goes back to where the frame was on its way, if it no longer is; false if that cannot be. */
  catch(frame: number): boolean {
    if (this.inFlight(frame)) return true;
    const step = this.frames.stepSent(frame);
    this.act((s) => s.seek(step));
    return this.inFlight(frame);
  }

  /** Stands at a step, running on where it has not been yet. */
  goTo(step: number): void {
    this.act((session) => {
      session.seek(Math.min(step, this.view.steps));
      for (let at = this.view.steps; at < step && session.step(); at++);
    });
  }

  /** Steps on until the fate of the frame is decided. */
  settle(frame: number, budget = 10_000): void {
    this.act((s) => {
      for (let i = 0; i < budget && s.step(); i++) {
        this.#frames.point(s.frames());
        const fate = this.frames.fate(frame);
        if (fate !== Fate.flying && fate !== Fate.held) return;
      }
    });
  }

  /** Another session in the place of this one; what was done in this one can be had back by {@link undo}. */
  replace(session: Session, kept: Kept = {}): void {
    if (this.view.steps > 0 && !this.panic) this.#left = [...this.#left.slice(1 - LEFT), this.saved()];
    this.#ahead = [];
    this.#become(session, kept);
  }

  #become(session: Session, kept: Kept): void {
    this.session = session;
    this.kept = kept;
    this.list = {};
    this.draft = undefined;
    this.face = {
      ...this.face, selected: undefined, field: undefined, flow: undefined, rule: undefined,
      running: false, ...keptIn(kept),
    };
    this.act(() => undefined);
    this.remember();
  }

  // ---- the packet under edit

  /** Sets a field of the selected packet; false where the value was refused ({@link error} says why). */
  edit(path: string, value: string): boolean {
    return this.change({ kind: 'set', path, value });
  }

  /** Sets bytes of the selected packet. */
  setBytes(offset: number, hex: string): boolean {
    return this.change({ kind: 'octets', offset, hex });
  }

  /** Changes the selected packet in any way that bytes can be. */
  change(change: Change, path?: string): boolean {
    return this.#draw((draft) => draft.change(change, path));
  }

  /** Which lengths and checksums follow an edit: bits of `MENDS`. */
  setMends(mends: number): boolean {
    return this.#draw((draft) => draft.setMends(mends));
  }

  /** What {@link undo} would take back of what was done to the world and its timelines, and what {@link redo} would do again. */
  get changes(): readonly [ChangeView | null | undefined, ChangeView | null | undefined] {
    const [undo, redo] = this.#cached('changes', () => this.session.changes()) ?? [];
    const whole = (list: readonly Saved[]): ChangeView | undefined => (list.length ? { what: 'open', text: '' } : undefined);
    return [undo ?? whole(this.#left), redo ?? whole(this.#ahead)];
  }

  /** Takes back the last edit of the packet in hand, else the last thing that was done. */
  undo(): void {
    if (!this.draft?.canUndo) return this.session.changes()[0] ? this.alter((session) => session.undo()) : this.#swap('undo');
    // What was undone can be done again: the draft stays, though nothing of it is seen.
    this.draft.undo();
    this.notify();
  }

  redo(): void {
    if (!this.draft?.canRedo) return this.session.changes()[1] ? this.alter((session) => session.redo()) : this.#swap('redo');
    this.draft.redo();
    this.notify();
  }

  /** Goes back to the work that was there before another was opened, or on again. */
  #swap(way: 'undo' | 'redo'): void {
    const from = way === 'undo' ? this.#left : this.#ahead;
    const to = from.at(-1);
    if (!to) return;
    const here = this.saved();
    this.attempt(() => this.#stand(this.engine.Session.restore(new TextEncoder().encode(to.timeline)), to));
    if (this.error) return;
    if (way === 'undo') [this.#left, this.#ahead] = [from.slice(0, -1), [...this.#ahead, here]];
    else [this.#left, this.#ahead] = [[...this.#left, here], from.slice(0, -1)];
    this.notify();
  }

  /** Does something to the timelines; lists that were longer may come back shorter. */
  alter(what: (session: Session) => unknown): void {
    this.list = {};
    this.act(what);
    this.remember();
  }

  /** Keeps something with the work, under a name of its own: it comes back with the work, from a reload, a file or a link. */
  keep(name: string, value: unknown): void {
    this.kept = { ...this.kept, [name]: value };
    this.remember();
    this.notify();
  }

  #draw(change: (draft: Draft) => void): boolean {
    const { looked, packet } = this;
    if (this.panic || looked === undefined || !packet) return false;
    this.error = undefined;
    try {
      // From here on it is this packet, whatever step we stand at.
      this.face.selected = looked;
      if (!this.draft && !this.catch(looked)) return false;
      const draft = this.draft ?? new Draft(this.engine.Session, looked, this.packet ?? packet);
      change(draft);
      this.draft = draft;
      return true;
    } catch (thrown) {
      this.#fail(thrown);
      return false;
    } finally {
      this.notify();
    }
  }

  // ---- what outlives the page

  /** Everything needed to stand here again. After a panic: as of the last thing that went well. */
  saved(): Saved {
    if (this.panic && this.#safe) {
      const bytes = this.engine.panicTimeline();
      const timeline = bytes ? new TextDecoder().decode(bytes) : this.#safe.timeline;
      return { ...this.#safe, timeline, step: this.view.step };
    }
    const timeline = new TextDecoder().decode(this.session.save());
    return { v: 1, timeline, step: this.view.step, selected: this.face.selected, kept: this.kept };
  }

  /** Keeps a copy of the timeline outside the wasm memory. */
  remember(): void {
    if (!this.panic) this.#safe = this.saved();
  }

  /** Stands where `saved` stood, at once (`journey.restore` goes there in slices). Throws what the core throws. */
  restore(saved: Saved): void {
    this.takeUp(this.engine.Session.restore(new TextEncoder().encode(saved.timeline)), saved);
  }

  /** Another session, made of `saved`, in the place of this one; see {@link replace}. */
  takeUp(session: Session, saved: Saved): void {
    const here = this.view.steps > 0 && !this.panic ? this.saved() : undefined;
    this.#stand(session, saved);
    if (here) this.#left = [...this.#left.slice(1 - LEFT), here];
    this.#ahead = [];
  }

  #stand(session: Session, saved: Saved): void {
    this.#become(session, saved.kept ?? {});
    this.goTo(saved.step);
    if (saved.selected !== undefined && saved.selected < this.frames.length) this.set({ selected: saved.selected });
  }

  // ---- inside

  #refresh(): void {
    const { timeline } = (this.view as View | undefined) ?? {};
    this.view = this.session.view();
    if (timeline !== this.view.timeline) this.list = {};
    this.#frames.point(this.session.frames());
    this.#marks.point(this.session.marks());
    this.clock = this.view.now;
    this.revision++;
    this.#cache.clear();
    const { selected } = this.face;
    if (selected !== undefined && selected >= this.frames.length) this.face.selected = undefined;
    if (this.draft && (this.draft.frame !== this.face.selected || !this.inFlight(this.draft.frame))) {
      this.draft = undefined;
    }
    this.face.rule = undefined;
    const { compare } = this.face;
    if (compare === this.view.timeline || !this.view.timelines.some((l) => l.id === compare)) this.face.compare = undefined;
  }

  /** A value computed from the world, kept until it changes; undefined where the core refuses. */
  #cached<T>(key: string, compute: () => T): T | undefined {
    const hit = this.#cache.get(key);
    if (hit?.revision === this.revision) return hit.value as T | undefined;
    let value: T | undefined;
    if (!this.panic) {
      try {
        value = compute();
      } catch (thrown) {
        this.#fail(thrown);
      }
    }
    this.#cache.set(key, { revision: this.revision, value });
    return value;
  }

  #fail(thrown: unknown): void {
    try {
      this.error = toEngineError(thrown);
    } catch (panic) {
      if (!(panic instanceof EnginePanic)) throw panic;
      this.panic = { message: panic.message };
      this.face = { ...this.face, running: false };
      queueMicrotask(() => this.notify());
    }
  }
}
