/** Which arrangement a size gets, and what may be shown in it. Pure. */
export type Layout = 'wide' | 'middle' | 'phone' | 'embed';

/** Parts that `panels` can name; without it all are shown. */
export const PANELS = ['top', 'sequence', 'packet', 'server', 'client', 'why', 'states', 'time', 'workbench', 'rules', 'console', 'log', 'pipeline', 'stops', 'graphs', 'timelines', 'network'] as const;
export type Panel = (typeof PANELS)[number];

export function layoutFor(width: number, height: number, view: string | null): Layout {
  if (view === 'embed') return width < 520 ? 'phone' : 'embed';
  if (width < 600) return 'phone';
  if (width < 860 || height < 560) return 'embed';
  return width < 1280 ? 'middle' : 'wide';
}

/** The panels that an attribute names, in the order of {@link PANELS}; what it does not know it leaves out. */
export function panelsOf(attribute: string | null | undefined): ReadonlySet<Panel> {
  const named = (attribute ?? '').toLowerCase().split(/[\s,]+/).filter(Boolean);
  const known = PANELS.filter((p) => named.includes(p));
  return new Set(known.length ? known : PANELS);
}
