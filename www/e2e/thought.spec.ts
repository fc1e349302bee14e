/** Windows of thought: the state diagram with both ends on it, the windows on the sequence line, the circle of a comparison; and breakpoints of every kind, both ways. */
import { expect, open, test, type Locator, type Page } from './support.js';

const MANY = 80;
const slider = (page: Page): Locator => page.getByRole('slider', { name: 'Step' });
const stops = (page: Page): Locator => page.getByRole('region', { name: 'Breakpoints and watches' });

async function position(page: Page): Promise<number> {
  return Number(/^Step (\d+)/.exec((await slider(page).getAttribute('aria-valuetext')) ?? '')?.[1]);
}

test('both ends stand in the state diagram, the edge just taken is lit; windows and comparisons are drawn with their numbers', async ({ page, site }) => {
  await open(page, site);
  const states = page.getByRole('region', { name: 'States' });
  const client = page.getByRole('region', { name: 'Host Client' });
  const lit = states.locator('path.lit');
  const seen: string[] = [];
  for (let i = 0; i < MANY && (await states.locator('text.here').allTextContents()).join() !== 'ESTABLISHED'; i++) {
    await page.keyboard.press('ArrowRight');
    const edge = await states.locator('g:has(path.lit) title').first().textContent({ timeout: 200 }).catch(() => null);
    if (edge !== null && (await lit.count())) seen.push(edge.split(':')[0] ?? '');
  }
  expect(seen).toEqual(expect.arrayContaining(['CLOSED → SYN-SENT', 'LISTEN → SYN-RECEIVED', 'SYN-SENT → ESTABLISHED', 'SYN-RECEIVED → ESTABLISHED']));
  await expect(states.locator('text.who'), 'both ends, in one state').toHaveText('client, server');

  // The line has the numbers of the TCB.
  await expect(client.getByText('Send window', { exact: true })).toBeVisible();
  const una = await page.evaluate(async () => (await document.querySelector('tcp-playground')?.whenStore())?.view.nodes[0]?.tcbs[0]?.vars.find((v) => v.name === 'SND.UNA')?.value);
  await expect(client.getByRole('img', { name: `Send window: SND.UNA ${una}` })).toBeVisible();
  await expect(page.getByText('Receive window', { exact: true }).first()).toBeAttached();

  // A rule that compares sequence numbers has them on the circle.
  const why = page.getByRole('region', { name: 'Why' });
  const circle = why.locator('tcp-circle').getByRole('img');
  for (let i = 0; i < MANY && !(await circle.count()); i++) {
    const rules = why.getByRole('listitem');
    for (let n = 0; n < (await rules.count()) && !(await circle.count()); n++) await rules.nth(n).click();
    if (!(await circle.count())) await page.keyboard.press('ArrowLeft');
  }
  await expect(circle).toHaveAttribute('aria-label', /SEG\.(SEQ|ACK)|RCV\.NXT|SND\.(UNA|NXT)/);
});

test('a breakpoint of every kind is met forwards, and again backwards; one that is off stops nobody', async ({ page, site }) => {
  test.setTimeout(180_000);
  await open(page, `${site}?scenario=lost-data`);
  await page.keyboard.press('e');
  const line = stops(page).getByRole('combobox', { name: 'Condition' });
  const kinds = [
    'Server.state == ESTABLISHED', 'changed(Client.cwnd)', 'Client.snd_nxt - Client.snd_una >= 2 * mss', 'tcp.flags.fin', 'tcp.len > 1000', 'rule == "net.link.lost_by_count"',
    'call == "accept"', 'drop', 'retransmission', 'Client.state == ESTABLISHED && tcp.flags.ack && !tcp.flags.push', 'time >= 3 ms',
  ];
  for (const kind of kinds) {
    if (await position(page)) await slider(page).fill('0');
    await line.fill(kind);
    await line.press('Enter');
    const box = stops(page).getByRole('checkbox', { name: `Break at ${kind}`, exact: true });
    await expect(box, kind).toBeChecked();
    await page.keyboard.press('Escape');
    await page.keyboard.press('z');
    await expect.poll(() => position(page), kind).toBeGreaterThan(0);
    const met = await position(page);
    await expect(stops(page).getByText(/^\d+ hits?$/), kind).toBeVisible();
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+Z');
    await expect.poll(() => position(page), `${kind}, backwards`).toBeLessThan(met + 3);
    expect(await position(page), kind).toBeGreaterThanOrEqual(met);
    if (kind === 'drop') {
      await slider(page).fill('0');
      await box.uncheck();
      await line.fill('tcp.flags.fin');
      await line.press('Enter');
      await page.keyboard.press('Escape');
      await page.keyboard.press('z');
      await expect.poll(() => position(page), 'past the one that is off').toBeGreaterThan(met);
      await page.keyboard.press('e');
      await stops(page).getByRole('button', { name: 'Remove tcp.flags.fin', exact: true }).click();
    }
    await page.keyboard.press('e');
    await stops(page).getByRole('button', { name: `Remove ${kind}`, exact: true }).click();
    await expect(box).toHaveCount(0);
  }
});

test('a counter and an entry of a queue are traced to what set them; lines of programs are stepped both ways; a place on the time scale is run to', async ({ page, site }) => {
  await open(page, `${site}?scenario=backlog-overflow`);
  const server = page.getByRole('region', { name: 'Host Server' });
  const why = page.getByRole('region', { name: 'Why' });
  // By lines of programs, and back.
  await page.keyboard.press('j');
  await expect(why).toContainText(/runs /);
  const line = await position(page);
  await page.keyboard.press('j');
  await expect.poll(() => position(page)).toBeGreaterThan(line);
  await page.keyboard.press('Shift+J');
  await expect.poll(() => position(page)).toBe(line);

  const dropped = server.getByRole('button', { name: /Who set ListenOverflows\?/ });
  for (let i = 0; i < MANY && !/[1-9]/.test(await dropped.innerText().catch(() => '')); i++) await page.keyboard.press('p');
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
  const from = await position(page);
  await dropped.click();
  await expect.poll(() => position(page)).toBeLessThan(from);
  await expect(why.locator('li[aria-current]')).toContainText(/queue|dropped/i);
  await page.goBack();
  await expect.poll(() => position(page), 'Back returns').toBe(from);
  const entry = server.locator('tcp-queues').getByRole('button', { name: /Who set 10\.0\.0\.\d+:\d+\?/ }).first();
  await entry.click();
  await expect.poll(() => position(page)).toBeLessThan(from);

  // Two clicks on the scale: to the last step that is not after that moment.
  await slider(page).fill(String(from));
  const scale = page.locator('tcp-sequence .scroll');
  const box = await scale.boundingBox();
  if (!box) throw new Error('no diagram');
  await page.mouse.dblclick(box.x + 8, box.y + box.height / 4);
  await expect.poll(() => position(page)).not.toBe(from);
});
