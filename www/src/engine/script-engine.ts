/** Loads the second wasm module, in which packetdrill scripts run and captures are made; nothing of it is fetched before somebody asks for one. */
import init, { lastPanic, pcapng, ScriptSession, taps } from './pkg/tcp_playground_script.js';
import type { EngineError } from './engine.js';
import type { ErrorView } from './pkg/views.js';
import { scriptWasmSource } from './script-wasm-source.js';

export type { ScriptSession } from './pkg/tcp_playground_script.js';
export type OpenScript = (name: string, text: string, profile: string | undefined) => ScriptSession;

let loading: Promise<OpenScript> | undefined;

/** Every frame of a timeline (`Session.save()`) up to a step, as a pcapng file: of all links, or of interfaces by name. */
export async function capture(timeline: Uint8Array, step: number, interfaces?: string[]): Promise<Uint8Array> {
  await loadScriptEngine();
  return pcapng(timeline, step, interfaces);
}

/** Interfaces at which a timeline can be captured: `Client:eth0`. */
export async function interfaces(timeline: Uint8Array): Promise<string[]> {
  await loadScriptEngine();
  return taps(timeline);
}

/** The way to open a script. An attempt that failed is made again at the next call. */
export function loadScriptEngine(): Promise<OpenScript> {
  loading ??= start().catch((thrown: unknown) => {
    loading = undefined;
    throw thrown;
  });
  return loading;
}

async function start(): Promise<OpenScript> {
  await init({ module_or_path: await scriptWasmSource() });
  return (name, text, profile) => new ScriptSession(name, text, profile);
}

/** What a call into the module threw, as an error to show. After a panic the module can no longer be trusted. */
export function toScriptError(thrown: unknown): EngineError {
  if (thrown instanceof WebAssembly.RuntimeError) {
    return { code: 'panic', message: lastPanic() ?? String(thrown), operands: [] };
  }
  const { code, operands, message } = thrown as Partial<ErrorView>;
  return { code: code ?? 'internal', message: message ?? String(thrown), operands: operands ?? [] };
}
