/** The time machine: far along and back, breakpoints both ways, watches, and who set a value. */
import { expect, open, test, type Locator, type Page } from './support.js';

const slider = (page: Page): Locator => page.getByRole('slider', { name: 'Step' });
const host = (page: Page, name: string): Locator => page.getByRole('region', { name: `Host ${name}` });
const stops = (page: Page): Locator => page.getByRole('region', { name: 'Breakpoints and watches' });
const why = (page: Page): Locator => page.getByRole('region', { name: 'Why' });

async function position(page: Page): Promise<number> {
  return Number(/^Step (\d+)/.exec((await slider(page).getAttribute('aria-valuetext')) ?? '')?.[1]);
}

/** Runs until a condition is met, by the panel of breakpoints. */
async function runUntil(page: Page, condition: string): Promise<void> {
  const from = await position(page);
  await page.keyboard.press('e');
  const line = stops(page).getByRole('combobox', { name: 'Condition' });
  await line.fill(condition);
  await stops(page).getByRole('button', { name: 'Run until' }).click();
  await expect.poll(() => position(page), { timeout: 60_000 }).toBeGreaterThan(from);
  await expect(page.getByRole('button', { name: /^Pause/ })).toHaveCount(0, { timeout: 60_000 });
  await line.fill('');
  await line.press('Escape');
}

test('100,000 events, dragged from end to end and back: at ten steps the bytes are those of a fresh run', async ({ page, site }) => {
  test.setTimeout(240_000);
  await open(page, `${site}?scenario=bulk-transfer`);
  await runUntil(page, 'step >= 100000');
  expect(await position(page)).toBe(100_000);

  const box = await slider(page).boundingBox();
  if (!box) throw new Error('no scrubber');
  const at = async (fraction: number): Promise<void> => page.mouse.move(box.x + 8 + fraction * (box.width - 16), box.y + box.height / 2);
  await at(1);
  await page.mouse.down();
  const seen: number[] = [];
  for (const fraction of [0.9, 0.75, 0.6, 0.45, 0.3, 0.15, -0.02, 0.2, 0.4, 0.6, 0.8, 1.02]) {
    await at(fraction);
    seen.push(await position(page));
  }
  await page.mouse.up();
  expect(seen[6], 'at the beginning').toBe(0);
  expect(seen.at(-1), 'and back at the end').toBe(100_000);
  expect(seen.every((step, i) => i === 0 || (i <= 6 ? step < (seen[i - 1] ?? 0) : step > (seen[i - 1] ?? 0))), seen.join(' ')).toBe(true);

  const bytes = await page.evaluate(async () => {
    const store = await (document.querySelector('tcp-playground') as unknown as { whenStore(): Promise<{ session: unknown; engine: unknown }> }).whenStore();
    interface Session { seek(step: number): void; run(budget: number, until: number): unknown; digest(): string; save(): Uint8Array; free(): void }
    const session = store.session as Session;
    const { scenario } = JSON.parse(new TextDecoder().decode(session.save())) as { scenario: unknown };
    const fresh = new (store.engine as { Session: new (scenario: string) => Session }).Session(JSON.stringify(scenario));
    const result: [number, string, string][] = [];
    let at = 0;
    const steps = [3, 777, 5_000, 12_345, 30_001, 49_999, 65_536, 77_777, 99_001, 100_000];
    for (const step of steps) {
      fresh.run(step - at, Infinity);
      at = step;
      session.seek(100_000 - step);
      session.seek(step);
      result.push([step, session.digest(), fresh.digest()]);
    }
    fresh.free();
    return result;
  });
  for (const [step, walked, run] of bytes) expect(walked, `step ${step}`).toBe(run);
  expect(new Set(bytes.map(([, digest]) => digest)).size).toBe(10);
  await expect(stops(page).getByText(/Every step is still reached exactly/)).toBeVisible();

  // Further on records are set aside; the page says so, and the first packets are there as they were.
  await runUntil(page, 'step >= 170000');
  await expect(stops(page).getByText(/Records of [1-9]\d* old frames .* were set aside/)).toBeVisible();
  await page.getByRole('tablist', { name: 'Panel below' }).getByRole('tab', { name: 'Packet' }).click();
  await slider(page).press('Home');
  await expect.poll(() => position(page)).toBe(0);
  const syn = page.getByRole('option', { name: /^Packet 0, A SYN seq/ }).first();
  await syn.click();
  await expect(page.getByRole('heading', { name: /^Packet 0 A .* SYN delivered/ })).toBeVisible();
});

