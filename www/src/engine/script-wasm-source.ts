/** Where the wasm of the scripts comes from. The single-file build puts a module with the bytes inside in the place of this one. */
import url from './pkg/tcp_playground_script_bg.wasm?url';

/** What wasm-bindgen's `init` takes. */
export function scriptWasmSource(): Promise<string | URL | BufferSource> {
  return Promise.resolve(url);
}
