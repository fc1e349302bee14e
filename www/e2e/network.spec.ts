/** The network drawn, arranged and edited: what comes of it is a scenario that runs, is saved, and is opened again. */
import { readFileSync } from 'node:fs';
import { expect, open, test, type Page } from './support.js';

const figure = (page: Page) => page.getByRole('region', { name: 'The network' });
const node = (page: Page, name: string) => figure(page).getByRole('button', { name: new RegExp(`^\\w+ ${name}\\. `) });

test('a frame is seen on its link; nodes are chosen and moved by the keyboard alone', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  await page.keyboard.press('p');
  await page.keyboard.press('Shift+N');
  await expect(figure(page).getByRole('listitem', { name: /SYN.*from Client to Server, in flight/ })).toHaveCount(1);
  await page.keyboard.press('x');
  await expect(figure(page).getByRole('listitem', { name: /SYN.*dropped by you/ })).toHaveCount(1);

  const client = node(page, 'Client');
  await client.focus();
  await page.keyboard.press('ArrowRight');
  await expect(node(page, 'Server')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(client).toBeFocused();
  const before = (await client.boundingBox())!;
  for (let i = 0; i < 6; i++) await page.keyboard.press('Shift+ArrowDown');
  await expect.poll(async () => (await client.boundingBox())!.y).toBeGreaterThan(before.y + 20);
  // Where it was put is kept with the work.
  const kept = (await client.boundingBox())!;
  await page.keyboard.press('Shift+N');
  await page.keyboard.press('Shift+N');
  await expect.poll(async () => Math.abs((await client.boundingBox())!.y - kept.y)).toBeLessThan(12);
  await client.focus();
  await page.keyboard.press('Enter');
  await expect(client).toHaveAttribute('aria-pressed', 'true');
  await expect(figure(page).getByText('10.0.0.1/24', { exact: true }).first()).toBeVisible();
});

