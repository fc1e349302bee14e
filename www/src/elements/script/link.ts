/** A script in a link, and over a reload. `#s=1.<base64url of deflated JSON>`, as timelines are `#t=`. */
import { squeeze, unsqueeze } from '../../engine/share.js';

/** Longest script that is taken from a link or a file, octets; the core takes no longer one. */
export const LONGEST_SCRIPT = 1 << 20;

export interface Kept {
  readonly name: string;
  readonly text: string;
  /** In the place of the script's own. */
  readonly profile?: string | undefined;
  readonly step?: number | undefined;
}

/** The address of this page with the script in it. */
export async function scriptLink(kept: Kept, page: string = location.href): Promise<string> {
  const url = new URL(page);
  url.searchParams.set('view', 'script');
  url.searchParams.delete('script');
  url.hash = `s=${await squeeze(JSON.stringify({ v: 1, ...kept }))}`;
  return url.href;
}

/** The script in an address: none where there is no such part, `undefined` where it is not one that we can read. */
export async function linkedScript(hash: string): Promise<Kept | undefined | 'none'> {
  const packed = new URLSearchParams(hash.replace(/^#/, '')).get('s');
  if (packed === null) return 'none';
  const text = await unsqueeze(packed, LONGEST_SCRIPT * 2);
  return text === undefined ? undefined : parseKept(text);
}

export function parseKept(text: string): Kept | undefined {
  try {
    const kept = JSON.parse(text) as Partial<Record<keyof Kept | 'v', unknown>> | null;
    if (kept?.v !== 1 || typeof kept.text !== 'string' || typeof kept.name !== 'string') return undefined;
    if (kept.text.length > LONGEST_SCRIPT) return undefined;
    const profile = typeof kept.profile === 'string' ? kept.profile : undefined;
    const step = Number.isInteger(kept.step) && (kept.step as number) >= 0 ? kept.step as number : undefined;
    return { name: kept.name.slice(0, 200), text: kept.text, profile, step };
  } catch {
    return undefined;
  }
}

const KEY = 'tcp-playground:1:script';

/** Keeps the script until the page is loaded again. */
export function keepScript(kept: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ v: 1, ...kept }));
  } catch {
    // Full or forbidden: the page works without.
  }
}

export function keptScript(): Kept | undefined {
  try {
    const text = sessionStorage.getItem(KEY);
    return text === null ? undefined : parseKept(text);
  } catch {
    return undefined;
  }
}
