/** The first minute of somebody who has never seen the project, by accessible roles and names alone. */
import { expect, open, test, type Locator, type Page } from './support.js';

/** More steps than the accept flow has. */
const MANY = 80;

const step = (page: Page) => page.getByRole('button', { name: 'Step', exact: true }).click();
const back = (page: Page) => page.getByRole('button', { name: 'Back', exact: true }).click();
const host = (page: Page, name: 'Client' | 'Server') => page.getByRole('region', { name: `Host ${name}` });
const packets = (page: Page) => page.getByRole('listbox', { name: /^Sequence diagram/ }).getByRole('option');
const position = async (page: Page) => Number(/^Step (\d+)/.exec((await page.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuetext')) ?? '')?.[1]);

/** Steps until something is to be seen. */
async function stepUntil(page: Page, seen: Locator): Promise<void> {
  for (let i = 0; i < MANY && !(await seen.count()); i++) await step(page);
  await expect(seen.first()).toBeVisible();
}

/** The client's request, 34 octets, as the diagram lists it. */
const request = (page: Page, fate: string) => page.getByRole('option', { name: new RegExp(`34 B.*from Client to Server, ${fate}`) });

/** Steps until the client's request is on its way, and holds it. */
async function holdRequest(page: Page): Promise<void> {
  await stepUntil(page, request(page, 'in flight'));
  await request(page, 'in flight').click();
  await page.keyboard.press('h');
  await expect(request(page, 'held')).toHaveCount(1);
}

/** Sets a field of the packet through the tree. */
async function set(page: Page, field: RegExp, value: string): Promise<void> {
  await page.getByRole('treeitem', { name: field }).dblclick();
  const input = page.getByRole('textbox', { name: /^Edit / });
  await input.fill(value);
  await input.press('Enter');
}

/** The bytes of the chosen packet, as the panel shows them. */
async function bytes(page: Page): Promise<string> {
  return (await page.getByRole('grid', { name: 'Bytes' }).getByRole('gridcell').allTextContents()).join(' ');
}

test.beforeEach(async ({ page, site }) => open(page, site));

test('opens on the accept flow, ready: one key steps', async ({ page }) => {
  await expect(page.getByText('Accept flow').first()).toBeVisible();
  await page.keyboard.press('ArrowRight');
  expect(await position(page)).toBe(1);
});

test('a connection goes from the SYN queue to the accept queue, and out of it at accept', async ({ page }) => {
  const server = host(page, 'Server');
  await stepUntil(page, server.getByRole('row', { name: /half-open/ }));
  await stepUntil(page, server.getByRole('row', { name: /established, not accepted/ }));
  await expect(server.getByRole('row', { name: /half-open/ })).toHaveCount(0);
  for (let i = 0; i < MANY && (await server.getByRole('row', { name: /established, not accepted/ }).count()); i++) await step(page);
  await expect(server.getByRole('row', { name: /established, not accepted/ })).toHaveCount(0);
  for (const name of ['Client', 'Server'] as const) {
    await expect(host(page, name).getByText('ESTABLISHED').first()).toBeVisible();
  }
});

test('three steps back and three forward give the same bytes', async ({ page }) => {
  for (let i = 0; i < 14; i++) await step(page);
  await packets(page).last().click();
  const chosen = await packets(page).last().getAttribute('aria-label');
  const [at, before] = [await position(page), await bytes(page)];
  for (let i = 0; i < 3; i++) await back(page);
  expect(await position(page)).toBe(at - 3);
  for (let i = 0; i < 3; i++) await step(page);
  expect(await position(page)).toBe(at);
  await packets(page).last().click();
  expect(await packets(page).last().getAttribute('aria-label')).toBe(chosen);
  expect(await bytes(page)).toBe(before);
});

test('a sequence number outside the window, checksum mended: refused, and the page says why and what is sent back', async ({ page }) => {
  await holdRequest(page);
  const was = await page.getByRole('treeitem', { name: /^Sequence number/ }).getAttribute('aria-label');
  const seq = Number(/(\d{2,})/.exec(was ?? '')?.[1]);
  await set(page, /^Sequence number/, String((seq + 200_000) % 2 ** 32));
  await expect(page.getByText('Will be refused.')).toBeVisible();
  await page.getByRole('button', { name: /^Deliver/ }).first().click();
  const why = page.getByRole('region', { name: /^Why/ });
  await expect(why.getByText(/RCV\.NXT/).first()).toBeVisible();
  await expect(why.getByText(/RFC 9293/).first()).toBeVisible();
  // RFC 9293 §3.10.7.4: an unacceptable segment is answered with an ACK.
  await expect(request(page, 'dropped by the host')).toHaveCount(1);
  await expect(page.getByRole('option', { name: /A ACK ack.*from Server to Client, in flight/ })).toHaveCount(1);
});

test('a wrong checksum: silence, and then a retransmission', async ({ page }) => {
  await holdRequest(page);
  const before = await packets(page).count();
  await set(page, /^Checksum/, '0001');
  await expect(page.getByRole('checkbox', { name: /^TCP sum/ }), 'what is set by hand stays').not.toBeChecked();
  await expect(page.getByText('Will be dropped without a word.')).toBeVisible();
  await page.getByRole('button', { name: /^Deliver/ }).first().click();
  await expect(request(page, 'dropped by the host')).toHaveCount(1);
  expect(await packets(page).count(), 'nothing is sent back').toBe(before);
  await stepUntil(page, page.getByRole('option', { name: /34 B.*again.*from Client to Server/ }));
});

test('a SYN to a port nobody listens on is answered with RST', async ({ page }) => {
  for (let i = 0; i < 6; i++) await step(page);
  await page.keyboard.press('n');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('To port').fill('81');
  await dialog.getByRole('button', { name: 'Send SYN' }).click();
  await expect(dialog).toHaveCount(0);
  await stepUntil(page, page.getByRole('option', { name: /RST.*from Server to Client/ }));
});

test('a bad value is refused with a sentence and changes nothing', async ({ page }) => {
  await holdRequest(page);
  const before = await bytes(page);
  await page.getByRole('treeitem', { name: /^Sequence number/ }).dblclick();
  const input = page.getByRole('textbox', { name: /^Edit / });
  await input.fill('99999999999');
  await input.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: /4294967295/ })).toBeVisible();
  await input.press('Escape');
  expect(await bytes(page)).toBe(before);
});

test('everything of the first minute works by keyboard alone', async ({ page }) => {
  test.slow();
  for (let i = 0; i < MANY && !(await request(page, 'in flight').count()); i++) await page.keyboard.press('ArrowRight');
  for (let i = 0; i < MANY && !(await page.getByRole('option', { selected: true, name: /34 B/ }).count()); i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('h');
  const tree = page.getByRole('tree', { name: 'Fields' });
  for (let i = 0; i < 60 && !(await tree.locator(':focus').count()); i++) await page.keyboard.press('Tab');
  const seq = page.getByRole('treeitem', { name: /^Sequence number/ });
  for (let i = 0; i < 30 && !(await seq.evaluate((e) => e.matches(':focus'))); i++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('1');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Will be/).first()).toBeVisible();
});
