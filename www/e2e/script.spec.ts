/** The rooms beside the playground, as hands use them: a packetdrill script edited and stepped, and the table of requirements. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { DIST, expect, open, test, violations, type Page } from './support.js';

/** Rows of the table, without its head. */
const REQUIREMENTS = readFileSync(resolve(import.meta.dirname, '../../crates/lab/conformance/rfc9293.tsv'), 'utf8').trim().split('\n').length - 1;

const editor = (page: Page) => page.getByRole('textbox', { name: /packetdrill/ });
const button = (page: Page, name: string) => page.getByRole('region', { name: /Steps of the script|脚本的步骤/ }).getByRole('button', { name, exact: true });
const said = (page: Page) => page.locator('tcp-script').getByRole('status').first();
const verdicts = (page: Page, kind: string) => page.locator(`.cm-verdicts .verdict.${kind}`);
const position = (page: Page) => page.getByRole('slider', { name: 'Event' });

/** Opens the room of scripts and waits until it can be stepped. */
async function openScript(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator('tcp-script').getByRole('button', { name: /^(Step|单步)$/ })).toBeEnabled();
}

/** The line whose text is this, replaced by another. */
async function retype(page: Page, line: RegExp, text: string): Promise<void> {
  await page.locator('.cm-line', { hasText: line }).first().click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.type(text);
}

test('a shipped script is opened, edited until a line fails, stepped back, mended, and passes', async ({ page, site }) => {
  await openScript(page, `${site}?view=script&script=requirements/nagle.pkt`);
  await expect(said(page)).toHaveText(/At the beginning of requirements\/nagle\.pkt\. Next is line 2\./);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(said(page)).toHaveText(/Line 3 passed\. Next is line 4\./);
  await expect(verdicts(page, 'passed')).toHaveCount(2);
  await expect(page.locator('.cm-line.line-next')).toContainText('bind(3');

  await retype(page, /> P\. 1:11\(10\) ack 1/, '+0 > P. 1:11(10) ack 2');
  await page.keyboard.press('F8');
  await expect(page.getByRole('heading', { name: 'Line 12 failed' })).toBeVisible();
  await expect(page.getByText('Acknowledgment is 1, not 2.')).toBeVisible();
  await expect(page.locator('tcp-script-why dl.both')).toContainText('ack 1 win 65535');
  await expect(page.getByText('The rules that led here')).toBeVisible();
  await expect(verdicts(page, 'failed')).toHaveCount(1);
  await expect(page.locator('.cm-line.line-failed')).toContainText('ack 2');
  await expect(page.getByText('not what line 12 says')).toBeVisible();
  await expect(button(page, 'Step')).toBeDisabled();

  await button(page, 'Back').click();
  await expect(page.locator('.cm-line.line-next')).toContainText('ack 2');
  await expect(verdicts(page, 'failed')).toHaveCount(0);
  await retype(page, /> P\. 1:11\(10\) ack 2/, '+0 > P. 1:11(10) ack 1');
  await expect(page.locator('.cm-line.line-next'), 'the edit keeps the place').toContainText('ack 1');
  await button(page, 'Restart').click();
  await expect(position(page)).toHaveAttribute('aria-valuetext', /^Event 0 of 15/);
  await button(page, 'Run').click();
  await expect(page.getByRole('heading', { name: /The script has passed/ })).toBeVisible();
  await expect(verdicts(page, 'passed')).toHaveCount(15);
});

test('a text that is no script is told by line and column, and found from there', async ({ page, site }) => {
  await openScript(page, `${site}?view=script`);
  await retype(page, /listen\(3, 1\)/, '+0 listen(3, 1 = 0');
  await expect(page.getByRole('heading', { name: 'Line 5, column 19' })).toBeVisible();
  await expect(page.getByText(/^Expected .*; found '='/)).toBeVisible();
  await expect(page.locator('.cm-lintRange-error')).toHaveCount(1);
  await expect(button(page, 'Run')).toBeDisabled();
  await page.getByRole('button', { name: 'Go there' }).click();
  await expect(editor(page)).toBeFocused();
  await page.keyboard.type(')');
  await expect(page.getByRole('heading', { name: /Line 5/ })).toHaveCount(0);
  await expect(button(page, 'Run')).toBeEnabled();
});

