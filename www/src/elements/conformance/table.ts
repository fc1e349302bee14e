/** RFC 9293's requirements as `crates/lab/conformance/rfc9293.tsv` has them. Pure. */

export const LEVELS = ['MUST', 'SHOULD', 'MAY'] as const;
export type Level = (typeof LEVELS)[number];
export const PLACES = ['core', 'host', 'none'] as const;
export type Place = (typeof PLACES)[number];

export interface Requirement {
  readonly id: string;
  readonly level: Level;
  /** In the RFC's own words: `MUST NOT`. */
  readonly wording: string;
  readonly section: string;
  readonly group: string;
  readonly summary: string;
  readonly place: Place;
  /** Why it is not met, or is met in another way. */
  readonly reason: string;
  /** Paths below `crates/drill/scripts`. */
  readonly scripts: readonly string[];
  /** `tcp/tests/options.rs::name` */
  readonly tests: readonly string[];
}

const SCRIPTS = 'drill/scripts/';

/** The rows, in the order of the RFC's appendix. A row that is not one is a broken build, and says so. */
export function requirements(tsv: string): Requirement[] {
  return tsv.split('\n').slice(1).filter(Boolean).map((line, n) => {
    const cells = line.split('\t');
    const [id, wording, section, group, summary, place, reason, tests] = cells as [string, string, string, string, string, string, string, string];
    const level = LEVELS.find((l) => wording.split(' ')[0] === l);
    if (cells.length !== 8 || !level || !PLACES.includes(place as Place)) throw new Error(`row ${n + 2} of the requirements does not read`);
    const all = tests.split(' ').filter(Boolean);
    return {
      id, level, wording, section, group, summary, place: place as Place, reason,
      scripts: all.filter((t) => t.startsWith(SCRIPTS)).map((t) => t.slice(SCRIPTS.length)),
      tests: all.filter((t) => !t.startsWith(SCRIPTS)),
    };
  });
}

export interface Filter {
  /** Empty: all. */
  readonly levels: ReadonlySet<Level>;
  readonly places: ReadonlySet<Place>;
  readonly text: string;
}

/** Those that match; every word of the text must stand somewhere in the row, or in what else is said of it. */
export function matching(all: readonly Requirement[], { levels, places, text }: Filter, also: (r: Requirement) => string = () => ''): Requirement[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((r) => {
    if (levels.size && !levels.has(r.level)) return false;
    if (places.size && !places.has(r.place)) return false;
    if (!wanted.length) return true;
    const row = [r.id, r.wording, `§${r.section}`, r.group, r.summary, r.reason, ...r.scripts, ...r.tests, also(r)].join('\n').toLowerCase();
    return wanted.every((w) => row.includes(w));
  });
}

/** Runs of rows of one group, in order. */
export function grouped(rows: readonly Requirement[]): { group: string; rows: Requirement[] }[] {
  const out: { group: string; rows: Requirement[] }[] = [];
  for (const row of rows) {
    const last = out.at(-1);
    if (last?.group === row.group) last.rows.push(row);
    else out.push({ group: row.group, rows: [row] });
  }
  return out;
}
