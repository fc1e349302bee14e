/** Where the wasm comes from. The single-file build puts a module with the bytes inside in the place of this one. */
import url from './pkg/tcp_playground_bg.wasm?url';
import later from './pkg/tcp_playground_later.wasm?url';

/** What wasm-bindgen's `init` takes: the first part. */
export function wasmSource(): Promise<string | URL | BufferSource> {
  return Promise.resolve(url);
}

/** The second part, as soon as it is there. */
export async function laterSource(): Promise<BufferSource> {
  const response = await fetch(later);
  if (!response.ok) throw new Error(`${later}: ${response.status}`);
  return response.arrayBuffer();
}

/** The second part, now: the page stands still until it is there. */
export function laterAtOnce(): BufferSource {
  const request = new XMLHttpRequest();
  request.open('GET', later, false);
  // Such a request gives no bytes, but characters of this set are bytes.
  request.overrideMimeType('text/plain; charset=x-user-defined');
  request.send();
  if (request.status !== 200) throw new Error(`${later}: ${request.status}`);
  return Uint8Array.from(request.responseText, (c) => c.charCodeAt(0) & 0xff);
}
