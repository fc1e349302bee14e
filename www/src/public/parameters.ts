/** What the address of a page may say of its `<tcp-playground>`: the element's attributes, by their names. */
import './tcp-playground.js';

const ATTRIBUTES = ['scenario', 'lang', 'theme', 'panels', 'step', 'seed', 'view', 'script'] as const;

/** The page's element, dressed as the address asks. */
export function playground(): Element | null {
  const element = document.querySelector('tcp-playground');
  const asked = new URLSearchParams(location.search);
  for (const name of ATTRIBUTES) {
    const value = asked.get(name);
    if (value !== null) element?.setAttribute(name, value);
  }
  return element;
}
