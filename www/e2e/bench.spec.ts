/** The workbench by hand: rules that stand, forty edits foretold, arrows dragged, options and data under the knife, packets from nothing, a fork that mends a loss. */
import { expect, open, test, type Locator, type Page } from './support.js';

const MANY = 120;

const packets = (page: Page, name: RegExp): Locator => page.getByRole('option', { name });
const request = /34 B.*from Client to Server, in flight/;
const lower = (page: Page, name: string): Locator => page.getByRole('tablist', { name: 'Panel below' }).getByRole('tab', { name });
const bench = (page: Page): Locator => page.getByRole('region', { name: /^Workbench of packet/ });

async function press(page: Page, key: string, until: Locator): Promise<void> {
  for (let i = 0; i < MANY && !(await until.count()); i++) await page.keyboard.press(key);
  await expect(until.first()).toBeAttached();
}

/** Walks by Tab until what has the focus is `wanted`. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let i = 0; i < MANY; i++) {
    if (await wanted.evaluate((e) => e.matches(':focus')).catch(() => false)) return;
    await page.keyboard.press('Tab');
  }
  await expect(wanted).toBeFocused();
}

test('a rule that eats every SYN-ACK, made by keyboard, and the half-open entry dying of it', async ({ page, site }) => {
  await open(page, site);
  await page.keyboard.press('u');
  const rules = page.getByRole('region', { name: 'Standing rules' });
  const example = rules.getByLabel('Begin with');
  await expect(example).toBeVisible();
  await tabTo(page, example);
  for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowDown');
  await expect(rules.getByRole('status')).toHaveText('Lose every SYN-ACK from Server.');
  // A rule that can never act says so before it is made.
  await tabTo(page, rules.getByLabel('bound for'));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(rules.getByRole('status')).toContainText('nobody sends frames to himself');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await tabTo(page, rules.getByRole('button', { name: 'Let it stand' }));
  await page.keyboard.press('Enter');
  const rule = rules.getByRole('listitem');
  await expect(rule).toContainText('Lose every SYN-ACK from Server.');
  await expect(rule).toContainText('has not acted');

  await page.keyboard.press('Escape');
  const server = page.getByRole('region', { name: 'Host Server' });
  const half = server.getByText('1/2', { exact: true });
  await lower(page, 'Rules').focus();
  await press(page, 'p', half);
  const entry = server.getByText(/^5\/5$/);
  await expect(entry).toBeVisible();
  for (let i = 0; i < MANY && (await half.count()); i++) await page.keyboard.press('p');
  await expect(half, 'its repeats are spent').toHaveCount(0);
  const acted = Number(/acted (\d+) times/.exec((await rule.textContent()) ?? '')?.[1]);
  expect(acted).toBeGreaterThan(5);
  // The list has what is in view.
  await expect(packets(page, /SYN-ACK.*from Server to Client, lost on the link, by a rule/).first()).toBeAttached();
  await lower(page, 'Packet').first().click();
  await press(page, 'ArrowUp', page.getByRole('button', { name: 'lost by rule 1' }));
});

test('forty edits by the form, each inside or outside what is legal: what is foretold is what happens', async ({ page, site }) => {
  test.setTimeout(240_000);
  await open(page, site);
  await press(page, 'ArrowRight', packets(page, request));
  await packets(page, request).first().click();
  await page.keyboard.press('h');
  await expect(page.getByText(/^held/).first()).toBeVisible();
  const mends = page.getByRole('group', { name: 'Mends' }).getByRole('checkbox');
  const input = page.getByRole('textbox', { name: /^Edit / });
  const wrong: string[] = [];
  const verdicts = new Set<string>();
  for (const [path, value, follows] of EDITS) {
    await unfold(page, path);
    for (let bit = 0; bit < 4; bit++) if (!(follows & (1 << bit))) await mends.nth(bit).click();
    const line = page.locator(`tcp-packet-tree [data-key="${path}"]`);
    await line.dblclick();
    if (await input.count()) {
      await input.fill(value);
      await input.press('Enter');
      await expect(input, `${path} = ${value} is taken`).toHaveCount(0);
    }
    await expect(page.getByText(/^\d+ fields? edited$/).first(), path).toBeVisible();
    const said = await page.evaluate(async () => {
      const { prediction } = (await document.querySelector('tcp-playground')?.whenStore()) ?? {};
      return { rules: JSON.stringify(prediction?.rules), outcome: prediction?.outcome ?? 'none' };
    });
    verdicts.add(said.outcome);
    // What the page says will decide is what it then says decided.
    const told = await page.locator('tcp-packet-verdict .said').innerText();
    await page.getByRole('button', { name: /^Deliver/ }).first().click();
    const decided = page.locator('tcp-why .decides p > span').first();
    const sentence = (await decided.count()) ? (await decided.innerText()).trim() : '';
    if (sentence === '' || !told.includes(sentence)) wrong.push(`${path} = ${value}: told “${told}”, decided “${sentence}”`);
    const was = await page.evaluate(async () => JSON.stringify((await document.querySelector('tcp-playground')?.whenStore())?.trace?.rules));
    if (was !== said.rules) wrong.push(`${path} = ${value}: foretold ${said.rules}, was ${was}`);
    // Taken back, the delivery and the edit: it is held again, as it was.
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await expect(page.getByText(/^held/).first()).toBeVisible();
    await expect(page.getByText(/^\d+ fields? edited$/)).toHaveCount(0);
  }
  expect(wrong).toEqual([]);
  expect(verdicts.size).toBeGreaterThan(2);
});

/** Opens the tree down to a field. */
async function unfold(page: Page, path: string): Promise<void> {
  const names = path.split('.');
  for (let n = 1; n < names.length; n++) {
    const line = page.locator(`tcp-packet-tree [data-key="${names.slice(0, n).join('.')}"][aria-expanded="false"]`);
    if (await line.count()) {
      await line.click();
      await page.keyboard.press('ArrowRight');
    }
  }
}

