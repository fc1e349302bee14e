/** The trace as a ladder: which rows, which sign each packet gets, how the host's lane is filled. Pure. */
import { fillOf, STATES, type Fill } from '../../diagram/lanes.js';
import { Tcp } from '../../engine/records.js';
import type { EventVerdict, TraceRow } from '../../engine/pkg/views.js';

export interface Rung {
  readonly row: TraceRow;
  /** Time since the row before, ns, where any has passed. */
  readonly wait: number;
  /** Whether a time is to be written: it is not that of the row before. */
  readonly timed: boolean;
  readonly sign: 'ack' | 'data' | 'segment' | 'other' | 'call';
  readonly fill: Fill;
  /** The state that the host came into with this row's step. */
  readonly state: string | undefined;
}

export function rungs(rows: readonly TraceRow[], verdicts: readonly EventVerdict[]): Rung[] {
  let at = -1;
  let told: string | undefined;
  return rows.map((row, i) => {
    const state = verdicts[row.step - 1]?.state ?? undefined;
    // A state is told at the last row of the step that brought it.
    const closes = rows[i + 1]?.step !== row.step;
    const changed = closes && state !== told && state !== undefined;
    if (closes) told = state;
    const wait = at < 0 ? row.at : row.at - at;
    const rung: Rung = {
      row, wait: i === 0 ? 0 : Math.max(0, wait), timed: row.at !== at, sign: signOf(row),
      fill: fillOf(STATES.indexOf((closes ? state : told) ?? '')), state: changed ? state : undefined,
    };
    at = row.at;
    return rung;
  });
}

function signOf({ kind, flags, payload, hex }: TraceRow): Rung['sign'] {
  if (kind === 'blocked' || kind === 'returned') return 'call';
  if (payload > 0) return 'data';
  if (!flags) return hex ? 'other' : 'segment';
  return flags === Tcp.ack ? 'ack' : 'segment';
}

/**
 * Two packets in script notation, word by word; a word that stands in the one and not in its place in the other is
 * told apart.
 */
export function differences(expected: string, came: string): { text: string; differs: boolean }[][] {
  const split = (s: string): string[] => s.match(/<[^>]*>|\S+/g) ?? [];
  const [a, b] = [keyed(split(expected)), keyed(split(came))];
  const mark = (own: readonly Word[], other: readonly Word[], both: boolean): { text: string; differs: boolean }[] =>
    own.map((w) => {
      const there = other.find((o) => o.key === w.key);
      // What a line leaves out, such as the window, it does not look at.
      return { text: w.text, differs: there ? there.text !== w.text : both };
    });
  return [mark(a, b, true), mark(b, a, false)];
}

interface Word { readonly key: string; readonly text: string }

/** `ack 1` and `win 100` are words by their name, flags and sequence numbers by their place. */
function keyed(words: readonly string[]): Word[] {
  const out: Word[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    const next = words[i + 1];
    if (/^(ack|win|urg)$/.test(word) && next !== undefined) {
      out.push({ key: word, text: `${word} ${next}` });
      i++;
    } else if (word.startsWith('<')) out.push({ key: 'options', text: word });
    else if (word.startsWith('[')) out.push({ key: 'ip', text: word });
    else out.push({ key: /:\d/.test(word) ? 'seq' : `flags ${out.filter((w) => w.key.startsWith('flags')).length}`, text: word });
  }
  return out;
}

/** A `>` line without its time, sign and comment: `. 1:1(0) ack 1`. */
export function packetOf(line: string): string | undefined {
  const packet = /^[^<>]*>\s*(.*)$/.exec(line)?.[1];
  return packet?.replace(/\s*(\/\/|#).*$/, '').trim();
}
