/** The samples that the core keeps for graphs, read where they lie (crates/lab/src/records.rs, SampleRecord). */
import { Column } from '../../engine/records.js';

export const Sample = { connection: 0, sack: 1, link: 2, queues: 3 } as const;

export class Samples extends Column {
  readonly time = this.member('time');
  readonly node = this.member('node');
  /** Flow, link or port. */
  readonly of = this.member('of');
  readonly a = this.member('a');
  readonly b = this.member('b');
  readonly c = this.member('c');
  readonly d = this.member('d');
  readonly e = this.member('e');
  readonly f = this.member('f');
  readonly g = this.member('g');
  readonly kind = this.member('kind');
}

type Lists = { readonly [K in keyof Samples as Samples[K] extends (i: number) => number ? K : never]: (i: number) => number };
/** The same, or in tests anything of its shape. */
export type SampleSource = Lists & { readonly length: number };
