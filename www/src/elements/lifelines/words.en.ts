/** English of the list of lifelines. */
export const en = {
  'lives.title': 'Lifelines',
  'lives.text': 'What is not marked is folded: its frames end at a dotted strip, and those within one are strokes on it.',
  'lives.left': 'Move {name} to the left',
  'lives.right': 'Move {name} to the right',
  'lives.all': 'Show all',
  'lives.byItself': 'As there is room',
  'lives.close': 'Close',
} as const;
