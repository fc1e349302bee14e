/** Forks: a lost FIN restored in another timeline, both endings compared; names, undo; graphs that go with the time bar. */
import { expect, open, stepButton, test, type Page } from './support.js';

/** More steps than these scenarios take to their end. */
const MANY = 120;

const slider = (page: Page) => page.getByRole('slider', { name: 'Step' });
const position = async (page: Page) => Number(/^Step (\d+)/.exec((await slider(page).getAttribute('aria-valuetext')) ?? '')?.[1]);
const fin = (page: Page, fate: string) => page.getByRole('listbox', { name: /^Sequence diagram/ }).first().getByRole('option', { name: new RegExp(`FIN.*from Client to Server, ${fate}`) }).first();

async function toTheEnd(page: Page): Promise<void> {
  for (let i = 0; i < MANY && (await stepButton(page).isEnabled()); i++) await page.keyboard.press('ArrowRight');
  await expect(stepButton(page)).toBeDisabled();
}

test('a lost FIN is restored in a fork: both endings side by side, the first difference marked, the rest listed', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=accept-flow`);
  for (let i = 0; i < MANY && !(await fin(page, 'in flight').count()); i++) await page.keyboard.press('ArrowRight');
  const at = await position(page);
  await fin(page, 'in flight').click();
  await page.keyboard.press('x');
  await expect(fin(page, 'dropped by you')).toHaveCount(1);

  // It is taken back and done again.
  await page.keyboard.press('ControlOrMeta+z');
  await expect(fin(page, 'in flight')).toHaveCount(1);
  expect(await position(page)).toBe(at);
  await page.keyboard.press('ControlOrMeta+Shift+z');
  await expect(fin(page, 'dropped by you')).toHaveCount(1);
  await page.getByRole('button', { name: 'Menu' }).click();
  await expect(page.getByRole('button', { name: /^Undo: drop \d+/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await toTheEnd(page);

  // Back to where it was on its way, and on without the loss.
  while ((await position(page)) > at) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+f');
  await toTheEnd(page);
  await page.keyboard.press('f');
  const tree = page.getByRole('region', { name: 'Timelines' });
  await tree.getByRole('button', { name: 'Rename “fork 1”' }).click();
  await page.keyboard.type('it arrives');
  await page.keyboard.press('Enter');
  await expect(tree.getByRole('button', { name: /^it arrives, / })).toBeVisible();
  await tree.getByRole('button', { name: 'Delete “main”' }).click();
  await expect(tree.getByRole('button', { name: /^main, / })).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(tree.getByRole('button', { name: /^main, / })).toBeVisible();

  await page.keyboard.press('y');
  const both = page.getByRole('region', { name: 'Two timelines side by side' });
  await expect(both.getByText('first difference')).toHaveCount(2);
  const list = both.getByRole('region', { name: 'Differences' });
  const first = list.getByRole('listitem').first();
  await expect(first).toContainText('FIN');
  await expect(first).toContainText('delivered → dropped by you');
  await expect(list.getByText(/only in “main”/).first()).toBeVisible();
  await list.getByRole('radio', { name: 'at the end' }).click();
  await expect(list.getByRole('row', { name: /^TCPTimeouts|^RetransSegs|^OutSegs/ }).first()).toBeVisible();
  // A difference chosen is chosen in both diagrams.
  await first.getByRole('button').click();
  await expect(both.getByRole('option', { selected: true })).toHaveCount(2);
  await list.getByRole('button', { name: 'Close the comparison' }).click();
  await expect(both).toHaveCount(0);
});

test('a graph goes with the time bar: a click stands there, and now is drawn where we stand', async ({ page, site }) => {
  await open(page, `${site}?scenario=lost-data`);
  await toTheEnd(page);
  await page.keyboard.press('a');
  const graphs = page.getByRole('region', { name: 'Graphs' });
  const figure = graphs.getByRole('img', { name: /^Sequence\..*sent again/ });
  await expect(figure.locator('canvas')).toBeVisible();
  const end = await position(page);
  const { x, y, width, height } = (await figure.locator('.u-over').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.click(x + width / 2, y + height / 2);
  await expect.poll(() => position(page)).toBeLessThan(end);
  const now = graphs.locator('.now');
  const left = async (): Promise<number> => (await now.boundingBox())?.x ?? 0;
  expect(Math.abs((await left()) - (x + width / 2)), 'the last step before the click').toBeLessThan(width / 2);
  const was = await left();
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
  await expect.poll(left).toBeLessThan(was);
  await graphs.getByRole('radio', { name: 'Round trip' }).click();
  await expect(graphs.getByRole('img', { name: /^Round trip\. \d+ round trips seen/ })).toBeVisible();
  for (const name of ['Throughput', 'Queues']) {
    await graphs.getByRole('radio', { name }).click();
    await expect(graphs.getByRole('img', { name: new RegExp(`^${name}\\. .*\\d`) }), name).toBeVisible();
  }
  await graphs.getByRole('radio', { name: 'Congestion' }).click();
  await graphs.getByRole('button', { name: 'Table' }).click();
  const row = graphs.getByRole('row').nth(3).getByRole('button', { name: /^Go to/ });
  await row.click();
  await expect.poll(() => position(page)).toBeLessThan(end);
});
