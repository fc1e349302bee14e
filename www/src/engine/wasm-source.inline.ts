/** Stands in for wasm-source.ts in the single file, which opens from `file://`, where nothing can be fetched. */
import url from './pkg/tcp_playground_bg.wasm?url&inline';
import later from './pkg/tcp_playground_later.wasm?url&inline';

function bytes(url: string): BufferSource {
  const base64 = url.slice(url.indexOf(',') + 1);
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** The bytes of the first part. */
export function wasmSource(): Promise<BufferSource> {
  return Promise.resolve(bytes(url));
}

/** The bytes of the second. */
export function laterSource(): Promise<BufferSource> {
  return Promise.resolve(laterAtOnce());
}

/** The same, at once. */
export function laterAtOnce(): BufferSource {
  return bytes(later);
}
