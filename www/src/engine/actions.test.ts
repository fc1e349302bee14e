import { describe, expect, it } from 'vitest';
import { en } from '../locales/en.js';
import { actionOf, actions, keyHint } from './actions.js';

const press = (key: string, mods: Partial<Record<'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey', boolean>> = {}): string | undefined =>
  actionOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...mods })?.id;

describe('actions', () => {
  it.each(Object.keys(actions))('%s has a name', (id) => expect(en).toHaveProperty([`action.${id}`]));

  it('no key means two things', () => {
    const keys = Object.values(actions).flatMap((a) => a.keys);
    expect(keys.filter((k, i) => keys.indexOf(k) !== i)).toEqual([]);
  });

  it.each([
    ['ArrowRight', {}, 'step'], ['ArrowLeft', {}, 'back'], ['p', {}, 'packet'], ['P', { shiftKey: true }, 'packetBack'],
    ['C', { shiftKey: true }, 'callBack'], [' ', {}, 'run'], ['Home', {}, 'reset'], ['?', { shiftKey: true }, 'help'],
    ['z', { ctrlKey: true }, 'undo'], ['Z', { metaKey: true, shiftKey: true }, 'redo'], ['Enter', {}, 'deliver'],
    ['x', {}, 'drop'], ['x', { ctrlKey: true }, undefined], ['ArrowLeft', { altKey: true }, undefined],
    // Caps lock
    ['H', {}, 'hold'],
  ])('%s %j is %s', (key, mods, id) => expect(press(key, mods)).toBe(id));

  it('writes keys as keyboards do', () => {
    expect([keyHint('step'), keyHint('packetBack'), keyHint('run'), keyHint('deliver'), keyHint('undo'), keyHint('redo', true)])
      .toEqual(['→', '⇧P', 'Space', '⏎', 'Ctrl+Z', '⌘⇧Z']);
  });
});
