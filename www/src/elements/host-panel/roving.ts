/** One stop for the Tab key in a list of buttons, arrows between them. */

/** Moves the focus by an arrow key and, unless told not to, presses what it comes to; false where the key is another. */
export function walk(e: KeyboardEvent, selector: string, press = true): boolean {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (by === undefined || e.ctrlKey || e.metaKey || e.altKey) return false;
  const all = [...(e.currentTarget as HTMLElement).querySelectorAll<HTMLElement>(selector)];
  const at = all.indexOf(e.composedPath()[0] as HTMLElement);
  if (at < 0) return false;
  const to = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  e.preventDefault();
  // These arrows belong to the list, not to the page.
  e.stopPropagation();
  if (press) to?.click();
  to?.focus();
  return true;
}

/** Index of the item that Tab comes to: the chosen one, else the first. */
export function stop(chosen: readonly boolean[]): number {
  return Math.max(0, chosen.indexOf(true));
}