/** Field, value, and which lengths and checksums follow. */
const EDITS: [string, string, number][] = [
  ['eth.dst', '02:00:00:00:00:09', 15], ['eth.src', '02:00:00:00:00:07', 15], ['eth.type', '0x0806', 15], ['eth.type', '0x86dd', 15],
  ['ip.version', '6', 15], ['ip.hdr_len', '6', 15], ['ip.hdr_len', '4', 15], ['ip.dsfield.dscp', '46', 15], ['ip.dsfield.ecn', '3', 15],
  ['ip.len', '30', 12], ['ip.len', '9000', 12], ['ip.id', '0xffff', 15], ['ip.flags.df', '0', 15], ['ip.flags.mf', '1', 15],
  ['ip.frag_offset', '1', 15], ['ip.ttl', '1', 15], ['ip.ttl', '0', 15], ['ip.proto', '17', 15], ['ip.proto', '99', 15],
  ['ip.checksum', '0x0000', 15], ['ip.src', '10.0.0.77', 15], ['ip.dst', '10.0.0.99', 15], ['tcp.srcport', '1', 15], ['tcp.dstport', '81', 15],
  ['tcp.seq', '1', 15], ['tcp.seq', '4294967295', 15], ['tcp.ack', '0', 15], ['tcp.hdr_len', '4', 15], ['tcp.hdr_len', '15', 15],
  ['tcp.hdr_len', '7', 15], ['tcp.flags.syn', '1', 15], ['tcp.flags.fin', '1', 15], ['tcp.flags.reset', '1', 15], ['tcp.flags.ack', '0', 15],
  ['tcp.flags.urg', '1', 15], ['tcp.flags', '0x000', 15], ['tcp.window_size_value', '0', 15], ['tcp.checksum', '0xdead', 15],
  ['tcp.urgent_pointer', '65535', 15], ['tcp.payload', '', 15],
];

