/** A sign a kind of node, about a middle of 0, 0: what textbooks draw, and told apart without colour. */
import type { Shape } from '../shapes.js';

export type Kind = 'host' | 'server' | 'router' | 'nat' | 'attacker' | 'switch' | 'hub';

/** Half the width and height of each, px. */
export const HALF: Readonly<Record<Kind, { readonly x: number; readonly y: number }>> = {
  host: { x: 17, y: 15 }, server: { x: 12, y: 17 }, router: { x: 17, y: 17 }, nat: { x: 20, y: 15 }, attacker: { x: 17, y: 18 },
  switch: { x: 21, y: 12 }, hub: { x: 21, y: 12 },
};

const path = (cls: string, d: string): Shape => ({ kind: 'path', cls, d });
const box = (x: number, y: number, cls = 'body'): Shape => ({ kind: 'rect', cls, x: -x, y: -y, width: 2 * x, height: 2 * y });
/** A small filled head, its tip at (x, y), pointing by (dx, dy) of length 1. */
const tip = (x: number, y: number, dx: number, dy: number): string => {
  const [bx, by] = [x - dx * 4.5, y - dy * 4.5];
  return `M${x} ${y}L${bx - dy * 2.5} ${by + dx * 2.5}L${bx + dy * 2.5} ${by - dx * 2.5}Z`;
};

const SCREEN: readonly Shape[] = [
  { kind: 'rect', cls: 'body', x: -17, y: -14, width: 34, height: 22 },
  path('fine', 'M-13 -10H13V4H-13Z'),
  path('stroke', 'M0 8V13M-8 13.500H8'),
];

const GLYPHS: Readonly<Record<Kind, readonly Shape[]>> = {
  host: SCREEN,
  server: [box(12, 17), path('fine', 'M-12 -8H12M-12 1H12'), path('fill', 'M-8.500 -13.500h7v2h-7zM-8.500 -4.500h7v2h-7z'), { kind: 'circle', cls: 'fill', x: 7, y: 11, r: 1.75 }],
  router: [
    { kind: 'circle', cls: 'body', x: 0, y: 0, r: 17 },
    // Two ways in, two ways out.
    path('stroke', 'M-13 0H-4M13 0H4M0 -3V-10M0 3V10'),
    path('fill', tip(-3, 0, 1, 0) + tip(3, 0, -1, 0) + tip(0, -13.5, 0, -1) + tip(0, 13.5, 0, 1)),
  ],
  nat: [
    box(20, 15),
    path('wall', 'M0 -15V15'),
    path('stroke', 'M-15 -5H11M15 5H-11'),
    path('fill', tip(15, -5, 1, 0) + tip(-15, 5, -1, 0)),
  ],
  attacker: [
    { kind: 'rect', cls: 'body', x: -17, y: -9, width: 34, height: 20 },
    path('fine', 'M-13 -5H13V7H-13Z'),
    path('stroke', 'M0 11V15.500M-8 16H8'),
    // A hat over the screen.
    path('fill', 'M-7.500 -11.500L-6 -18H6L7.500 -11.500Z'), path('stroke', 'M-13 -11.500H13'),
  ],
  switch: [
    box(21, 12),
    path('stroke', 'M-15 -4H11M15 4H-11'),
    path('fill', tip(16, -4, 1, 0) + tip(-16, 4, -1, 0)),
  ],
  hub: [
    box(21, 12),
    path('stroke', 'M0 0H-12M0 0H12M0 0L-8 -6M0 0L8 -6M0 0L-8 6M0 0L8 6'),
    path('fill', tip(-16, 0, -1, 0) + tip(16, 0, 1, 0)), { kind: 'circle', cls: 'fill', x: 0, y: 0, r: 2.5 },
  ],
};

/** The glyph of a kind; those of routers stand for what they do, not for what they look like. */
export function glyph(kind: Kind): readonly Shape[] {
  return GLYPHS[kind];
}
