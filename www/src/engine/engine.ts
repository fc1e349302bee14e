/** Loads the wasm once a page and gives out its `Session` class, with errors and panics told apart. */
import init, { lastPanic, layouts, panicTimeline, Restoring, Session } from './pkg/tcp_playground.js';
import { bringLater } from './later.js';
import { wasmSource } from './wasm-source.js';
import type { ErrorView, Layout, OperandView } from './pkg/views.js';

export type { Session } from './pkg/tcp_playground.js';

/** An error that crossed the boundary: a code for programs, a sentence for people. */
export interface EngineError extends ErrorView {
  readonly operands: OperandView[];
}

/** The core panicked: its memory can no longer be trusted, and every session of the page with it. */
export class EnginePanic extends Error {
  override name = 'EnginePanic';
}

export interface Engine {
  readonly Session: typeof Session;
  readonly Restoring: typeof Restoring;
  readonly memory: WebAssembly.Memory;
  /** Layouts of the frame record, of the mark record and of the sample record. */
  readonly layouts: readonly [Layout, Layout, Layout];
  /** The timeline of the session that panicked. */
  panicTimeline(): Uint8Array | undefined;
}

let loading: Promise<Engine> | undefined;

/** The engine of this page; asks for the wasm at the first call. */
export function loadEngine(): Promise<Engine> {
  loading ??= start();
  return loading;
}

async function start(): Promise<Engine> {
  const first = await init({ module_or_path: await wasmSource() });
  void bringLater(first);
  return { Session, Restoring, memory: first.memory, layouts: layouts(), panicTimeline };
}

/** What a call into the core threw, as an error to show; a panic is thrown on as {@link EnginePanic}. */
export function toEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EnginePanic) throw thrown;
  if (thrown instanceof WebAssembly.RuntimeError) {
    throw new EnginePanic(lastPanic() ?? String(thrown), { cause: thrown });
  }
  if (thrown instanceof Error) {
    const { code, operands } = thrown as Error & Partial<ErrorView>;
    return { code: code ?? 'internal', message: thrown.message, operands: operands ?? [] };
  }
  return { code: 'internal', message: String(thrown), operands: [] };
}
