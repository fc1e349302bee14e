/** What outlives the page: work over a reload, taste over a visit. Storage may be forbidden; then nothing is kept. */
import { nearest, type Lang } from '../locales/index.js';
import { parseSaved } from './share.js';
import type { Face, Numbers, Saved, Store, Theme } from './store.js';

const PREFIX = 'tcp-playground:1';

/** Was this page loaded again, rather than visited? Then work goes on; a visit begins afresh. */
export function reloaded(): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return entry?.type === 'reload' || entry?.type === 'back_forward';
}

/** `name` tells the elements of a page apart; `scenario` is the one that it was asked to open. */
export function keepWork(name: string, scenario: string, saved: Saved): void {
  write('sessionStorage', `${PREFIX}:${name}`, JSON.stringify({ scenario, ...saved }));
}

export function keptWork(name: string, scenario: string): Saved | undefined {
  const text = read('sessionStorage', `${PREFIX}:${name}`);
  if (text === null) return undefined;
  const saved = parseSaved(text);
  return saved && (JSON.parse(text) as { scenario?: unknown }).scenario === scenario ? saved : undefined;
}

const KEPT = ['lang', 'theme', 'numbers', 'speed', 'keys'] as const;
type Taste = Pick<Face, (typeof KEPT)[number]>;

export function keepTaste(store: Store): void {
  const taste = Object.fromEntries(KEPT.map((k) => [k, store.face[k]]));
  write('localStorage', `${PREFIX}:taste`, JSON.stringify(taste));
}

/** What was chosen on an earlier visit, as far as it makes sense. */
export function keptTaste(): Partial<Taste> {
  try {
    const taste = JSON.parse(read('localStorage', `${PREFIX}:taste`) ?? '{}') as Partial<Record<keyof Taste, unknown>>;
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

function read(where: 'localStorage' | 'sessionStorage', key: string): string | null {
  try {
    return globalThis[where].getItem(key);
  } catch {
    return null;
  }
}

function write(where: 'localStorage' | 'sessionStorage', key: string, value: string): void {
  try {
    globalThis[where].setItem(key, value);
  } catch {
    // Full or forbidden: the page works without.
  }
}
