/** Stands in for script-wasm-source.ts in the single file, which opens from `file://`, where nothing can be fetched. */
import url from './pkg/tcp_playground_script_bg.wasm?url&inline';

/** The bytes of the wasm. */
export function scriptWasmSource(): Promise<BufferSource> {
  const base64 = url.slice(url.indexOf(',') + 1);
  return Promise.resolve(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
}
