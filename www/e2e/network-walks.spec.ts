/** The rest of the network's scenarios, each as somebody meets it in the page: names on arrows, tables, what programs print. */
import { expect, open, test, type Locator, type Page } from './support.js';

const figure = (page: Page) => page.getByRole('region', { name: 'The network' });
const log = (page: Page) => page.locator('tcp-log');
const packet = (page: Page, name: RegExp) => page.locator('tcp-sequence').getByRole('option', { name });
const host = (page: Page, name: string): Locator => page.getByRole('region', { name: `Host ${name}` });
const slider = (page: Page) => page.getByRole('slider', { name: 'Step' });

async function choose(page: Page, id: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption(id);
  await expect(slider(page)).toHaveAttribute('aria-valuetext', /^Step 0 of/);
}

/** Runs to the first step that meets a condition, as the panel of breakpoints does it; the log stands below then. */
async function until(page: Page, when: string): Promise<void> {
  await page.keyboard.press('e');
  const panel = page.getByRole('region', { name: 'Breakpoints and watches' });
  await panel.getByRole('combobox', { name: 'Condition' }).fill(when);
  const before = await slider(page).getAttribute('aria-valuetext');
  await panel.getByRole('button', { name: 'Run until' }).click();
  await expect(slider(page), when).not.toHaveAttribute('aria-valuetext', before ?? '');
  await expect(page.locator('tcp-time-bar .position'), when).toContainText(/step \S+ of|not met/, { timeout: 60_000 });
  await page.keyboard.press('o');
}

/** What a node's program has printed. */
async function prints(page: Page, node: string, text: string | RegExp): Promise<void> {
  await log(page).getByRole('radio', { name: node, exact: true }).click();
  await expect(log(page)).toContainText(text);
}

test('echoes over three routers; neighbours asked for through a switch and a hub; simultaneous open; a backlog as it once was', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=ping`);
  await until(page, 'step >= 16');
  await expect(packet(page, /ARP/).first()).toBeAttached();
  await until(page, 'node == "Server"');
  await expect(packet(page, /from R3 to Server/).first()).toBeAttached();
  await until(page, 'time >= 5 s');
  await prints(page, 'Client', 'write(1, "4 packets transmitted, 4 receive');

  await choose(page, 'lan-arp');
  await until(page, 'step >= 14');
  await expect(packet(page, /ARP.*to Bystander, /), 'who has it is asked of all').toHaveCount(1);
  await expect(packet(page, /A SYN.*from Client/).first()).toBeAttached();
  await until(page, 'node == "Server" && call == "write"');
  await expect(packet(page, /6 B.*to Server, /).first()).toBeAttached();
  await expect(packet(page, /6 B.*to Bystander, /), 'what the switch has learned it sends nobody else').toHaveCount(0);
  await until(page, 'node == "Client" && call == "close"');
  await prints(page, 'Client', 'write(1, "6 octets came back');

  await choose(page, 'lan-hub');
  await until(page, 'node == "Client" && call == "close"');
  await expect(packet(page, /6 B.*to Bystander, /).first(), 'a hub sends all to all').toBeAttached();
  await prints(page, 'Client', 'write(1, "6 octets came back');

  await choose(page, 'simultaneous-open');
  await until(page, 'Left.state == "SYN-RECEIVED"');
  await expect(packet(page, /SYN seq.*from Left to Right/).first()).toBeAttached();
  await expect(packet(page, /SYN seq.*from Right to Left/).first()).toBeAttached();
  await until(page, 'node == "Left" && call == "write"');
  await prints(page, 'Left', 'connect resumed>');

  await choose(page, 'backlog-bsd43');
  await until(page, 'rule == "SYN queue full" || drop');
  await expect(host(page, 'Server').getByText('2/2', { exact: true }), 'two half open and two waiting are the four places of both').toHaveCount(2);
  await expect(packet(page, /E SYN.*dropped|E SYN.*refused/).first(), 'the fifth meets it').toBeAttached();
});

test('IPv6 asks the group that an address names; an answer too long for UDP; the same loss on UDP and on TCP', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=lan-nd`);
  await until(page, 'step >= 12');
  await expect(packet(page, /ICMPv6/).first()).toBeAttached();
  await until(page, 'time >= 2.6 s');
  await prints(page, 'Server', '2001:db8:1::10 comes');
  await expect(log(page), 'a client of IPv4, to a socket of IPv6').toContainText('::ffff:192.168.1.10 comes');

  await choose(page, 'dns-over-tcp');
  await until(page, 'step >= 26');
  await expect(packet(page, /DNS/).first(), 'asked over UDP').toBeAttached();
  await until(page, 'Client.state == "ESTABLISHED"');
  await expect(packet(page, /A SYN.*to Names/).first(), 'and again over TCP').toBeAttached();
  await until(page, 'node == "Client" && call == "close" && time >= 3 ms');
  await prints(page, 'Client', 'Hello from a very small server');

  await choose(page, 'udp-beside-tcp');
  await until(page, 'time >= 10 s');
  await log(page).getByRole('radio', { name: 'Server', exact: true }).click();
  const written = await log(page).getByText(/write\(1, "/).allTextContents();
  expect(written.some((t) => t.includes('"1 2 3 4 5 6 7 8 9 10 11 12 13 14')), 'over TCP nothing is missing').toBe(true);
  expect(written.some((t) => t.includes('"3 4 5 6 7 8 9 10 11 12 14 16 17')), 'over UDP what was lost is').toBe(true);
});