test('a host is added, linked and given an address; what is wrong is said at its field; the old work comes back by undo', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=accept-flow`);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+N');
  await figure(page).getByRole('button', { name: 'Edit' }).click();
  await figure(page).getByLabel('Add a node').selectOption('router');
  await figure(page).getByRole('textbox', { name: 'Name' }).fill('Gate');
  await page.keyboard.press('Tab');
  await figure(page).getByRole('textbox', { name: 'Addresses with prefix' }).fill('10.0.0/24');
  await page.keyboard.press('Tab');
  await expect(figure(page).getByRole('textbox', { name: 'Addresses with prefix' })).toHaveAccessibleDescription(/“10\.0\.0\/24” has 3 octets; an IPv4 address has four/);
  await expect(figure(page).getByRole('button', { name: 'Begin with it' })).toBeDisabled();
  await figure(page).getByRole('textbox', { name: 'Addresses with prefix' }).fill('10.0.0.9/24');
  await page.keyboard.press('Tab');
  // It is on no link yet, and that is said where its interface stands.
  await expect(figure(page).getByRole('textbox', { name: 'Interface' })).toHaveAccessibleDescription(/no link ends at “eth0” of “Gate”; put it on a link, or take it out/);

  // A link by the keyboard: from the node in hand to the one that is pressed next.
  await figure(page).getByRole('button', { name: 'Link', exact: true }).click();
  await node(page, 'Client').focus();
  await page.keyboard.press('Enter');
  await figure(page).getByRole('textbox', { name: 'Delay, ms, From Gate' }).fill('7');
  await page.keyboard.press('Tab');

  // Saved as a file, before it is begun with.
  const saving = page.waitForEvent('download');
  await figure(page).getByRole('button', { name: 'Save' }).click();
  const path = await (await saving).path();
  const file = JSON.parse(readFileSync(path, 'utf8')) as { nodes: { name: string; at: number[] }[]; links: { ends: { impairments?: { delay_us?: number } }[] }[] };
  expect(file.nodes.map((n) => n.name)).toEqual(['Client', 'Server', 'Gate']);
  expect(file.nodes.every((n) => n.at.length === 2)).toBe(true);
  expect(file.links.at(-1)?.ends[0]?.impairments?.delay_us).toBe(7000);

  await figure(page).getByRole('button', { name: 'Begin with it' }).click();
  await expect(figure(page).getByText('3 nodes, 2 links')).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', /^Step 0/);
  await page.keyboard.press('ArrowRight');
  // What was there before is not lost.
  await page.keyboard.press('ControlOrMeta+z');
  await expect(figure(page).getByText('2 nodes, 1 links')).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', /^Step 4/);

  // The file again, from disk.
  await page.keyboard.press('ControlOrMeta+o');
  await page.locator('tcp-dialogs input[type=file]').setInputFiles(path);
  await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await expect(figure(page).getByText('3 nodes, 2 links')).toBeVisible();
  await page.keyboard.press('ControlOrMeta+o');
  await page.locator('tcp-dialogs input[type=file]').setInputFiles({ name: 'wrong.json', mimeType: 'application/json', buffer: Buffer.from(readFileSync(path, 'utf8').replace('10.0.0.9/24', '10.0.0.9.1/24')) });
  await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('nodes[2].interfaces[0].addresses[0]');
  await page.keyboard.press('Escape');
  await expect(figure(page).getByText('3 nodes, 2 links')).toBeVisible();
});

test('what a link does is set while it works, each way by itself; presets say where their numbers come from; undo takes it back', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=bulk-transfer`);
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+N');
  await figure(page).getByRole('button', { name: /^Link / }).first().dispatchEvent('click');
  const form = figure(page).getByRole('form', { name: 'What the link does' });
  const set = form.getByRole('button', { name: 'Set' });
  await expect(set).toBeDisabled();

  // A preset fills both ways and tells its sources; nothing is done until it is set.
  await form.getByLabel('Kind of link').selectOption({ label: 'DSL' });
  await expect(form.getByText(/^Numbers: WebPageTest/)).toBeVisible();
  await expect(form.getByLabel('Rate, Mbit/s, from Client')).toHaveValue('0.384');
  await expect(form.getByLabel('Rate, Mbit/s, from Server')).toHaveValue('1.5');
  await set.click();
  await expect(set).toBeDisabled();
  const slider = page.getByRole('slider', { name: 'Step' });
  await expect(slider).toHaveAttribute('aria-valuetext', /^Step 8/);

  // One way gets bursts and CoDel with marks; what is no number is said where it stands.
  await form.getByLabel('Burst begins, %, from Client').fill('many');
  await expect(form.getByRole('alert')).toHaveText('Burst begins, %, from Client: “many” is no number from 0 to 100. Empty is none.');
  await expect(set).toBeDisabled();
  await form.getByLabel('Burst begins, %, from Client').fill('2');
  await form.getByLabel('Burst ends, %, from Client').fill('50');
  await form.getByLabel('Queue management, from Client').selectOption({ label: 'CoDel, marks (ECN)' });
  await expect(form.getByLabel('Target, ms, from Client')).toHaveValue('5');
  await set.click();
  await expect(slider).toHaveAttribute('aria-valuetext', /^Step 9/);
  await expect(form.getByLabel('Burst ends, %, from Client')).toHaveValue('50');
  await expect(form.getByLabel('Rate, Mbit/s, from Server')).toHaveValue('1.5');

  // More than all is refused at its field, which the sentence names.
  await form.getByLabel('Loss, %, from Server').fill('200');
  await expect(form.getByRole('alert')).toHaveText('Loss, %, from Server: “200” is no number from 0 to 100. Empty is none.');
  await expect(form.getByLabel('Loss, %, from Server')).toHaveAttribute('aria-invalid', 'true');
  await expect(set).toBeDisabled();
  // What only the core can know is refused by it: nothing changes, and what was typed stays.
  await form.getByLabel('Loss, %, from Server').fill('');
  await form.getByLabel('MTU, octets, from Server').fill('1');
  await set.click();
  await expect(page.getByText(/mtu: must be/).first()).toBeVisible();
  await expect(form.getByLabel('MTU, octets, from Server')).toHaveValue('1');
  await form.getByRole('button', { name: 'As it is' }).click();

  // Down, by the keyboard; the picture shows it.
  await form.getByLabel('Up, from Client').press('Space');
  await form.getByLabel('Up, from Client').press('Enter');
  await expect(figure(page).locator('.wire.down')).toHaveCount(1);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(figure(page).locator('.wire.down')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+z');
  await expect(form.getByLabel('Queue management, from Client')).toHaveValue('droptail');
});

test('a NAT is watched at work: its table, its neighbours; lifelines are folded and moved', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=nat-client`);
  for (let i = 0; i < 12; i++) await page.keyboard.press('p');
  await page.keyboard.press('Shift+N');
  await figure(page).getByRole('button', { name: /^NAT / }).first().click();
  await expect(page.getByRole('table', { name: 'Translations' }).getByRole('row').nth(1)).toContainText('tcp');
  await expect(page.getByRole('table', { name: 'Neighbours' }).getByText('REACHABLE').first()).toBeVisible();
  await page.keyboard.press('Shift+N');
  const heads = page.getByRole('button', { name: /^Lifeline of / });
  const before = await heads.count();
  const first = (await heads.first().getAttribute('aria-label'))!;
  await heads.first().focus();
  await page.keyboard.press('Shift+ArrowRight');
  await expect(heads.nth(1)).toHaveAccessibleName(first);
  await page.keyboard.press('Delete');
  await expect(heads).toHaveCount(before - 1);
  await page.getByRole('button', { name: /^1 folded lifelines/ }).click();
  const list = page.getByRole('dialog', { name: 'Lifelines' });
  await list.getByRole('checkbox', { checked: false }).check();
  await page.keyboard.press('Escape');
  await expect(heads).toHaveCount(before);
});
