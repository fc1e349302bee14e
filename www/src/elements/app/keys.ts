/** Which key presses are the page's, and which belong to the control that has the focus. */
import { actionOf, actions } from '../../engine/actions.js';
import type { Store } from '../../engine/store.js';

const TEXT = 'input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, [contenteditable]';
const PRESSABLE = 'button, a[href], summary, [role=button], [role=tab], [role=menuitem], input[type=checkbox], input[type=radio]';
/** Widgets that move within themselves with the arrow keys. */
const MOVING = 'select, [role=tablist], [role=tree], [role=grid], [role=treegrid], [role=radiogroup], [role=menu]';

/** Runs the action of a key press, if it has one here; the event is then used up. */
export function handleKey(store: Store, e: KeyboardEvent): boolean {
  if (e.defaultPrevented || e.isComposing) return false;
  const path = e.composedPath().filter((n): n is Element => n instanceof Element);
  const [target] = path;
  if (path.some((n) => n.matches('dialog[open], [popover]:popover-open'))) return false;
  // Escape closes the menu that the button in focus has opened.
  if (e.key === 'Escape' && target?.matches('[popovertarget]')) return false;
  if (target?.matches(TEXT)) return false;
  const plain = !e.ctrlKey && !e.metaKey && !e.altKey;
  if (plain && (e.key === 'Enter' || e.key === ' ') && target?.matches(PRESSABLE)) return false;
  if (plain && (e.key.startsWith('Arrow') || e.key === 'Home' || e.key === 'End' || e.key === ' ' || e.key === 'Enter')
    && path.some((n) => n.matches(MOVING))) return false;
  // WCAG 2.1.4: letters, digits and signs can be turned off.
  if (plain && e.key.length === 1 && !store.face.keys) return false;
  if (store.roomKeys?.(e)) {
    e.preventDefault();
    return true;
  }
  const action = actionOf(e);
  if (!action || (store.face.room !== 'session' && !action.everywhere)) return false;
  e.preventDefault();
  if (actions[action.id].allowed(store)) void action.run(store);
  return true;
}