test('jitter that overtakes and jitter that does not; a wire that is taken down and put up; three queues', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=impairments`);
  await until(page, 'time >= 2.9 s');
  await prints(page, 'Jitter', 'write(1, "1 2 3 4 5 6 8 7 9 10 11 12 14 13');
  await prints(page, 'In order', 'write(1, "1 2 3 4 5 6 7 8 9 10 11 12 13 14');
  await prints(page, 'Reordering', 'write(1, "2 1 3 4 5 6 7 8');
  await prints(page, 'Up and down', 'write(1, "1 2 3 4 5 6 7 8 9 10 11 12 13 25');
  await page.keyboard.press('Shift+N');
  for (const [link, value, kept] of [['Jitter', '15', false], ['In order', '15', true]] as const) {
    await figure(page).getByRole('button', { name: new RegExp(`^Link ${link},`) }).dispatchEvent('click');
    await expect(figure(page).getByRole('textbox', { name: 'Jitter, ± ms, from Switch' })).toHaveValue(value);
    await expect(figure(page).getByRole('checkbox', { name: 'Jitter keeps the order, from Switch' })).toBeChecked({ checked: kept });
  }
  // Down by hand, and up again by undo: the wire says so.
  await figure(page).getByRole('button', { name: /^Link Delay,/ }).dispatchEvent('click');
  const up = figure(page).getByRole('checkbox', { name: 'Up, from Switch' });
  await expect(up).toBeChecked();
  await up.click();
  await figure(page).getByRole('button', { name: 'Set', exact: true }).click();
  await expect(up).not.toBeChecked();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Shift+N');

  await choose(page, 'impairments-queues');
  await until(page, 'time >= 8 s');
  await prints(page, 'Sender', 'write(1, "300000 octets');
  await page.keyboard.press('Shift+N');
  await figure(page).getByRole('button', { name: /^Link CoDel,/ }).dispatchEvent('click');
  await expect(figure(page).getByRole('combobox', { name: /from Router/ }).last()).toHaveValue('codel.ecn');
  await figure(page).getByRole('button', { name: /^Link RED,/ }).dispatchEvent('click');
  await expect(figure(page).getByRole('combobox', { name: /from Router/ }).last()).toHaveValue('red.ecn');
  await page.keyboard.press('Shift+N');
});
