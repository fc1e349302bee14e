/** What a store shows and how, apart from the world. */
import type { Lang } from '../locales/index.js';
import type { Journey } from './journey.js';
import type { Breakpoint } from './stops.js';

export type Theme = 'auto' | 'light' | 'dark';
export type Numbers = 'absolute' | 'relative';
/** The dialogs of the page; at most one is open. */
export type Dialog = 'help' | 'connect' | 'call' | 'build' | 'delay' | 'share' | 'open' | 'program' | 'capture';
/** The rooms of the page: the playground, scripts, the requirements of RFC 9293. The last two are loaded when entered. */
export const ROOMS = ['session', 'script', 'conformance'] as const;
export type Room = (typeof ROOMS)[number];
/** What the panel below shows. All but the packet are loaded when they are first looked at. */
export const LOWER = ['packet', 'workbench', 'rules', 'console', 'log', 'pipeline', 'stops', 'graphs', 'timelines'] as const;
export type Lower = (typeof LOWER)[number];
/** Everything of the store that is not the world: set through `Store.set`. */
export interface Face {
  room: Room;
  /** Shipped script that was last asked for: another object each time it is. */
  asked: { readonly script: string } | undefined;
  lang: Lang;
  theme: Theme;
  numbers: Numbers;
  /** Frame chosen; without one, the frame of each step is looked at (`Store.looked`). */
  selected: number | undefined;
  /** Path of the field that the three views of the packet highlight. */
  field: string | undefined;
  /** Flow whose TCB and states are shown; without one, that of the last step. */
  flow: number | undefined;
  /** Node shown where there is room for one. */
  node: number | undefined;
  /** Rule looked at, index in the trace. */
  rule: number | undefined;
  dialog: Dialog | undefined;
  lower: Lower;
  /** What stands in the middle. */
  middle: 'sequence' | 'network';
  /** Steps that a prediction looks on after the arrival. */
  ahead: number;
  /** Timeline that is held beside the one we are in. */
  compare: number | undefined;
  /** Where a run ends. */
  stops: readonly Breakpoint[];
  /** Expressions whose values are shown. */
  watches: readonly string[];
  /** A long way under way; which way the last one found nothing, and the world's revision then. */
  journey: Journey | undefined;
  nowhere: { readonly back: boolean; readonly revision: number } | undefined;
  /** Goes up when somebody asked who set a value: the rule is to be seen. */
  asks: number;
  /** Program whose text is edited in the dialog `program`. */
  program: { readonly node: number; readonly file: string } | undefined;
  /** Simulated ns in a second of the viewer's. */
  speed: number;
  running: boolean;
  /** Stretches the diagram's time scale. */
  zoom: number;
  /** Whether single keys act (WCAG 2.1.4: they can be turned off). */
  keys: boolean;
}

/** As a page begins. */
export const FACE: Readonly<Face> = {
  room: 'session', asked: undefined, lang: 'en', theme: 'auto', numbers: 'absolute', selected: undefined, field: undefined,
  flow: undefined, node: undefined, rule: undefined, dialog: undefined, lower: 'packet', middle: 'sequence', ahead: 0, compare: undefined,
  stops: [], watches: [], journey: undefined, nowhere: undefined, asks: 0, program: undefined, speed: 10e6, running: false, zoom: 1, keys: true,
};
