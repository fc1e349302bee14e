/** Shapes of the geometry as SVG. */
import { svg, type SVGTemplateResult } from 'lit';
import type { Shape } from '../../diagram/index.js';

export function draw(shape: Shape): SVGTemplateResult {
  switch (shape.kind) {
    case 'path':
      return svg`<path class=${shape.cls} d=${shape.d}></path>`;
    case 'rect':
      return svg`<rect class=${shape.cls} x=${shape.x} y=${shape.y} width=${shape.width} height=${shape.height}></rect>`;
    case 'circle':
      return svg`<circle class=${shape.cls} cx=${shape.x} cy=${shape.y} r=${shape.r}></circle>`;
    case 'text': {
      const turn = shape.turn ? `translate(${shape.x} ${shape.y}) rotate(${shape.turn})` : `translate(${shape.x} ${shape.y})`;
      return svg`<text class=${shape.cls} transform=${turn} text-anchor=${shape.anchor}>${
        shape.pieces.map((p) => (p.cls ? svg`<tspan class=${p.cls}>${p.text}</tspan>` : p.text))}</text>`;
    }
  }
}
