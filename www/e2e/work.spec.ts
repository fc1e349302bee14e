/** Work outlives the page: a reload keeps every timeline, two tabs keep out of each other's way, damage is told and set aside. */
import { readFile } from 'node:fs/promises';
import { expect, open, ready, test, type Page } from './support.js';

const slider = (page: Page) => page.getByRole('slider', { name: 'Step' });
const position = async (page: Page) => Number(/^Step (\d+)/.exec((await slider(page).getAttribute('aria-valuetext')) ?? '')?.[1]);
const timelines = (page: Page) => page.getByRole('combobox', { name: 'Timeline' }).getByRole('option');

/** Two timelines, standing in the second. */
async function fork(page: Page): Promise<void> {
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('k');
  await expect(timelines(page)).toHaveText(['main', 'park 1']);
  await page.keyboard.press('ArrowRight');
}

test('a reload keeps every timeline; a tab that comes with the same work goes on with a copy', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  await fork(page);
  const at = await position(page);
  await page.reload();
  await ready(page);
  await expect(timelines(page)).toHaveText(['main', 'park 1']);
  await expect(page.getByRole('combobox', { name: 'Timeline' })).toHaveValue('1');
  expect(await position(page)).toBe(at);
  // What can be undone is kept with the work.
  await page.keyboard.press('ControlOrMeta+z');
  // With one timeline alone there is nothing to choose.
  await expect(timelines(page)).toHaveCount(0);
  await page.reload();
  await ready(page);
  await page.keyboard.press('ControlOrMeta+y');
  await expect(timelines(page)).toHaveText(['main', 'park 1']);

  // A duplicated tab brings the first one's memory with it.
  const memory = await page.evaluate(() => Object.entries(sessionStorage) as [string, string][]);
  const second = await page.context().newPage();
  await second.goto(`${site}?scenario=accept-flow`);
  await ready(second);
  await second.addInitScript((entries) => {
    if (!sessionStorage.getItem('told')) for (const [key, value] of entries) sessionStorage.setItem(key, value);
    sessionStorage.setItem('told', 'yes');
  }, memory);
  await second.reload();
  await ready(second);
  await expect(second.getByRole('alert').filter({ hasText: 'Another tab has this work open' })).toBeVisible();
  await expect(timelines(second)).toHaveText(['main', 'park 1']);
  await second.keyboard.press('Shift+f');
  await expect(timelines(second)).toHaveCount(3);
  await second.reload();
  await ready(second);
  await expect(timelines(second)).toHaveCount(3);
  await expect(second.getByRole('alert').filter({ hasText: 'Another tab' })).toHaveCount(0);
  await page.reload();
  await ready(page);
  await expect(timelines(page), 'the first tab has what it had').toHaveCount(2);
});

test('work that cannot be read is told, set aside and can be had as a file', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  await fork(page);
  await page.addInitScript(() => {
    for (const [key, text] of Object.entries(sessionStorage) as [string, string][]) {
      const sheet = JSON.parse(text) as { at: number; text: string };
      sessionStorage.setItem(key, JSON.stringify({ ...sheet, at: sheet.at + 1e9, text: sheet.text.replace(/\\"seed\\":\d+/, '\\"seed\\":\\"x\\"') }));
    }
  });
  await page.reload();
  await ready(page);
  const notice = page.getByRole('alert').filter({ hasText: 'cannot be read' });
  await expect(notice).toContainText('seed');
  const saving = page.waitForEvent('download');
  await notice.getByRole('button', { name: 'Save it as a file' }).click();
  expect(await readFile(await (await saving).path(), 'utf8')).toContain('park');
  await page.keyboard.press('ArrowRight');
  expect(await position(page), 'the scenario begins afresh').toBe(1);
});

test('a link that is too long says so and offers a file', async ({ page, site }) => {
  await open(page, site);
  await page.evaluate(async () => {
    const store = await document.querySelector('tcp-playground')?.whenStore();
    // Every octet another one, so that nothing can be packed.
    store?.keep('notes', Array.from({ length: 9000 }, (_, i) => Math.sin(i).toString(36)).join(''));
  });
  await page.keyboard.press('s');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/many places cut off links of more than 8000/)).toBeVisible();
  const saving = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save timeline' }).click();
  expect(await readFile(await (await saving).path(), 'utf8')).toContain('"notes"');
});
