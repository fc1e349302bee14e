// From navigation to the first usable step, on localhost, in a browser that has never seen the page and in
// one that has.
import { join } from 'node:path';
import { ROOT } from '../lib/run.mjs';
import { serve } from '../lib/serve.mjs';
import { median } from './rows.mjs';

const RUNS = 5;

/** Runs in the page: milliseconds from navigation until the page can be stepped and has been painted. */
async function untilReady() {
  await customElements.whenDefined('tcp-playground');
  await document.querySelector('tcp-playground').whenStore();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now();
}

export async function navigation(executablePath) {
  const { chromium } = await import('@playwright/test');
  const { url, close } = await serve(join(ROOT, 'dist'), { headers: { 'cache-control': 'max-age=600' } });
  const times = { fresh: [], warm: [] };
  const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
  const browser = await chromium.launch({ executablePath, args });
  try {
    for (let i = 0; i < RUNS; i++) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
      const page = await context.newPage();
      for (const which of ['fresh', 'warm']) {
        await page.goto(url, { waitUntil: 'commit' });
        times[which].push(await page.evaluate(untilReady));
      }
      await context.close();
    }
  } finally {
    await browser.close();
    await close();
  }
  return { fresh: median(times.fresh), warm: median(times.warm) };
}
