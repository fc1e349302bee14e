/** embed.html: the element in a frame, with its attributes as parameters of the address. */
import './tcp-playground.js';

const ATTRIBUTES = ['scenario', 'lang', 'theme', 'panels', 'step', 'seed', 'view'] as const;

const element = document.querySelector('tcp-playground');
if (element) {
  const asked = new URLSearchParams(location.search);
  for (const name of ATTRIBUTES) {
    const value = asked.get(name);
    if (value !== null) element.setAttribute(name, value);
  }
  const full = new URL('index.html', location.href);
  element.setAttribute('full', full.href);
}
