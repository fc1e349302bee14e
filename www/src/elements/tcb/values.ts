/** How a variable of the TCB is written. Pure. */
import type { VarView } from '../../engine/pkg/views.js';
import type { T } from '../../locales/index.js';
import { count, duration, seq } from '../../locales/format.js';
import type { SeqBases } from '../../locales/sentences.js';

/** Variables that count in the peer's sequence space. */
const PEERS = /^(RCV|IRS|SND\.WL1|SEG\.SEQ)/;

export function written(v: Pick<VarView, 'name' | 'unit'>, value: number, bases: SeqBases | undefined, t: T): string {
  if (Number.isNaN(value)) return '–';
  switch (v.unit) {
    case 'seq': return seq(value, bases && (PEERS.test(v.name) ? bases.peer : bases.own));
    case 'ns': return duration(value);
    case 'bool': return value ? t('tcb.true') : t('tcb.false');
    default: return count(value);
  }
}

/** Value of a variable by name; undefined where the connection has none such. */
export function variable(vars: readonly VarView[], name: string): number | undefined {
  const value = vars.find((v) => v.name === name)?.value;
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

/** Two columns that are as long as each other, the first taking the odd one. */
export function halves<V>(all: readonly V[]): [V[], V[]] {
  const half = Math.ceil(all.length / 2);
  return [all.slice(0, half), all.slice(half)];
}