test('a breakpoint on a rule is met forwards and backwards; what is wrong is shown at its column; a reload keeps both', async ({ page, site }) => {
  await open(page, `${site}?scenario=backlog-overflow`);
  await page.keyboard.press('e');
  const line = stops(page).getByRole('combobox', { name: 'Condition' });
  await expect(line).toBeFocused();
  await page.keyboard.type('rule == "RTO fries"');
  await page.keyboard.press('Enter');
  await expect(stops(page).getByRole('alert')).toContainText('Column 9: there is no rule “RTO fries”');
  await line.fill('rule == "RTO fired"');
  await page.keyboard.press('Enter');
  await expect(stops(page).getByRole('alert')).toHaveCount(0);
  await expect(stops(page).getByRole('checkbox', { name: 'Break at rule == "RTO fired"' })).toBeChecked();
  const watch = stops(page).getByRole('combobox', { name: 'Expression' });
  await watch.fill('Server.accept_queue');
  await watch.press('Enter');
  await watch.press('Escape');

  await page.keyboard.press('z');
  await expect(why(page)).toContainText('RFC 6298 §5.4');
  const first = await position(page);
  await page.keyboard.press('z');
  await expect.poll(() => position(page)).toBeGreaterThan(first);
  const second = await position(page);
  await expect(why(page)).toContainText('RFC 6298 §5.4');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+Z');
  await expect.poll(() => position(page), 'back at the second').toBe(second);
  await page.keyboard.press('Shift+Z');
  await expect.poll(() => position(page), 'back at the first').toBe(first);
  await page.keyboard.press('Shift+Z');
  await expect(stops(page).getByRole('status')).toHaveText('Not met before this step.');
  expect(await position(page), 'there is none before').toBe(first);
  await expect(stops(page).getByText('2 hits')).toBeVisible();
  await stops(page).getByRole('button', { name: new RegExp(`^To step ${second},`) }).click();
  expect(await position(page)).toBe(second);
  await expect(page.locator('tcp-time-bar').locator('.scrub path.stop')).toHaveCount(2);

  // Inside a step by its rules.
  await page.keyboard.press('.');
  await expect(why(page).locator('li[aria-current]')).toContainText('1');
  await page.keyboard.press('.');
  await expect(why(page).locator('li[aria-current] .index')).toHaveText(/^2/);
  await page.keyboard.press(',');
  await expect(why(page).locator('li[aria-current] .index')).toHaveText(/^1/);

  await page.reload();
  await expect(slider(page)).toBeVisible();
  await page.keyboard.press('e');
  await expect(stops(page).getByRole('checkbox', { name: 'Break at rule == "RTO fired"' })).toBeChecked();
  await expect(stops(page).getByText('Server.accept_queue', { exact: true })).toBeVisible();
  await stops(page).getByRole('button', { name: 'Remove rule == "RTO fired"' }).click();
  await expect(stops(page).getByText(/^None yet/)).toBeVisible();
});

test('cwnd is traced to the ACK that last raised it, and Back returns', async ({ page, site }) => {
  await open(page, `${site}?scenario=bulk-transfer`);
  await runUntil(page, 'Client.cwnd > 20000');
  const raised = await position(page);
  await runUntil(page, `step >= ${raised + 3} && call == "read"`);
  const from = await position(page);
  const shown = await host(page, 'Client').getByRole('button', { name: /Who set cwnd\?/ }).innerText();
  await host(page, 'Client').getByRole('button', { name: /Who set cwnd\?/ }).click();
  await expect.poll(() => position(page)).toBeLessThan(from);
  await expect(why(page).locator('li[aria-current]')).toContainText('the congestion window goes from');
  await expect(why(page)).toContainText(/Client takes .*ACK/);
  expect(shown).toContain((await host(page, 'Client').getByRole('button', { name: /Who set cwnd\?/ }).innerText()).split('→').at(-1)?.split(',')[0]?.trim() ?? '?');
  const set = await position(page);
  await page.goBack();
  await expect.poll(() => position(page), 'Back returns').toBe(from);
  await page.goForward();
  await expect.poll(() => position(page), 'and Forward goes there again').toBe(set);
});
