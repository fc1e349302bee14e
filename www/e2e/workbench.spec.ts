/** The packet panel and the dialogs, as hands use them: every view edits, nothing that is refused changes anything. */
import { expect, open, test, type Locator, type Page } from './support.js';

/** More steps than the accept flow has. */
const MANY = 80;

const tree = (page: Page, name: RegExp) => page.getByRole('treeitem', { name });
const rows = (page: Page) => page.getByRole('grid', { name: /32 bits a row/ });
const bytes = (page: Page) => page.getByRole('grid', { name: 'Bytes' });
const cell = (page: Page, name: RegExp) => rows(page).getByRole('gridcell', { name });
const hex = async (page: Page) => (await bytes(page).getByRole('gridcell').allTextContents()).join('');
const request = (page: Page) => page.getByRole('option', { name: /34 B.*from Client to Server, in flight/ });

/** The client's request, on its way and chosen. */
async function chooseRequest(page: Page): Promise<void> {
  for (let i = 0; i < MANY && !(await request(page).count()); i++) await page.keyboard.press('ArrowRight');
  await request(page).first().click();
  await expect(tree(page, /^Sequence number/)).toBeVisible();
}

async function type(page: Page, at: Locator, text: string): Promise<void> {
  await at.dblclick();
  const input = page.getByRole('textbox', { name: /^Edit / });
  await input.fill(text);
  await input.press('Enter');
}

test.beforeEach(async ({ page, site }) => {
  await open(page, site);
  await chooseRequest(page);
});

test('a field edited in the rows is edited in the tree and in the bytes, held, and undone', async ({ page }) => {
  const before = await hex(page);
  await type(page, cell(page, /^Window/), '7');
  await expect(tree(page, /^Window, was 63, now 7/)).toBeVisible();
  await expect(page.getByText('1 field edited')).toBeVisible();
  // Editing catches the packet where it flies.
  await expect(page.getByText(/^held/).first()).toBeVisible();
  expect(await hex(page)).not.toBe(before);
  await page.getByRole('button', { name: 'Undo edit' }).first().click();
  expect(await hex(page)).toBe(before);
});

test('a byte edited is a field changed, and the checksum is mended with it', async ({ page }) => {
  await expect(tree(page, /^Urgent pointer 0/)).toBeVisible();
  // Octets 52 and 53 of the frame: 14 of Ethernet, 20 of IP, 18 into the TCP header.
  await type(page, bytes(page).getByRole('gridcell', { name: 'octet 53: 00' }), '05');
  await expect(tree(page, /^Urgent pointer, was 0, now 5/)).toBeVisible();
  await expect(tree(page, /^Checksum, was .*, now /)).toBeVisible();
});

test('a flag is turned by a click, and what will happen follows', async ({ page }) => {
  await cell(page, /^RST, not set/).click();
  await expect(cell(page, /^RST, set/)).toBeVisible();
  await expect(page.getByText(/RCV\.NXT|reset/i).locator('visible=true').first()).toBeVisible();
  await cell(page, /^RST, set/).click();
  await expect(cell(page, /^RST, not set/)).toBeVisible();
});

test('the three views show the same choice', async ({ page }) => {
  await tree(page, /^Acknowledgment/).click();
  await expect(bytes(page).locator('.octet.chosen')).toHaveCount(4);
  await expect(rows(page).locator('.cell.chosen')).toHaveCount(1);
  await bytes(page).getByRole('gridcell', { name: /^octet 34:/ }).click();
  await expect(tree(page, /^Source port/)).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('group', { name: 'Header shown' }).first().getByRole('button', { name: 'IPv4' }).click();
  await expect(page.getByRole('grid', { name: /^(IPv4|Internet).*32 bits a row/ })).toBeVisible();
});

test('relative numbers are typed as they are shown', async ({ page }) => {
  await page.getByRole('button', { name: 'relative' }).first().click();
  await expect(tree(page, /^Sequence number 1$/)).toBeVisible();
  await type(page, tree(page, /^Sequence number/), '90000');
  await expect(tree(page, /^Sequence number, was 1, now 90000/)).toBeVisible();
  await expect(page.getByText(/Will be refused/)).toBeVisible();
  await expect(page.getByText(/Unedited it would be taken/)).toBeVisible();
});

test('Escape leaves a field as it was, and so does a value that is refused', async ({ page }) => {
  const before = await hex(page);
  await cell(page, /^Window/).dblclick();
  const input = page.getByRole('textbox', { name: /^Edit / });
  await input.fill('70000');
  await input.press('Enter');
  await expect(page.getByRole('alert')).toContainText('65535');
  await expect(input).toBeFocused();
  await input.press('Escape');
  await expect(input).toHaveCount(0);
  expect(await hex(page)).toBe(before);
});

test('a packet that has arrived is read only, and says so', async ({ page }) => {
  for (let i = 0; i < MANY && (await request(page).count()); i++) await page.keyboard.press('ArrowRight');
  await expect(page.getByText(/read only/)).toBeVisible();
  await cell(page, /^Window/).dblclick();
  await expect(page.getByRole('textbox', { name: /^Edit / })).toHaveCount(0);
  // Hold goes back to where it was on its way.
  await page.getByRole('button', { name: /^Hold/ }).first().click();
  await expect(page.getByText(/^held/).first()).toBeVisible();
});

test('a delay is asked for, refused when it is none, and then kept', async ({ page }) => {
  await page.keyboard.press('l');
  const by = page.getByRole('dialog').getByLabel(/milliseconds/);
  await by.fill('-1');
  await by.press('Enter');
  await expect(page.getByRole('alert')).toContainText('above 0');
  await by.fill('250');
  await by.press('Enter');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the rules of a step are walked one by one', async ({ page }) => {
  for (let i = 0; i < MANY && (await request(page).count()); i++) await page.keyboard.press('ArrowRight');
  const why = page.getByRole('region', { name: 'Why' });
  await why.getByRole('button', { name: 'Previous rule' }).click();
  const current = why.locator('[aria-current]');
  const first = await current.textContent();
  await why.getByRole('button', { name: 'Previous rule' }).click();
  expect(await current.textContent()).not.toBe(first);
});

test('a call by hand: what the state allows is offered, and its result is told', async ({ page }) => {
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/begin with socket/)).toBeVisible();
  await dialog.getByRole('button', { name: 'Make the call' }).click();
  await expect(dialog.getByRole('status')).toContainText(/socket\(.*\) = \d/);
  const offered = await dialog.getByLabel('Call').locator('option').allTextContents();
  expect(offered.filter((name) => ['bind', 'connect', 'listen', 'accept', 'read', 'write', 'close', 'socket'].includes(name)), 'of a fresh socket')
    .toEqual(['bind', 'listen', 'connect', 'close', 'socket']);
  await dialog.getByLabel('Call').selectOption('listen');
  await dialog.getByRole('button', { name: 'Make the call' }).click();
  await expect(dialog.getByRole('status')).toContainText('listen(');
});
