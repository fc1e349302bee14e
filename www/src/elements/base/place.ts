import { noChange } from 'lit';
import { directive, Directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/**
 * Sets style properties one by one: `<div ${place({ left: '10px', '--n': 3 })}>`. A `style` attribute, and so
 * Lit's `styleMap`, is refused under `style-src 'self'`.
 */
class Place extends Directive {
  #set: Record<string, string> = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('place() stands in the tag itself');
  }

  render(_properties: Readonly<Record<string, string | number>>): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [properties]: [Readonly<Record<string, string | number>>]): typeof noChange {
    const { style } = part.element as HTMLElement | SVGElement;
    for (const name of Object.keys(this.#set)) if (!(name in properties)) style.removeProperty(name);
    for (const [name, value] of Object.entries(properties)) {
      if (this.#set[name] !== String(value)) style.setProperty(name, String(value));
    }
    this.#set = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)]));
    return noChange;
  }
}

export const place = directive(Place);
