/** Where the page may be put: under a strict policy, below any path, on a disk, in other people's pages. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { serve } from '../../scripts/lib/serve.mjs';
import { DIST, expect, open, ready, stepButton, test } from './support.js';

test('works below a path, under the strictest policy, with an empty console', async ({ page, site }) => {
  await open(page, site);
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  await expect(page.getByText('ESTABLISHED').first()).toBeVisible();
});

test('asks for nothing outside its own folder', async ({ page, site }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await open(page, site);
  expect(asked.filter((url) => !url.startsWith(site) && !url.startsWith('data:'))).toEqual([]);
});

test('makes its first step with the first part of the wasm alone, and waits for the second when something needs it', async ({ page, site }) => {
  let asked = 0;
  // What the page fetches meanwhile stays on its way for ever.
  await page.route(/_later/, (route) => (asked++ === 0 ? undefined : route.continue()));
  await open(page, site);
  const step = page.getByRole('slider', { name: 'Step' });
  await page.keyboard.press('ArrowRight');
  await expect(step).toHaveAttribute('aria-valuetext', /^Step 1 of/);
  expect(asked).toBe(1);
  for (let i = 0; i < 11; i++) await page.keyboard.press('ArrowRight');
  await expect(page.getByText('ESTABLISHED').first()).toBeVisible();
  const answer = await page.evaluate(async () => (await document.querySelector('tcp-playground')?.whenStore())?.session.ask(0, 'ss -tan'));
  expect(answer).toMatch(/^State/);
  expect(asked).toBe(2);
});

test('the single file opens from the disk', async ({ page }) => {
  await open(page, pathToFileURL(resolve(DIST, 'tcp-playground.html')).href);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', /^Step 1 of/);
});

test('the element stands twice in a foreign page, from one script tag, each with its own session', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 1600 });
  const assets = await serve(DIST, { prefix: '/tools/', headers: { 'access-control-allow-origin': '*' } });
  // Another origin, as a course page has.
  const course = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Lecture 7</title><link rel="icon" href="data:,">
      <script type="module" src="${assets.url}tcp-playground.js"></script></head>
      <body><h1>Lecture 7</h1>
      <tcp-playground id="one" scenario="accept-flow" lang="en"></tcp-playground>
      <p>Between the two.</p>
      <tcp-playground id="two" scenario="accept-flow" lang="zh-CN" panels="sequence,server,time"></tcp-playground></body></html>`);
  });
  await new Promise<void>((done) => course.listen(0, '127.0.0.1', done));
  try {
    await page.goto(`http://127.0.0.1:${(course.address() as AddressInfo).port}/`);
    const [one, two] = [page.locator('#one'), page.locator('#two')];
    await ready(one);
    await ready(two);
    for (let i = 0; i < 3; i++) await stepButton(one).click();
    await stepButton(two).click();
    await expect(one.getByRole('slider')).toHaveAttribute('aria-valuetext', /^Step 3 of/);
    await expect(two.getByRole('slider')).toHaveAttribute('aria-valuetext', /1/);
    await expect(two).toHaveAttribute('lang', 'zh-CN');
    await expect(two.getByRole('button', { name: /^单步/ }).first()).toBeVisible();
  } finally {
    course.close();
    course.closeAllConnections();
    await assets.close();
  }
});

test('index.html opens as its address asks', async ({ page, site }) => {
  await open(page, `${site}?scenario=closed-port&lang=zh-CN&theme=dark`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByRole('combobox').first()).toHaveValue('closed-port');
});

test('embed.html takes the element\'s attributes as parameters, in an iframe of 640 by 480', async ({ page, site }) => {
  const host = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(`<!doctype html>
      <html lang="en"><head><meta charset="utf-8"><title>Course</title><link rel="icon" href="data:,"></head>
      <body><iframe title="TCP" src="${site}embed.html?scenario=closed-port&lang=zh-CN" width="640" height="480"></iframe></body></html>`);
  });
  await new Promise<void>((done) => host.listen(0, '127.0.0.1', done));
  try {
    await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
    const frame = page.frameLocator('iframe');
    const step = frame.getByRole('button', { name: /^单步/ }).first();
    await expect(step).toBeEnabled();
    await step.click();
    const size = await frame.locator('html').evaluate((html) => [html.scrollWidth, html.scrollHeight, innerWidth, innerHeight]);
    expect(size[0], 'nothing to scroll sideways').toBeLessThanOrEqual(size[2] ?? 0);
    expect(size[1], 'nothing to scroll down').toBeLessThanOrEqual(size[3] ?? 0);
  } finally {
    host.close();
    host.closeAllConnections();
  }
});
