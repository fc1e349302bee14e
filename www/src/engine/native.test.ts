import { native } from './native.js';
import { FIRST, SCENARIOS, scenarioText } from './shipped.js';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import init, { onLater, Session } from './pkg/tcp_playground.js';

/** Long worlds are compared over their first steps. */
const STEPS = 2_000;

const wasm = (part: string): BufferSource => Uint8Array.from(readFileSync(resolve(import.meta.dirname, `pkg/tcp_playground_${part}.wasm`)));
/** How often the second part was asked for. */
let asked = 0;

beforeAll(async () => {
  const first: object = await init({ module_or_path: wasm('bg') });
  onLater(() => {
    asked++;
    void new WebAssembly.Instance(new WebAssembly.Module(wasm('later')), { first: first as WebAssembly.ModuleImports });
  });
});

describe('the wasm comes in two parts', () => {
  it('the first is enough up to the first step of what a page opens on; the second is asked for once', async () => {
    const session = new Session(await scenarioText(FIRST));
    const look = (): void => {
      session.view();
      session.trace();
      session.frames();
      session.marks();
      session.log(undefined, 100);
      session.save();
    };
    look();
    session.step();
    look();
    session.back();
    look();
    expect(asked).toBe(0);
    expect(Session.calls().length).toBeGreaterThan(10);
    expect(session.ask(0, 'ss -tan')).toMatch(/^State/);
    expect(asked).toBe(1);
    session.free();
  });
});

/** What the command line prints last. */
const cli = (...args: string[]): string => native(...args).trimEnd().split('\n').at(-1) ?? '';

describe('the same timeline gives the same bytes natively and in wasm', () => {
  it('for every shipped scenario, and for another seed', { timeout: 300_000 }, async () => {
    const compared: [string, string, string][] = [];
    for (const { id } of SCENARIOS) {
      const text = await scenarioText(id);
      for (const seed of [undefined, 4242]) {
        const session = new Session(text, seed);
        session.run(STEPS, Infinity);
        const native = cli('run', id, '--digest', '--steps', String(STEPS), ...(seed ? ['--seed', String(seed)] : []));
        compared.push([`${id} ${seed ?? ''}`, `digest ${session.digest()}`, native]);
        session.free();
      }
    }
    expect(compared.length).toBeGreaterThan(0);
    for (const [name, wasm, native] of compared) expect(wasm, name).toBe(native);
  });
});
