// The page in a browser: from navigation to the first usable step, on localhost, in a browser that has never seen the
// page and in one that has; scrolling the sequence diagram of a long transfer.
import { join } from 'node:path';
import { ROOT } from '../lib/run.mjs';
import { serve } from '../lib/serve.mjs';
import { median } from './rows.mjs';

const RUNS = 5;
const PACKETS = 100_000;
const ARGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];

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
  const browser = await chromium.launch({ executablePath, args: ARGS });
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

/** Runs in the page: runs the scenario until so many packets were sent. */
async function send(packets) {
  const store = await document.querySelector('tcp-playground').whenStore();
  while (store.frames.length < packets) {
    const { events } = store.act((session) => session.run(20_000, Infinity));
    if (events === 0) throw new Error(`the scenario ends after ${store.frames.length} packets`);
    await new Promise((done) => setTimeout(done));
  }
}

/** Runs in the page: milliseconds between frames while the diagram is scrolled, first smoothly, then by leaps. */
async function scroll() {
  const FRAMES = 240;
  const LEAP = 8;
  const find = (root) => {
    for (const element of root.querySelectorAll('*')) {
      const found = element.shadowRoot && (element.shadowRoot.querySelector('.scroll[role="listbox"]') ?? find(element.shadowRoot));
      if (found) return found;
    }
    return undefined;
  };
  const scroller = find(document);
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const height = scroller.scrollHeight - scroller.clientHeight;
  scroller.scrollTop = height / 3;
  for (let i = 0; i < 10; i++) await frame();
  const times = [];
  let last = await frame();
  for (let i = 0; i < FRAMES; i++) {
    if (i < FRAMES / 2) scroller.scrollTop += 100;
    else if (i % LEAP === 0) scroller.scrollTop = (height * ((i * 7919) % FRAMES)) / FRAMES;
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
}

/** Frames a second, and the longest frame, while a diagram of 100,000 packets is scrolled. */
export async function scrolling(executablePath) {
  const { chromium } = await import('@playwright/test');
  const { url, close } = await serve(join(ROOT, 'dist'));
  const browser = await chromium.launch({ executablePath, args: ARGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`${url}?scenario=bulk-transfer`);
    await page.evaluate(send, PACKETS);
    const rounds = [];
    for (let i = 0; i < RUNS; i++) rounds.push(await page.evaluate(scroll));
    const rate = (times) => (times.length / times.reduce((sum, time) => sum + time, 0)) * 1e3;
    return { scroll: median(rounds.map(rate)), scroll_worst: median(rounds.map((times) => Math.max(...times))) };
  } finally {
    await browser.close();
    await close();
  }
}