test('options added, moved and malformed, data rewritten, two pieces put in another order; all of it undone or delivered', async ({ page, site }) => {
  await open(page, site);
  await press(page, 'ArrowRight', packets(page, request));
  await packets(page, request).first().click();
  await page.keyboard.press('w');
  const options = bench(page).getByRole('textbox', { name: /^Octets of option/ });
  await expect(options).toHaveCount(3);
  await bench(page).getByLabel('Add an option').selectOption('0800');
  await bench(page).getByRole('button', { name: 'Add', exact: true }).click();
  await expect(options).toHaveCount(4);
  await expect(options.last()).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(options.nth(2)).toBeFocused();
  await expect(options.nth(2)).toHaveValue('0800');
  await expect(options.nth(2), 'a length of 0 leads nowhere').toHaveAttribute('aria-invalid', 'true');
  await page.keyboard.press('Escape');
  await bench(page).getByRole('button', { name: 'Undo' }).click();
  await bench(page).getByRole('button', { name: 'Undo' }).click();
  await expect(options).toHaveCount(3);
  await bench(page).getByRole('button', { name: 'Redo' }).click();
  await expect(options).toHaveCount(4);
  await bench(page).getByRole('button', { name: 'Undo' }).click();

  const data = bench(page).getByRole('textbox', { name: /^Data of the segment/ });
  await data.fill('GET /elsewhere HTTP/1.0\n\n');
  await data.blur();
  await expect(bench(page).getByText('27 B', { exact: true }), 'line feeds are CRLF again').toBeVisible();
  const ahead = bench(page).getByRole('spinbutton', { name: 'steps ahead' });
  await ahead.fill('5');
  await expect(bench(page).getByText(/^Server runs accept/)).toBeVisible();
  await expect(bench(page).getByText('RCV.NXT').first()).toBeVisible();
  const split = bench(page).getByLabel('Split after octet');
  await split.fill('4');
  await split.press('Enter');
  const order = bench(page).getByRole('button', { name: /^Packet \d+, .* to Server, / });
  const rows = (): Promise<string[]> => order.evaluateAll((all) => all.map((e) => e.getAttribute('aria-label')?.replace(/, (to .*|held)$/, '') ?? ''));
  await expect(bench(page).getByText(/^Merge with packet/)).toBeVisible();
  const before = await rows();
  const first = order.filter({ hasText: ' 4 B' }).first();
  await first.focus();
  await page.keyboard.press('Alt+ArrowDown');
  await expect.poll(rows).not.toEqual(before);
  expect([...(await rows())].sort()).toEqual([...before].sort());
});

test('pieces cut and joined, cut off, sent twice; an option taken out, data in hex', async ({ page, site }) => {
  await open(page, site);
  await press(page, 'ArrowRight', packets(page, request));
  await packets(page, request).first().click();
  await page.keyboard.press('w');
  const of = (octets: number): Locator => packets(page, new RegExp(` ${octets} B.*from Client to Server, (in flight|held)`));
  const split = bench(page).getByLabel('Split after octet');
  await split.fill('4');
  await split.press('Enter');
  await expect(of(30)).toHaveCount(1);
  await expect(of(4), 'the arrow of the first piece tells its own length').toHaveCount(1);
  await expect(bench(page).getByText('4 B', { exact: true })).toBeVisible();
  await bench(page).getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(of(30)).toHaveCount(0);
  await expect(bench(page).getByText('34 B', { exact: true })).toBeVisible();
  await bench(page).getByRole('button', { name: 'Remove option 3', exact: true }).click();
  await expect(bench(page).getByRole('textbox', { name: /^Octets of option \d+, TS/ })).toHaveCount(0);
  await bench(page).getByRole('radio', { name: 'hex' }).click();
  const data = bench(page).getByRole('textbox', { name: 'Data of the segment as hex' });
  await data.fill('4z');
  await data.blur();
  await expect(bench(page).getByRole('alert')).toContainText('two hex digits');
  await data.fill('41 42 43');
  await data.blur();
  await expect(bench(page).getByText('3 B', { exact: true })).toBeVisible();
  const cut = bench(page).getByLabel('Cut after octet');
  await cut.fill('40');
  await cut.press('Enter');
  await expect(page.getByText(/^Will be (dropped|refused)/).first(), 'half a header').toBeAttached();
  const flying = packets(page, /from Client to Server, (in flight|held)/);
  const before = await flying.count();
  const again = bench(page).getByLabel('Copies behind it');
  await again.fill('2');
  await again.press('Enter');
  await expect(flying).toHaveCount(before + 2);
});

