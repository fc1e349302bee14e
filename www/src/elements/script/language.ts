/** packetdrill's language, as far as colours need it. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { tags } from '@lezer/highlight';

interface State {
  // Within a comment of several lines, `%{ … }%`, or back-quotes.
  inside: 'text' | 'comment' | 'code' | 'shell';
  /** Nothing but a time has stood on this line. */
  start: boolean;
}

const OPTION = /^(mss|sackOK|sack|TS|val|ecr|nop|eol|wscale|FO|FOEXP|md5)\b/;
const PACKET = /^(win|ack|urg|icmp|udp|mtu|ect[01]|ce|noecn|ttl|tos|flowlabel)\b/;

export const packetdrill = StreamLanguage.define<State>({
  name: 'packetdrill',
  startState: () => ({ inside: 'text', start: true }),
  languageData: { commentTokens: { line: '//' } },
  token(stream, state) {
    if (stream.sol()) state.start = true;
    switch (state.inside) {
      case 'comment':
        if (stream.skipTo('*/')) { stream.match('*/'); state.inside = 'text'; } else stream.skipToEnd();
        return 'comment';
      case 'code':
        if (stream.match('}%')) { state.inside = 'text'; return 'bracket'; }
        if (stream.match(/^(assert|print|if|else|and|or|not)\b/)) return 'keyword';
        if (stream.match(/^\d+(\.\d+)?/)) return 'number';
        if (stream.match(/^[A-Za-z_]\w*/)) return 'variableName';
        stream.next();
        return null;
      case 'shell':
        if (stream.skipTo('`')) { stream.next(); state.inside = 'text'; } else stream.skipToEnd();
        return 'string';
      case 'text': return text(stream, state);
    }
  },
});

type Stream = Parameters<Parameters<typeof StreamLanguage.define<State>>[0]['token']>[0];

function text(stream: Stream, state: State): string | null {
  if (stream.eatSpace()) return null;
  if (stream.match('//') || (state.start && stream.match('#'))) { stream.skipToEnd(); return 'comment'; }
  if (stream.match('/*')) { state.inside = 'comment'; return 'comment'; }
  if (stream.match('%{')) { state.inside = 'code'; return 'bracket'; }
  if (stream.match('`')) { state.inside = 'shell'; return 'string'; }
  if (stream.match(/^"[^"]*"?/)) return 'string';
  if (state.start && stream.match(/^--[\w-]+/)) return 'meta';
  if (state.start && stream.match(/^(\+?\d*\.?\d+([~.]{1,3}\+?\d*\.?\d+)?|\*)/)) return 'labelName';
  state.start = false;
  if (stream.match(/^[<>](?=\s*(\[|\d+\s*>|\(|[A-Z.-]|icmp|udp))/)) return 'operator';
  if (stream.match(OPTION)) return 'attributeName';
  if (stream.match(PACKET)) return 'keyword';
  if (stream.match(/^[A-Z][A-Z0-9_]{2,}\b/)) return 'atom';
  if (stream.match(/^[a-z_]\w*(?=\()/)) return 'variableName.function';
  if (stream.match(/^[FSRPUEWA]*\.?(?=\s+(\d|\.\.\.))/)) return 'typeName';
  if (stream.match(/^(0x[\da-f]+|\d+)/i)) return 'number';
  if (stream.match(/^[A-Za-z_]\w*/)) return null;
  stream.next();
  return null;
}

/** Ink alone tells the parts apart: colours have other meanings on this page. */
export const highlighting = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.comment, color: 'var(--ink3)', fontStyle: 'italic' },
  { tag: tags.labelName, color: 'var(--ink3)' },
  { tag: [tags.operator, tags.typeName], color: 'var(--ink)', fontWeight: '700' },
  { tag: tags.function(tags.variableName), color: 'var(--ink)' },
  { tag: [tags.keyword, tags.atom, tags.attributeName], color: 'var(--ink2)' },
  { tag: [tags.number, tags.string], color: 'var(--ink)' },
  { tag: [tags.meta, tags.bracket], color: 'var(--ink3)' },
]));
