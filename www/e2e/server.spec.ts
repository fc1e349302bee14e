/** A server by hand, and what can be watched of one: console, form of calls, log, pipeline, breakpoints, a changed program. */
import { expect, open, test, type Locator, type Page } from './support.js';

const MANY = 80;

const host = (page: Page, name: string): Locator => page.getByRole('region', { name: `Host ${name}` });
const step = (page: Page): Promise<void> => page.getByRole('button', { name: 'Step', exact: true }).click();
const position = async (page: Page): Promise<number> => Number(/^Step (\d+)/.exec((await page.getByRole('slider', { name: 'Step' }).getAttribute('aria-valuetext')) ?? '')?.[1]);
const tab = (page: Page, name: string | RegExp): Locator => page.getByRole('tablist', { name: 'Panel below' }).getByRole('tab', { name });

/** The console's line, on a host. */
async function consoleOf(page: Page, name: string): Promise<Locator> {
  await tab(page, 'Console').click();
  const console = page.getByRole('region', { name: /^Console of/ });
  await console.getByRole('radio', { name }).click();
  await expect(page.getByRole('region', { name: `Console of ${name}` })).toBeVisible();
  return console.getByRole('combobox');
}

/** Types a line, and waits for what is said. */
async function say(page: Page, line: Locator, text: string, answer: string | RegExp): Promise<void> {
  await line.fill(text);
  await line.press('Enter');
  await expect(page.getByRole('log').getByText(answer).last()).toBeVisible();
}

async function stepUntil(page: Page, seen: Locator): Promise<void> {
  for (let i = 0; i < MANY && !(await seen.count()); i++) await step(page);
  await expect(seen.first()).toBeVisible();
}

