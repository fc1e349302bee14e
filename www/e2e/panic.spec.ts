/** A panic of the core: the page says what happened, and hands out the timeline, which opens again. */
import { readFile } from 'node:fs/promises';
import { expect, open, stepButton, test as base, type Page } from './support.js';

// Here the console is not empty: the panic is told there.
const test = base.extend({
  console: async ({ page }, use) => {
    const lines: string[] = [];
    page.on('console', (m) => lines.push(m.text()));
    await use(lines);
  },
});

interface Fall {
  /** Octets behind the beginning of the session's own data. */
  at: number;
  message: string;
  /** Where the session stood. */
  step: number;
}

/**
 * Puts numbers of the session's own, where they lie in wasm memory, out of range one by one, from `from` on, until a
 * step trips over one; undefined where none does.
 */
async function spoil(page: Page, from: number): Promise<Fall | undefined> {
  return page.evaluate(async (first) => {
    interface Insides {
      engine: { memory: WebAssembly.Memory };
      session: { __wbg_ptr: number };
      view: { step: number };
      panic: { message: string } | undefined;
    }
    const element = document.querySelector('tcp-playground');
    if (!element) return undefined;
    const store = (await element.whenStore()) as unknown as Insides;
    const base = store.session.__wbg_ptr;
    for (let at = first; at < 600; at += 4) {
      if (new DataView(store.engine.memory.buffer).getUint32(base + at, true) !== 0) continue;
      new DataView(store.engine.memory.buffer).setUint32(base + at, 0x00ff_ffff, true);
      element.perform('step');
      if (store.panic) return { at, message: store.panic.message, step: store.view.step };
      new DataView(store.engine.memory.buffer).setUint32(base + at, 0, true);
    }
    return undefined;
  }, from);
}

/** Until it is a panic of Rust's, not a trap of the machine's. */
async function panic(page: Page, site: string): Promise<Fall | undefined> {
  for (let from = 8; ; ) {
    await open(page, site);
    for (let i = 0; i < 5; i++) await stepButton(page).click();
    const fall = await spoil(page, from);
    if (!fall || fall.message.includes('panicked at')) return fall;
    from = fall.at + 4;
  }
}

test('a panic is said, and the timeline that led to it can be saved and opened again', async ({ page, site }) => {
  test.setTimeout(120_000);
  const fall = await panic(page, site);
  expect(fall, 'the core has panicked').toBeDefined();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'The engine stopped' })).toBeVisible();
  await expect(dialog.getByText(/panicked at/)).toBeVisible();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save the timeline' }).click();
  const text = await readFile(await (await saving).path(), 'utf8');

  await dialog.getByRole('button', { name: 'Load the page again' }).click();
  const here = page.getByRole('slider', { name: 'Step' });
  await expect(here, 'the work goes on where it was').toHaveAttribute('aria-valuetext', new RegExp(`^Step ${fall?.step} of`));

  await open(page, site);
  await page.evaluate((saved) => document.querySelector('tcp-playground')?.restore(saved), text);
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', new RegExp(`^Step ${fall?.step} of`));
});