/** Where a packet's arrow can be taken hold of, a part of its way along. */
const grip = (page: Page, frame: string, part: number): Promise<{ x: number; y: number }> => page.locator(`tcp-sequence #packet-${frame} .hit`).evaluate((hit, along) => {
  const path = hit as SVGPathElement;
  const point = path.getPointAtLength(path.getTotalLength() * along).matrixTransform(path.getScreenCTM() ?? undefined);
  return { x: point.x, y: point.y };
}, part);

test('an arrow dragged onto another takes its place in the order of arrival', async ({ page, site }) => {
  await open(page, `${site}?scenario=lost-data`);
  const flying = packets(page, /\d B.*from Client to Server, in flight/);
  for (let i = 0; i < MANY && (await flying.count()) < 3; i++) await page.keyboard.press('ArrowRight');
  const ids = await flying.evaluateAll((all) => all.map((e) => e.getAttribute('data-frame') ?? ''));
  const ends = (): Promise<number[]> => page.evaluate(async (frames) => {
    const store = await document.querySelector('tcp-playground')?.whenStore();
    return frames.map((f) => store?.frames.ends(Number(f)) ?? 0);
  }, ids);
  const before = await ends();
  expect([...before].sort((a, b) => a - b)).toEqual(before);
  const [first = '', , last = ''] = ids;
  const [from, to] = [await grip(page, last, 0.2), await grip(page, first, 0.2)];
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  await expect(page.locator(`tcp-sequence #packet-${first}`)).toHaveClass(/over/);
  await page.mouse.up();
  // The last comes first, the others behind it; what arrives when stays as it was.
  await expect.poll(ends).toEqual([before[1], before[2], before[0]]);
  await expect(page.locator(`tcp-sequence #packet-${last}`)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('ControlOrMeta+z');
  await expect.poll(ends).toEqual(before);
});

test('a packet from nothing: from anywhere, foretold while it is built, and injected', async ({ page, site }) => {
  await open(page, site);
  await press(page, 'p', page.getByRole('region', { name: 'Host Server' }).getByText(/backlog 2/));
  await page.keyboard.press('q');
  const dialog = page.getByRole('dialog', { name: 'Build a packet' });
  await expect(dialog.getByText(/Server will answer SYN.ACK/)).toBeVisible();
  const source = dialog.getByLabel('Source address', { exact: true });
  await source.fill('10.0.0.300');
  await source.blur();
  await expect(dialog.getByRole('alert')).toContainText('four numbers from 0 to 255');
  await source.fill('10.0.0.77');
  await source.blur();
  await expect(dialog.getByRole('alert')).toHaveCount(0);
  await expect(dialog.getByText(/^10\.0\.0\.77:\d+ → 10\.0\.0\.2:80, SYN/)).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'SYN' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'FIN' }).check();
  await dialog.getByRole('textbox', { name: 'Data' }).fill('hello');
  await dialog.getByRole('textbox', { name: 'Data' }).blur();
  await dialog.getByRole('checkbox', { name: 'hold it where it begins' }).check();
  await dialog.getByRole('button', { name: 'Inject' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(packets(page, /FIN.* 5 B.*, held/)).toHaveCount(1);
});

test('a lost FIN restored in a fork', async ({ page, site }) => {
  await open(page, site);
  const fin = packets(page, /FIN.*in flight/);
  await press(page, 'ArrowRight', fin);
  const id = /^Packet (\d+)/.exec((await fin.first().getAttribute('aria-label')) ?? (await fin.first().textContent()) ?? '')?.[1] ?? '';
  const same = (fate: string): Locator => packets(page, new RegExp(`^Packet ${id}, .*${fate}`));
  await fin.first().click();
  await page.keyboard.press('x');
  await expect(same('dropped by you')).toHaveCount(1);
  await press(page, 'p', packets(page, /FIN.*again/));
  // Back to where it was on its way: another future, in which it arrives.
  await same('dropped by you').click();
  await page.keyboard.press('h');
  await expect(same('held')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(same('delivered')).toHaveCount(1);
  for (let i = 0; i < 12; i++) await page.keyboard.press('p');
  await expect(packets(page, /FIN.*again/), 'nothing has to be repeated').toHaveCount(0);
});
