/**
 * A form's part of a socket call: which calls a descriptor is offered, what is wrong with a field, the line that makes
 * the call. What calls there are, what their parameters take and which state allows them is the core's. Pure.
 */
import type { CallView, Completion, ParamView } from '../../engine/pkg/views.js';

/** A descriptor of the person's shell, and what it is. */
export interface Descriptor { readonly fd: number; readonly what: string }

/** Fields as they stand in the form, by name; a list's choices are joined by `|`. */
export type Values = Readonly<Record<string, string>>;

/** The descriptors among what the core offers for a first argument (`3, ` or `3)`, with a row of ss). */
export function descriptors(items: readonly Completion[]): Descriptor[] {
  return items.flatMap(({ text, hint }) => (/^\d+/.test(text) ? [{ fd: parseInt(text, 10), what: hint }] : []));
}

/** Whether a call begins with a descriptor. */
export function takesDescriptor(call: CallView): boolean {
  return call.params[0]?.kind === 'fd';
}

/** Calls that the descriptor's state allows, in the core's order; those that need none come last. */
export function offered(calls: readonly CallView[], fd: number | undefined, suits: (call: string, fd: number) => boolean): CallView[] {
  const on = fd === undefined ? [] : calls.filter((c) => takesDescriptor(c) && suits(c.name, fd));
  return [...on, ...calls.filter((c) => !takesDescriptor(c))];
}

/** Names of which several may be chosen; of others, one. */
export function several(param: ParamView): boolean {
  return param.kind === 'names' && ['flags', 'events', 'type'].includes(param.name);
}

/** What a field holds until a person writes in it. */
export function initial(call: string, param: ParamView): string {
  switch (param.kind) {
    case 'int': return String(Math.min(Math.max(STARTS[param.name] ?? 0, param.least), param.most));
    case 'text': return 'hello';
    case 'value': return '1';
    case 'names': case 'level': return param.optional || several(param) ? '' : param.names[0] ?? '';
    case 'address': return param.optional ? '' : call === 'bind' ? '0.0.0.0' : '10.0.0.2';
    default: return '';
  }
}

const STARTS: Readonly<Record<string, number>> = { backlog: 2, len: 512, timeout: 1000, maxevents: 8 };

/** What is wrong with a field: `range`, or `empty`. What an address or a value may be, the core says. */
export function problem(param: ParamView, value: string): 'range' | 'empty' | undefined {
  if (value.trim() === '') return param.optional || several(param) || param.kind === 'text' ? undefined : 'empty';
  if (param.kind !== 'int') return undefined;
  const n = Number(value);
  return /^\s*-?\d+\s*$/.test(value) && n >= param.least && n <= param.most ? undefined : 'range';
}

export function whole(text: string, min: number, max: number): boolean {
  const n = Number(text);
  return /^\s*\d+\s*$/.test(text) && n >= min && n <= max;
}

/** The line of the console that makes the call: `connect(3, "10.0.0.2", 80)`. What is left out at the end is not written. */
export function command(call: CallView, values: Values): string {
  const args = call.params.map((p) => argument(p, values));
  while (args.length && args.at(-1) === undefined) args.pop();
  return `${call.name}(${args.map((a, i) => a ?? filled(call.params[i] as ParamView)).join(', ')})`;
}

function argument(param: ParamView, values: Values): string | undefined {
  const value = values[param.name]?.trim() ?? '';
  if (param.kind === 'text') return quoted(values[param.name] ?? '');
  if (value === '') return several(param) && !param.optional ? '0' : undefined;
  if (param.kind === 'address') return `${quoted(value)}, ${values[`${param.name}.port`]?.trim() || '0'}`;
  return value;
}

/** What stands for a parameter that is left out before one that is not. */
function filled(param: ParamView): string {
  return param.kind === 'names' && !['flags', 'events'].includes(param.name) ? param.names[0] ?? '0' : '0';
}

/** Between quotes, as C and the core have it. */
export function quoted(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return `"${text.replace(/["\\\n\r\t]/g, (c) => escapes[c] ?? c)}"`;
}
