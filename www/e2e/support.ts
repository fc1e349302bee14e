/** What the tests share: the built dist/ behind a strict host, a console that must stay empty, and words for what a person does. */
import { resolve } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type Locator, type Page } from '@playwright/test';
import { serve } from '../../scripts/lib/serve.mjs';

export const DIST = resolve(import.meta.dirname, '../../dist');

/** The strictest policy that a course's host may set. */
export const CSP =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'";

interface Worker {
  /** Address of dist/ behind {@link CSP}, below a path of its own, as on a shared host. */
  site: string;
}

interface Each {
  /** Lines of the console, and errors that nobody caught: empty at the end, or the test fails. */
  console: string[];
}

export const test = base.extend<Each, Worker>({
  site: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const { url, close } = await serve(DIST, { prefix: '/courses/net101/', headers: { 'content-security-policy': CSP } });
      await use(url);
      await close();
    },
    { scope: 'worker' },
  ],
  console: [
    async ({ page }, use) => {
      const lines: string[] = [];
      page.on('console', (m) => lines.push(`${m.type()}: ${m.text()}`));
      page.on('pageerror', (e) => lines.push(`error: ${e.message}`));
      // What a page had asked for when it was left is not awaited any more.
      page.on('requestfailed', (r) => {
        if (r.failure()?.errorText !== 'net::ERR_ABORTED') lines.push(`failed: ${r.url()}`);
      });
      await use(lines);
      expect(lines, 'the console stays empty').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect, type Locator, type Page };

/** Opens a page and waits until it can be stepped. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await ready(page);
}

/** Until the element (the first, where there are several) can be stepped. */
export async function ready(page: Page | Locator): Promise<void> {
  await expect(stepButton(page)).toBeEnabled();
}

/** The one button that everything begins with, in either language. */
export function stepButton(page: Page | Locator): Locator {
  return page.getByRole('button', { name: /^(Step|单步)/ }).first();
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with the page. Asked for what is wrong alone, and of pages without frames of others, it is four times as quick. */
export async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode(true)
    .options({ resultTypes: ['violations'], runOnly: { type: 'tag', values: RULES } })
    .analyze();
  return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary ?? v.help}`));
}
