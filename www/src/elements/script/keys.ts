/** The commands of the room and their keys: in the editor letters and arrows are text, so each has another key there. */

export type CommandId = 'back' | 'step' | 'run' | 'restart' | 'open' | 'save' | 'share';

interface Command {
  readonly id: CommandId;
  /** As `KeyboardEvent.key`, with `Mod+`, where no text is typed; the first is shown. */
  readonly keys: readonly string[];
  /** As CodeMirror names keys, within the editor; the first is shown. */
  readonly editor: readonly string[];
}

export const commands: readonly Command[] = [
  { id: 'back', keys: ['ArrowLeft', 'F9'], editor: ['F9'] },
  { id: 'step', keys: ['ArrowRight', 'F10'], editor: ['F10'] },
  { id: 'run', keys: [' ', 'F8'], editor: ['F8'] },
  { id: 'restart', keys: ['Home', 'F7'], editor: ['F7'] },
  { id: 'open', keys: ['Mod+o'], editor: ['Mod-o'] },
  { id: 'save', keys: ['Mod+s'], editor: ['Mod-s'] },
  { id: 'share', keys: ['s'], editor: [] },
];

export function keyOf(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>): CommandId | undefined {
  if (e.altKey || e.shiftKey) return undefined;
  const key = (e.ctrlKey || e.metaKey ? 'Mod+' : '') + (e.key.length === 1 ? e.key.toLowerCase() : e.key);
  return commands.find((c) => c.keys.includes(key))?.id;
}

const SHOWN: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ' ': 'Space', 'Mod+o': 'Ctrl+O', 'Mod+s': 'Ctrl+S', 'Mod-o': 'Ctrl+O', 'Mod-s': 'Ctrl+S' };

/** The key as it stands beside a button. */
export function hint(id: CommandId, editor = false): string {
  const command = commands.find((c) => c.id === id);
  const key = (editor ? command?.editor : command?.keys)?.[0] ?? '';
  return SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
