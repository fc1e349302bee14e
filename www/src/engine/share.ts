/** A timeline as text for a link: versioned, compressed, safe in a URL. `#t=1.<base64url of deflated JSON>`. */
import type { Saved } from './store.js';

const VERSION = '1';
/** A link longer than this is cut off by some of the places where links are pasted. */
export const LONGEST_LINK = 8000;
/** What a link may unfold to, octets: a hostile one must not fill the memory. */
const LONGEST_TIMELINE = 8 << 20;

export async function pack(saved: Saved): Promise<string> {
  return squeeze(JSON.stringify(saved));
}

/** Any text, for a link. */
export async function squeeze(plain: string): Promise<string> {
  const bytes = new TextEncoder().encode(plain);
  const packed = await collect(stream(bytes).pipeThrough(new CompressionStream('deflate-raw')), Infinity);
  let text = '';
  for (const byte of packed) text += String.fromCharCode(byte);
  return `${VERSION}.${btoa(text).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')}`;
}

/** Undefined where the text is not what `pack` makes. */
export async function unpack(text: string): Promise<Saved | undefined> {
  const plain = await unsqueeze(text, LONGEST_TIMELINE);
  return plain === undefined ? undefined : parseSaved(plain);
}

/** The text that `squeeze` was given; undefined where it is none, or longer than `most` octets. */
export async function unsqueeze(text: string, most: number): Promise<string | undefined> {
  const [version, body] = text.split('.', 2);
  if (version !== VERSION || !body) return undefined;
  try {
    const bytes = Uint8Array.from(atob(body.replace(/-/g, '+').replace(/_/g, '/')), (c) => c.charCodeAt(0));
    const plain = await collect(stream(bytes).pipeThrough(new DecompressionStream('deflate-raw')), most);
    return new TextDecoder().decode(plain);
  } catch {
    return undefined;
  }
}

/** Text of a timeline file, from a link, from storage or from disk; undefined where it is none. */
export function parseSaved(text: string): Saved | undefined {
  try {
    const saved = JSON.parse(text) as Partial<Saved> | null;
    if (saved?.v !== 1 || typeof saved.timeline !== 'string' || !Number.isInteger(saved.step)) return undefined;
    const selected = Number.isInteger(saved.selected) ? saved.selected : undefined;
    const { kept } = saved;
    const plain = typeof kept === 'object' && kept !== null && !Array.isArray(kept);
    return { v: 1, timeline: saved.timeline, step: saved.step as number, selected, ...(plain ? { kept } : {}) };
  } catch {
    return undefined;
  }
}

/** The address of this page with the timeline in it. */
export async function shareLink(saved: Saved, page: string = location.href): Promise<string> {
  const url = new URL(page);
  url.hash = `t=${await pack(saved)}`;
  return url.href;
}

/** The timeline in an address. */
export async function linkedTimeline(hash: string): Promise<Saved | undefined> {
  const text = new URLSearchParams(hash.replace(/^#/, '')).get('t');
  return text ? unpack(text) : undefined;
}

function stream(bytes: Uint8Array<ArrayBuffer>): ReadableStream<BufferSource> {
  return new Blob([bytes]).stream();
}

async function collect(from: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = from.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) throw new RangeError('the timeline is too long');
    chunks.push(value);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
