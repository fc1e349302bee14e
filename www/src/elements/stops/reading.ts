/** Reading expressions as far as a page must: the place of a mistake, the one variable that is named. Pure. */
import type { EngineError } from '../../engine/engine.js';

/** The expression with a mark under the column that an error names. */
export function caret(text: string, error: Pick<EngineError, 'operands'>): string {
  const at = error.operands.find((o) => o.name === 'column')?.value;
  const column = at?.kind === 'num' ? at.value : 1;
  return `${text}\n${' '.repeat(Math.max(0, column - 1))}^`;
}

/** `A.Client.snd_una` → `SND.UNA`; nothing where more than one variable is named. */
export function variableOf(text: string): string | undefined {
  const [, name] = /^\s*(?:[A-Za-z]\w*\.)*?((?:snd|rcv|seg)[._]\w+|[a-z]\w*)\s*$/i.exec(text) ?? [];
  return name?.toUpperCase().replace('_', '.');
}
