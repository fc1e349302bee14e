/** The network's pictures and forms: fifty nodes without a collision, and nothing that axe finds. */
import AxeBuilder from '@axe-core/playwright';
import { expect, open, test, type Page } from './support.js';

const figure = (page: Page) => page.locator('tcp-topology').getByRole('region').first();

/** A core of five routers, a switch at each, eight hosts at each switch. */
function fifty(): string {
  const sites = [1, 2, 3, 4, 5];
  const hosts = [1, 2, 3, 4, 5, 6, 7, 8];
  const nodes = sites.flatMap((s) => [
    { name: `Router ${s}`, kind: 'router', interfaces: [
      { name: 'lan', addresses: [`10.0.${s}.1/24`] },
      ...(s === 1 ? sites.slice(1).map((k) => ({ name: `to${k}`, addresses: [`10.1.${k}.1/24`] })) : [{ name: 'up', addresses: [`10.1.${s}.2/24`] }]),
    ], ...(s === 1 ? { routes: sites.slice(1).map((k) => ({ to: `10.0.${k}.0/24`, via: `10.1.${k}.2` })) } : { gateway: `10.1.${s}.1` }) },
    { name: `Switch ${s}`, kind: 'switch' },
    ...hosts.map((h) => ({
      name: s === 5 && h === 8 ? 'Server' : `Host ${s}-${h}`, ...(s === 5 && h === 8 ? { role: 'server' } : {}), gateway: `10.0.${s}.1`, interfaces: [{ name: 'eth0', addresses: [`10.0.${s}.${10 + h}/24`] }],
      programs: s === 5 && h === 8 ? [{ program: 'echo.c' }] : h === 1 && s < 5 ? [{ file: 'call.c', start_us: 1000, source: [
        'int s; char b[64]; struct sockaddr_in to = {AF_INET, htons(7), {inet_addr("10.0.5.18")}};', 's = socket(AF_INET, SOCK_STREAM, 0);', 'connect(s, &to, sizeof to);', 'write(s, "hello", 5);', 'read(s, b, 64);', 'close(s);'] }] : [],
    })),
  ]);
  const links = sites.flatMap((s) => [
    ...(s > 1 ? [{ name: `core ${s}`, ends: [{ node: 'Router 1', interface: `to${s}` }, { node: `Router ${s}`, interface: 'up' }], delay_us: 5000 }] : []),
    { name: `site ${s}`, ends: [{ node: `Router ${s}`, interface: 'lan' }, { node: `Switch ${s}` }], delay_us: 50 },
    ...hosts.map((h) => ({ name: `cable ${s}-${h}`, ends: [{ node: s === 5 && h === 8 ? 'Server' : `Host ${s}-${h}` }, { node: `Switch ${s}` }], delay_us: 50 })),
  ]);
  return JSON.stringify({ version: 2, id: 'fifty', title: { en: 'Fifty nodes', zh: '五十个节点' }, summary: { en: 'Five sites of eight hosts.', zh: '五个站点，各八台主机。' }, profile: 'linux', seed: 1, nodes, links });
}

/** Boxes of what is drawn of each node, its name and addresses too: which overlap? */
async function collisions(page: Page): Promise<string[]> {
  return figure(page).locator('g.node').evaluateAll((all) => {
    const boxes = all.flatMap((g) => [...g.querySelectorAll('text')].map((t) => ({ of: g.getAttribute('data-node'), what: t.textContent ?? '', box: t.getBoundingClientRect() }))
      .concat([{ of: g.getAttribute('data-node'), what: 'sign', box: (g.querySelector('g') as SVGGElement).getBoundingClientRect() }]));
    const hit = (a: DOMRect, b: DOMRect): boolean => a.left < b.right - 2 && b.left < a.right - 2 && a.top < b.bottom - 2 && b.top < a.bottom - 2;
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => a.of !== b.of && hit(a.box, b.box)).map((b) => `${a.of} ${a.what} | ${b.of} ${b.what}`));
  });
}

test('fifty nodes are drawn, each with its name, none upon another; frames cross between them', async ({ page, site }) => {
  test.slow();
  await open(page, site);
  await page.keyboard.press('ControlOrMeta+o');
  await page.locator('tcp-dialogs input[type=file]').setInputFiles({ name: 'fifty.json', mimeType: 'application/json', buffer: Buffer.from(fifty()) });
  await page.getByRole('dialog').getByRole('button', { name: 'Open' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Shift+N');
  await expect(figure(page).getByText('50 nodes, 49 links')).toBeVisible();
  await expect(figure(page).locator('g.node')).toHaveCount(50);
  if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/fifty.png` });
  expect(await collisions(page)).toEqual([]);
  for (let i = 0; i < 4; i++) await page.keyboard.press('p');
  await expect(figure(page).getByRole('listitem', { name: /ARP request/ }).first()).toBeAttached();
  // Every node can be come to by the keyboard, and looked at.
  await figure(page).getByRole('button', { name: /^Router Router 1\. / }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('table', { name: 'Routes' }).first().getByRole('row')).toHaveCount(10);
});

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze();
  return found.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}: ${n.failureSummary ?? v.help}`));
}

for (const [theme, lang, viewport] of [['light', 'en', { width: 1440, height: 900 }], ['dark', 'zh-CN', { width: 390, height: 844 }]] as const) {
  test(`axe, the network: ${theme}, ${lang}, ${viewport.width} wide`, async ({ page, site }) => {
    test.setTimeout(240_000);
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme: theme });
    await open(page, `${site}?scenario=nat-client`);
    if (lang === 'zh-CN') await page.keyboard.press('g');
    for (let i = 0; i < 10; i++) await page.keyboard.press('p');
    const shot = async (name: string): Promise<void> => {
      if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${name}-${viewport.width}.png` });
    };
    await shot('lifelines');
    expect(await violations(page), 'many lifelines').toEqual([]);
    await page.keyboard.press('Shift+N');
    await figure(page).getByRole('button', { name: /^NAT NAT/ }).click();
    await shot('node');
    expect(await violations(page), 'a node, its tables').toEqual([]);
    await figure(page).locator('[data-link="1"]').dispatchEvent('click');
    const form = figure(page).getByRole('form');
    await form.getByRole('combobox').first().selectOption('dsl');
    await form.getByRole('textbox').nth(4).fill('x');
    await expect(form.getByRole('alert')).toBeVisible();
    await shot('link');
    expect(await violations(page), 'a link, what it does').toEqual([]);
    await figure(page).getByRole('button', { name: /^(Edit|编辑)$/ }).click();
    await page.locator('tcp-topology').locator('[data-node="2"]').dispatchEvent('click');
    await expect(page.locator('tcp-topology-form form')).toBeVisible();
    await shot('edit');
    expect(await violations(page), 'a node under edit').toEqual([]);
    await page.locator('tcp-topology').locator('[data-link="1"]').dispatchEvent('click');
    await expect(page.locator('tcp-impair-matrix')).toBeVisible();
    await shot('edit-link');
    expect(await violations(page), 'a link under edit').toEqual([]);
    await page.keyboard.press('Shift+S');
    await expect(page.getByRole('dialog').getByRole('checkbox').first()).toBeVisible();
    await shot('capture');
    expect(await violations(page), 'where to capture').toEqual([]);
  });
}
