/** Where the wasm comes from. The single-file build puts a module with the bytes inside in the place of this one. */
import url from './pkg/tcp_playground_bg.wasm?url';

/** What wasm-bindgen's `init` takes. */
export function wasmSource(): Promise<string | URL | BufferSource> {
  return Promise.resolve(url);
}
