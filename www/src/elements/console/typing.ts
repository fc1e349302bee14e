/** A line while it is typed: what is offered, what is accepted, and the lines typed before. Pure. */
import type { Completion, Completions } from '../../engine/pkg/views.js';

/** The line once an item stands in it. What is open after it is offered next. */
export function accept(line: string, offered: Pick<Completions, 'from'>, item: Pick<Completion, 'text'>): string {
  return [...line].slice(0, offered.from).join('') + item.text;
}

/** A call's usage in three pieces: before, the parameter that is being typed, after. */
export function usageAt(usage: string, line: string): readonly [string, string, string] {
  const open = usage.indexOf('(');
  const typed = line.indexOf('(');
  if (open < 0 || typed < 0) return [usage, '', ''];
  const parameters = usage.slice(open + 1, -1).split(', ');
  const at = commas(line.slice(typed + 1));
  if (at >= parameters.length || parameters[at] === '') return [usage, '', ''];
  const before = parameters.slice(0, at).map((p) => `${p}, `).join('');
  const after = parameters.slice(at + 1).map((p) => `, ${p}`).join('');
  return [usage.slice(0, open + 1) + before, parameters[at] as string, `${after})`];
}

/** Commas outside quotes. */
function commas(args: string): number {
  let count = 0;
  let quoted = false;
  for (let i = 0; i < args.length; i++) {
    if (quoted && args[i] === '\\') i++;
    else if (args[i] === '"') quoted = !quoted;
    else if (args[i] === ',' && !quoted) count++;
  }
  return count;
}

/** Lines typed before, newest last; Up and Down walk through them, and come back to what was being typed. */
export class History {
  #lines: string[] = [];
  #at = 0;
  #draft = '';

  add(line: string): void {
    if (this.#lines.at(-1) !== line) this.#lines.push(line);
    this.#at = this.#lines.length;
    this.#draft = '';
  }

  /** The line before (-1) or after (1) the one shown; undefined where there is none. */
  walk(by: -1 | 1, shown: string): string | undefined {
    const to = this.#at + by;
    if (to < 0 || to > this.#lines.length) return undefined;
    if (this.#at === this.#lines.length) this.#draft = shown;
    this.#at = to;
    return to === this.#lines.length ? this.#draft : this.#lines[to];
  }
}
