/** Line icons on a 16 px grid; the word beside one, or the button's label, says what it means. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

const shapes = {
  back: svg`<path d="M10.5 4v8L5 8zM3.5 4v8"></path>`,
  step: svg`<path d="M5.5 4v8L11 8zM12.5 4v8"></path>`,
  packet: svg`<path d="M1.5 5l9.5 3M1.5 12h13"></path><path class="fill" d="M14.500 9.100L10.300 9.700L11.200 6.300z"></path>`,
  call: svg`<path d="M5.200 3C3.300 4 2.500 6 2.500 8s.8 4 2.700 5M10.800 3c1.900 1 2.700 3 2.700 5s-.8 4-2.700 5"></path><path d="M8 5v6M6 9l2 2.200L10 9"></path>`,
  run: svg`<path class="fill" d="M4.500 3v10l8-5z"></path>`,
  pause: svg`<path d="M5.500 3.500v9M10.500 3.500v9" stroke-width="2"></path>`,
  share: svg`<path d="M8 9.500v-7.500M5.200 4.600L8 1.800l2.800 2.800M3 8v5.500h10V8"></path>`,
  save: svg`<path d="M8 2v7.500M5.200 6.900L8 9.700l2.800-2.800M3 9.500v4h10v-4"></path>`,
  folder: svg`<path d="M2 12.500v-9h4l1.500 2h6.500v7z"></path>`,
  restart: svg`<path d="M3.200 8a4.800 4.800 0 1 0 1.600-3.600M3.500 2v3.200h3.200"></path>`,
  theme: svg`<circle cx="8" cy="8" r="5.500"></circle><path class="fill" d="M8 2.500a5.500 5.500 0 0 1 0 11z"></path>`,
  help: svg`<circle cx="8" cy="8" r="6"></circle><path d="M6.200 6.300a1.850 1.850 0 1 1 2.700 1.700c-.6.3-.9.7-.9 1.300M8 11.300v.2"></path>`,
  menu: svg`<path d="M2.500 4.500h11M2.500 8h11M2.500 11.500h11"></path>`,
  chevron: svg`<path d="M4.500 6.500L8 10l3.500-3.500"></path>`,
  open: svg`<path d="M5 11l6-6M6 5h5v5"></path>`,
  network: svg`<path d="M6 4.500h4M5.200 6L7.300 10M10.800 6L8.700 10"></path><path d="M2 2.500h4v4H2zM10 2.500h4v4h-4zM6 9.800h4v4H6z"></path>`,
  sequence: svg`<path d="M3 2v12M13 2v12M3 4.500l9.500 2.500M13 9l-9.500 2.500"></path>`,
  edit: svg`<path d="M3 13l.7-2.900L10.800 3l2.200 2.200L5.900 12.300zM9.300 4.500l2.200 2.200"></path>`,
  more: svg`<path d="M3.500 8h.01M8 8h.01M12.500 8h.01" stroke-width="2"></path>`,
} satisfies Record<string, SVGTemplateResult>;

export type IconName = keyof typeof shapes;

export function icon(name: IconName, size = 16): TemplateResult {
  return html`<svg class="icon" width=${size} height=${size} viewBox="0 0 16 16" aria-hidden="true">${shapes[name]}</svg>`;
}
