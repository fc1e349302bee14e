import { expect, it } from 'vitest';
import { commands, hint, keyOf } from './keys.js';

const press = (key: string, mods: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}): string | undefined =>
  keyOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods });

it.each([
  ['ArrowRight', {}, 'step'], ['ArrowLeft', {}, 'back'], ['F10', {}, 'step'], [' ', {}, 'run'], ['Home', {}, 'restart'],
  ['s', {}, 'share'], ['S', { ctrlKey: true }, 'save'], ['o', { metaKey: true }, 'open'],
  ['ArrowRight', { altKey: true }, undefined], ['ArrowRight', { shiftKey: true }, undefined], ['x', {}, undefined],
])('%s %j is %s', (key, mods, id) => expect(press(key, mods)).toBe(id));

it('no key means two things', () => {
  const keys = commands.flatMap((c) => [...c.keys, ...c.editor.map((k) => `editor ${k}`)]);
  expect(new Set(keys).size).toBe(keys.length);
});

it('is written as on keyboards', () => {
  expect([hint('step'), hint('step', true), hint('run'), hint('save'), hint('share'), hint('share', true)])
    .toEqual(['→', 'F10', 'Space', 'Ctrl+S', 'S', '']);
});