test('the keys of the editor are text; F-keys step from within it, and Tab leaves it', async ({ page, site }) => {
  await openScript(page, `${site}?view=script`);
  await page.locator('.cm-line').first().click();
  await page.keyboard.press('F10');
  await page.keyboard.press('F10');
  await expect(position(page)).toHaveAttribute('aria-valuetext', /^Event 2 of/);
  await page.keyboard.press('F9');
  await expect(position(page)).toHaveAttribute('aria-valuetext', /^Event 1 of/);
  await page.keyboard.press('ArrowRight');
  await expect(position(page)).toHaveAttribute('aria-valuetext', /^Event 1 of/);
  await page.keyboard.press('Tab');
  await expect(editor(page)).not.toBeFocused();
});

test('a verdict in the margin is a place to stand', async ({ page, site }) => {
  await openScript(page, `${site}?view=script`);
  await verdicts(page, 'waiting').nth(5).click();
  await expect(page.locator('.cm-line.line-next')).toContainText('+.01 < . 1:1(0)');
  // A row of the trace shows its line.
  await page.getByText('bind(3, ..., ...)', { exact: true }).last().click();
  await expect(page.locator('.cm-line.line-looked')).toContainText('bind');
});

test('a file is opened, saved, and dropped', async ({ page, site }) => {
  await openScript(page, `${site}?view=script`);
  const text = '0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n+0 close(3) = 0\n';
  await page.locator('tcp-script input[type=file]').setInputFiles({ name: 'mine.pkt', mimeType: 'text/plain', buffer: Buffer.from(text) });
  await expect(page.getByRole('heading', { name: 'mine.pkt' })).toBeVisible();
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save file' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('mine.pkt');
  expect(await readFile(await saved.path(), 'utf8')).toBe(text);

  await page.locator('tcp-script').evaluate((script, content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], 'dropped.pkt', { type: 'text/plain' }));
    script.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, text);
  await expect(page.getByRole('heading', { name: 'dropped.pkt' })).toBeVisible();
});

test('a link carries the script; loading again keeps it', async ({ page, site, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openScript(page, `${site}?view=script`);
  await retype(page, /listen\(3, 1\)/, '+0 listen(3, 7) = 0');
  await page.keyboard.press('F10');
  await page.getByRole('button', { name: 'Share' }).click();
  await expect(page.getByText(/Link copied/)).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link.length).toBeLessThan(8000);

  const other = await context.newPage();
  await openScript(other, link);
  await expect(other.locator('.cm-content')).toContainText('listen(3, 7)');
  await expect(position(other)).toHaveAttribute('aria-valuetext', /^Event 1 of/);
  expect(new URL(other.url()).hash).toBe('');
  await other.reload();
  await expect(other.locator('.cm-content')).toContainText('listen(3, 7)');
  await openScript(other, `${site}?view=script#s=1.nonsense`);
  await expect(other.getByRole('alert')).toContainText('does not hold a script');
});

test('the profile can be another', async ({ page, site }) => {
  await openScript(page, `${site}?view=script&script=state-event/established/rst-in-window.pkt`);
  await page.getByRole('combobox', { name: 'profile' }).selectOption('rfc');
  await page.keyboard.press('F8');
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuetext', /^Event [1-9]/);
});

