/** What outlives the page: taste over a visit (for the work, see `work.ts`). Storage may be forbidden; then nothing is kept. */
import { nearest, type Lang } from '../locales/index.js';
import type { Face, Numbers, Store, Theme } from './store.js';

const PREFIX = 'tcp-playground:1';

/** Was this page loaded again, rather than visited? Then work goes on; a visit begins afresh. */
export function reloaded(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return entry?.type === 'reload' || entry?.type === 'back_forward';
}

const KEPT = ['lang', 'theme', 'numbers', 'speed', 'keys'] as const;
type Taste = Pick<Face, (typeof KEPT)[number]>;

export function keepTaste(store: Store): void {
  const taste = Object.fromEntries(KEPT.map((k) => [k, store.face[k]]));
  write(`${PREFIX}:taste`, JSON.stringify(taste));
}

/** What was chosen on an earlier visit, as far as it makes sense. */
export function keptTaste(): Partial<Taste> {
  try {
    const taste = JSON.parse(read(`${PREFIX}:taste`) ?? '{}') as Partial<Record<keyof Taste, unknown>>;
    const found: Partial<Taste> = {};
    if (typeof taste.lang === 'string') found.lang = nearest(taste.lang) satisfies Lang;
    if (['auto', 'light', 'dark'].includes(taste.theme as string)) found.theme = taste.theme as Theme;
    if (['absolute', 'relative'].includes(taste.numbers as string)) found.numbers = taste.numbers as Numbers;
    if (typeof taste.speed === 'number' && taste.speed > 0) found.speed = taste.speed;
    if (typeof taste.keys === 'boolean') found.keys = taste.keys;
    return found;
  } catch {
    return {};
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Full or forbidden: the page works without.
  }
}
