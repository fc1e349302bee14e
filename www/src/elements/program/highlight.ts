/** Just enough of C to set a program: what is called stands out, what is only grammar steps back. Pure. */
export interface Part {
  readonly kind: 'plain' | 'call' | 'keyword';
  readonly text: string;
}

const TOKEN = /\b(?:int|char|for|while|if|else|return|break|continue|void|sizeof)\b(?!\s*\()|\b[A-Za-z_]\w*(?=\s*\()/g;
const KEYWORD = /^(?:int|char|for|while|if|else|return|break|continue|void|sizeof)$/;
/** Not calls, though a parenthesis follows. */
const CONTROL = /^(?:for|while|if|return|sizeof)$/;

export function highlight(line: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of line.matchAll(TOKEN)) {
    const [text] = match;
    if (match.index > at) parts.push({ kind: 'plain', text: line.slice(at, match.index) });
    parts.push({ kind: KEYWORD.test(text) || CONTROL.test(text) ? 'keyword' : 'call', text });
    at = match.index + text.length;
  }
  if (at < line.length) parts.push({ kind: 'plain', text: line.slice(at) });
  return parts;
}
