import { describe, expect, it } from 'vitest';
import type { FieldView } from '../../engine/pkg/views.js';
import { headerRows } from './rows.js';
import { fieldAt, lines, octets, pathTo } from './tree.js';

const field = (path: string, bit: number, bits: number, children: FieldView[] = []): FieldView =>
  ({ path, name: path, bit, bits, value: '0', meaning: null, form: children.length ? 'group' : 'uint', editable: true, problem: null, children });

/** A TCP header at octet 34 with flags and two options, as small as it can be. */
const tcp = field('tcp', 272, 192, [
  field('tcp.srcport', 272, 16), field('tcp.dstport', 288, 16), field('tcp.seq', 304, 32), field('tcp.ack', 336, 32),
  field('tcp.hdr_len', 368, 4),
  field('tcp.flags', 372, 12, [field('tcp.flags.res', 372, 4), ...['cwr', 'ece', 'urg', 'ack', 'push', 'reset', 'syn', 'fin'].map((f, i) => field(`tcp.flags.${f}`, 376 + i, 1))]),
  field('tcp.window_size_value', 384, 16), field('tcp.checksum', 400, 16), field('tcp.urgent_pointer', 416, 16),
  field('tcp.options', 432, 32, [
    field('tcp.options[0]', 432, 8), field('tcp.options[1]', 440, 24, [field('tcp.options[1].kind', 440, 8), field('tcp.options[1].len', 448, 8), field('tcp.options[1].shift', 456, 8)]),
  ]),
]);
const picture = (layer: FieldView): string[] =>
  headerRows(layer).map((row) => `${row.offset}${row.options ? ' opt' : ''}: ` + row.cells.map((c) => `${c.field?.path.split('.').pop() ?? '?'}${c.first ? '' : '…'} ${c.bits}`).join(' | '));

describe('a header in rows of 32 bits', () => {
  it('draws TCP as RFC 9293 does, flags bit by bit, options field by field', () => {
    expect(picture(tcp)).toEqual([
      '0: srcport 16 | dstport 16', '4: seq 32', '8: ack 32',
      '12: hdr_len 4 | res 4 | cwr 1 | ece 1 | urg 1 | ack 1 | push 1 | reset 1 | syn 1 | fin 1 | window_size_value 16',
      '16: checksum 16 | urgent_pointer 16', '20 opt: options[0] 8 | kind 8 | len 8 | shift 8',
    ]);
  });

  it('carries a field that is longer than a row over into the next', () => {
    const eth = field('eth', 0, 112, [field('eth.dst', 0, 48), field('eth.src', 48, 48), field('eth.type', 96, 16)]);
    expect(picture(eth)).toEqual(['0: dst 32', '4: dst… 16 | src 16', '8: src… 32', '12: type 16']);
  });

  it('leaves a hole where no field is named, and never loops on nonsense', () => {
    expect(picture(field('x', 0, 64, [field('x.a', 0, 8), field('x.b', 24, 8), field('x.c', 0, 8)]))).toEqual(['0: a 8 | ? 16 | b 8', '4: ? 32']);
    expect(picture(field('x', 0, 0))).toEqual([]);
  });
});

describe('the tree', () => {
  it('shows what is open', () => {
    expect(lines([tcp], new Set(['tcp', 'tcp.options'])).map((l) => `${l.level} ${l.field.path}`)).toContain('3 tcp.options[1]');
    expect(lines([tcp], new Set()).map((l) => l.field.path)).toEqual(['tcp']);
  });

  it('finds the field of an octet, the widest where several share it', () => {
    expect(fieldAt([tcp], 38)?.path).toBe('tcp.seq');
    expect(fieldAt([tcp], 46)?.path).toBe('tcp.hdr_len');
    expect(fieldAt([tcp], 47)?.path).toBe('tcp.flags.cwr');
    expect(fieldAt([tcp], 90)).toBeUndefined();
  });

  it('knows the way to a field and the octets it touches', () => {
    expect(pathTo([tcp], 'tcp.options[1].len')).toEqual(['tcp', 'tcp.options', 'tcp.options[1]', 'tcp.options[1].len']);
    expect(octets(field('f', 372, 12))).toEqual([46, 47]);
  });
});
