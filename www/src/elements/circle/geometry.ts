/**
 * Sequence numbers on their circle (RFC 9293 §3.4: arithmetic modulo 2^32), seen from one of them. Pure.
 *
 * What lies up to 2^31 ahead of it is after it, clockwise; the rest is before it. Distances are drawn on a logarithmic scale:
 * on a true one an octet and a megabyte would be the same point.
 */

export interface Number32 {
  /** As RFC 9293 writes it: `SEG.SEQ`. */
  readonly name: string;
  readonly value: number;
}

export interface Spot {
  readonly names: readonly string[];
  readonly value: number;
  /** Octets after the first number; negative: before it. */
  readonly distance: number;
  /** Clockwise from the top, radians. */
  readonly angle: number;
}

/** Octets from `a` to `b`, -2^31 … 2^31 - 1: the sign is what `<` goes by. */
export function distance(a: number, b: number): number {
  return (b - a) | 0;
}

/** Where a distance stands on the circle. */
export function angle(by: number): number {
  const share = Math.log2(1 + Math.abs(by)) / 31;
  return Math.sign(by) * Math.min(share, 1) * Math.PI;
}

/** The numbers of a comparison, the one that the others are seen from first; equal ones are one spot. */
export function spots(numbers: readonly Number32[]): Spot[] {
  const from = numbers.find((n) => /^(RCV|SND|IRS|ISS|UNA|NXT)/.test(n.name)) ?? numbers[0];
  if (!from) return [];
  const all: { names: string[]; value: number }[] = [];
  for (const n of [from, ...numbers.filter((m) => m !== from)]) {
    const same = all.find((s) => s.value === n.value >>> 0);
    if (same) same.names.push(n.name);
    else all.push({ names: [n.name], value: n.value >>> 0 });
  }
  return all.map((s) => {
    const by = distance(from.value, s.value);
    return { ...s, distance: by, angle: angle(by) };
  });
}

/** `seg_seq` is `SEG.SEQ`. */
export function rfcName(operand: string): string {
  return operand.replace(/_/g, '.').toUpperCase();
}