test('a server from the console, its client by the form: accept waits, and returns when the client comes', async ({ page, site }) => {
  await open(page, `${site}?scenario=closed-port`);
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowRight');
  const line = await consoleOf(page, 'Server');
  await say(page, line, 'socket()', 'socket(AF_INET, SOCK_STREAM, 0) = 3');
  await say(page, line, 'bind(3, "0.0.0.0", 8080)', /^bind\(3, .*8080.* = 0$/);
  await say(page, line, 'listen(3, 2)', 'listen(3, 2) = 0');
  await say(page, line, 'accept(3)', /accept\(3.*unfinished/);
  await expect(host(page, 'Server').getByText(':8080, backlog 2')).toBeVisible();

  await tab(page, 'Console').focus();
  await page.keyboard.press('b');
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Host').selectOption({ label: 'Client 10.0.0.1' });
  await dialog.getByLabel(/^Call/).selectOption('socket');
  await dialog.getByRole('button', { name: 'Make the call' }).click();
  await expect(dialog.getByText('socket(AF_INET, SOCK_STREAM, 0) = 3')).toBeVisible();
  await expect(dialog.getByLabel(/^Call/).getByRole('option', { name: 'accept', exact: true }), 'nothing to accept from').toHaveCount(0);
  await dialog.getByLabel(/^Call/).selectOption('connect');
  await dialog.getByLabel(/^port/).fill('8080');
  await dialog.getByRole('button', { name: 'Make the call' }).click();
  await expect(dialog.getByText(/connect\(3, .*8080/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);

  const back = page.getByRole('log').getByText(/accept resumed.*= 4/);
  await stepUntil(page, back);
  await page.getByRole('button', { name: 'Back', exact: true }).click();
  await expect(back, 'what is said belongs to the step').toHaveCount(0);
});

test('what is wrong is said: the column of a line, and who holds a port', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  for (let i = 0; i < 14; i++) await page.keyboard.press('ArrowRight');
  const line = await consoleOf(page, 'Server');
  await say(page, line, 'listen(3)', /Column 9/);
  await say(page, line, 'socket()', 'socket(AF_INET, SOCK_STREAM, 0) = 3');
  await say(page, line, 'bind(3, "0.0.0.0", 80)', /^Port 80 is taken: .* holds it/);
  await say(page, line, 'ss -ltn', /Local Address:Port/);
  await expect(page.getByRole('alert'), 'the page has no word of its own').toHaveCount(0);
});

test('a line is completed by keyboard alone, and lines before come back', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('`');
  const line = page.getByRole('combobox', { name: 'Type a call or a question' });
  await expect(line).toBeFocused();
  await page.keyboard.type('soc');
  await expect(page.getByRole('option', { name: /^socket\(/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(line).toHaveValue('socket(');
  await page.keyboard.press('Escape');
  await page.keyboard.type(')');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log').getByText('= 3')).toBeVisible();
  await page.keyboard.type('bind(');
  await expect(page.getByRole('option', { name: /^3,/ })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(line).toHaveValue('bind(3, ');
  await line.fill('');
  await page.keyboard.press('ArrowUp');
  await expect(line).toHaveValue('socket()');
  await page.keyboard.press('ArrowDown');
  await expect(line).toHaveValue('');
  const at = await position(page);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  expect(await position(page), 'the keys are the page\'s again').toBe(at + 1);
});

test('a line of the log goes to its step; what lies ahead stays in sight', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('o');
  const log = page.getByRole('region', { name: 'Log of calls' });
  const bind = log.getByRole('button', { name: /bind\(/ });
  const at = Number(/Step (\d+)/.exec((await bind.getAttribute('aria-label')) ?? '')?.[1]);
  const lines = await log.getByRole('listitem').count();
  await bind.click();
  expect(await position(page)).toBe(at);
  await expect(log.locator('[aria-current=step]')).toHaveCount(1);
  expect(await log.getByRole('listitem').count()).toBe(lines);
});

test('the pipeline shows where a final ACK is dropped, and what counted it', async ({ page, site }) => {
  await open(page, `${site}?scenario=backlog-overflow`);
  await page.keyboard.press('i');
  const queue = page.getByRole('region', { name: 'What a segment meets at Server' }).getByRole('listitem').last();
  await stepUntil(page, queue.getByText('dropped', { exact: true }));
  await expect(queue.getByText(/The accept queue holds 3/)).toBeVisible();
  await expect(queue.getByText(/ListenOverflows\s*0 → 1/)).toBeVisible();
});

test('a run stops at a breakpoint, and goes on from there', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  const server = host(page, 'Server');
  const line = server.getByRole('listitem').filter({ hasText: 'listen(' });
  await line.getByRole('button', { name: /^Breakpoint/ }).click();
  await expect(line.getByRole('button', { name: /^Breakpoint/ })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await expect(server.getByRole('button', { name: /^Breakpoint/, pressed: true }), 'walking sets none').toHaveCount(1);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption({ index: 5 });
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible();
  await expect(line).toHaveAttribute('aria-current', 'step');
  const at = await position(page);
  await line.getByRole('button', { name: /^Breakpoint/ }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect.poll(() => position(page)).toBeGreaterThan(at);
});

test('a program is changed: a mistake is told with its place, and the scenario begins again', async ({ page, site }) => {
  await open(page, `${site}?scenario=accept-flow`);
  for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowRight');
  const server = host(page, 'Server');
  await server.getByRole('button', { name: 'Edit server.c…' }).click();
  const editor = page.getByRole('textbox', { name: 'Text of server.c' });
  await expect(editor).toBeFocused();
  await page.keyboard.type('lisen(3);');
  await expect(page.getByRole('dialog').getByText(/server\.c, line 1, column 1: .*lisen/)).toBeVisible();
  for (let i = 0; i < 9; i++) await page.keyboard.press('Backspace');
  await page.keyboard.type('int mine = 7; ');
  await expect(page.getByRole('dialog').getByText('No mistake found.')).toBeVisible();
  await page.getByRole('button', { name: 'Begin again with it' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await position(page)).toBe(0);
  await expect(server.getByText(/int mine = 7/)).toBeVisible();
  await server.getByRole('button', { name: 'Variables of server.c' }).click();
  await expect(server.getByRole('row', { name: /^mine/ })).toBeVisible();
});
