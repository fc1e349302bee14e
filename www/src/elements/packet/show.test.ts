import { describe, expect, it } from 'vitest';
import type { FieldView } from '../../engine/pkg/views.js';
import { ascii, editable, shown, typed } from './show.js';

const field = (name: string, value: string, meaning: string | null = null): FieldView =>
  ({ path: name, name, bit: 0, bits: 32, value, meaning, form: 'uint', editable: true, problem: null, children: [] });
const bases = { sender: 4294967000, receiver: 5000 };

describe('sequence numbers', () => {
  it('count from the ISN of whose numbers they are', () => {
    expect(shown(field('tcp.seq', '4294967001'), bases).value).toBe('1');
    expect(shown(field('tcp.ack', '5001'), bases).value).toBe('1');
    expect(shown(field('tcp.seq', '4294967001'), undefined).value).toBe('4294967001');
  });

  it('are typed as they are shown, and go over the corner', () => {
    expect(typed(field('tcp.seq', ''), '1', bases)).toBe('4294967001');
    expect(typed(field('tcp.seq', ''), '300', bases)).toBe('4');
    expect(typed(field('tcp.seq', ''), 'abc', bases)).toBe('abc');
    expect(typed(field('tcp.seq', ''), '91001', undefined)).toBe('91001');
  });
});

it('a checksum is hex without its sign, both ways', () => {
  const sum = field('tcp.checksum', '0x93f6', '≠ 0x3465');
  expect(editable(sum, undefined)).toBe('93f6');
  expect(typed(sum, '3465', undefined)).toBe('0x3465');
  expect(typed(sum, '0x3465', undefined)).toBe('0x3465');
  expect(shown(sum, undefined)).toEqual({ value: '93f6', meaning: '≠ 3465' });
});

it('what a value means stands behind it, without saying the value twice', () => {
  expect(shown(field('tcp.window_size_value', '502', '502 × 128 = 64256'), undefined)).toEqual({ value: '502', meaning: '× 128 = 64256' });
  expect(shown(field('eth.type', '0x0800', 'IPv4'), undefined)).toEqual({ value: '0x0800', meaning: 'IPv4' });
  expect(shown(field('tcp.flags', '0x018', 'PSH ACK'), undefined).value).toBe('PSH ACK');
});

it('a window under edit is scaled as the one on the link was', () => {
  const link = field('tcp.window_size_value', '502', '502 × 128 = 64256');
  expect(shown(field('tcp.window_size_value', '2'), undefined, link)).toEqual({ value: '2', meaning: '× 128 = 256' });
});

it('octets as text', () => {
  expect(ascii('474554202f0d0a')).toBe('GET /··');
  expect(ascii('474554202f', 3)).toBe('GET…');
});
