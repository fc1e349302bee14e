/** What a link does to frames, field by field: how each is typed and what stands in the file for it. */
import type { Words } from './words.js';

export interface LinkField {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  show(value: unknown): string;
  /** Undefined: the file says nothing of it. */
  read(text: string): unknown;
}

/** Those that each direction may have for itself. */
export const endRows: ReadonlySet<string> = new Set(['delay_us', 'loss']);

const measure = (key: string, label: string, hint: string, scale: number, whole: boolean): LinkField => ({
  key, label, hint,
  show: (value) => (typeof value === 'number' ? String(+(value / scale).toPrecision(12)) : typeof value === 'string' ? value : ''),
  read: (text) => {
    if (text === '') return undefined;
    const value = Number(text);
    if (!Number.isFinite(value)) return text;
    const scaled = value * scale;
    return whole ? Math.round(scaled) : +scaled.toPrecision(12);
  },
});

export function linkFields(t: Words): readonly LinkField[] {
  return [
    measure('delay_us', t('edit.delay'), '0', 1000, true),
    measure('rate_bps', t('edit.rate'), t('edit.rate.none'), 1e6, true),
    measure('queue_bytes', t('edit.queue'), t('edit.rate.none'), 1, true),
    measure('loss', t('edit.loss'), '0', 0.01, false),
  ];
}