test('nothing of the rooms is fetched before one is entered', async ({ page, site }) => {
  const asked: string[] = [];
  page.on('request', (r) => asked.push(r.url()));
  await open(page, site);
  const late = (): string[] => asked.filter((url) => /script|conformance/.test(url.slice(site.length)));
  expect(late()).toEqual([]);
  await page.keyboard.press('2');
  await expect(page.locator('tcp-script').getByRole('button', { name: 'Step', exact: true })).toBeEnabled();
  expect(late().some((url) => url.endsWith('.wasm'))).toBe(true);
});

test('rooms have addresses, and the browser goes back through them', async ({ page, site }) => {
  await open(page, site);
  await page.getByRole('group', { name: 'Views' }).getByRole('button', { name: 'RFC 9293' }).click();
  await expect(page).toHaveURL(/view=conformance/);
  await page.getByRole('group', { name: 'Views' }).getByRole('button', { name: 'Scripts' }).click();
  await expect(page).toHaveURL(/view=script/);
  await page.goBack();
  await expect(page.locator('tcp-conformance')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('region', { name: 'Time' })).toBeVisible();
  // The playground's keys are its own again.
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', /^Step 1 of/);
});

test('a requirement is found, and its script opened and run', async ({ page, site }) => {
  await page.goto(`${site}?view=conformance`);
  const rows = page.locator('tcp-conformance tr.row');
  await expect(rows).toHaveCount(REQUIREMENTS);
  await page.getByRole('button', { name: /^MUST/ }).click();
  await page.getByRole('button', { name: /^met by the core/ }).click();
  const narrowed = await rows.count();
  expect(narrowed).toBeLessThan(REQUIREMENTS);
  await expect(page.getByRole('status').filter({ hasText: 'shown' })).toHaveText(`${narrowed} of ${REQUIREMENTS} shown`);
  await page.getByRole('button', { name: /^MUST/ }).click();
  await page.getByRole('searchbox').fill('nagle disable');
  await expect(rows).toHaveCount(1);
  await page.getByRole('searchbox').fill('no such requirement');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect(rows).toHaveCount(REQUIREMENTS);
  await page.locator('tr.row[data-id="SHLD-7"]').getByRole('button', { name: 'nagle.pkt' }).click();
  await expect(page.getByRole('heading', { name: 'requirements/nagle.pkt' })).toBeVisible();
  await button(page, 'Run').click();
  await expect(page.getByRole('heading', { name: /The script has passed/ })).toBeVisible();
});

test('the single file has the rooms too', async ({ page }) => {
  await page.goto(`${pathToFileURL(resolve(DIST, 'tcp-playground.html')).href}?view=script`);
  await expect(button(page, 'Run')).toBeEnabled();
  await page.keyboard.press(' ');
  await expect(page.getByRole('heading', { name: /The script has passed/ })).toBeVisible();
  await page.keyboard.press('3');
  await expect(page.locator('tcp-conformance tr.row').first()).toBeVisible();
});

const SIZES = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const [theme, lang] of [['light', 'zh-CN'], ['dark', 'en']] as const) {
  for (const [name, viewport] of Object.entries(SIZES)) {
    test(`axe finds nothing in the rooms: ${theme}, ${lang}, ${name}`, async ({ page, site }) => {
      test.setTimeout(180_000);
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await openScript(page, `${site}?view=script&lang=${lang}`);
      expect(await violations(page), 'at the beginning').toEqual([]);
      await retype(page, /> P\. 1:11\(10\) ack 1/, '+0 > P. 1:11(10) ack 2');
      await page.keyboard.press('F8');
      const tabs = page.getByRole('tab');
      for (let i = 0; i < Math.max(await tabs.count(), 1); i++) {
        if (await tabs.count()) await tabs.nth(i).click();
        expect(await violations(page), 'with a line that failed').toEqual([]);
      }
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, 'nothing to scroll sideways').toBeLessThanOrEqual(0);
      await page.goto(`${site}?view=conformance&lang=${lang}`);
      await expect(page.locator('tr.row').first()).toBeVisible();
      expect(await violations(page), 'requirements').toEqual([]);
    });
  }
}
