/** The scenarios of the network, each as somebody meets it in the page: packets, tables, the outcome of calls, and the reasons given. */
import { readFileSync } from 'node:fs';
import { expect, open, test, type Locator, type Page } from './support.js';

const figure = (page: Page) => page.getByRole('region', { name: 'The network' });
const why = (page: Page) => page.locator('tcp-why');
const log = (page: Page) => page.locator('tcp-log');
const packet = (page: Page, name: RegExp) => page.locator('tcp-sequence').getByRole('option', { name });
const row = (page: Page, table: string, text: RegExp): Locator => page.getByRole('table', { name: table, exact: true }).getByRole('row').filter({ hasText: text }).first();

async function choose(page: Page, id: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Scenario' }).selectOption(id);
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', /^Step 0 of/);
}

/** Runs to the first step that meets a condition, as the panel of breakpoints does it. */
async function until(page: Page, when: string): Promise<void> {
  await page.keyboard.press('e');
  const panel = page.getByRole('region', { name: 'Breakpoints and watches' });
  await panel.getByRole('textbox', { name: 'Condition' }).or(panel.getByRole('combobox', { name: 'Condition' })).fill(when);
  const slider = page.getByRole('slider', { name: 'Step' });
  const before = await slider.getAttribute('aria-valuetext');
  await panel.getByRole('button', { name: 'Run until' }).click();
  await expect(slider, when).not.toHaveAttribute('aria-valuetext', before ?? '');
  // A long way is told in the place of the position until it is gone.
  await expect(page.locator('tcp-time-bar .position'), when).toContainText(/step \S+ of|not met/, { timeout: 60_000 });
  await page.keyboard.press('o');
}

/** The reason stands in the page, in English and in Chinese. */
async function reason(page: Page, en: string | RegExp, zh: string | RegExp): Promise<void> {
  await expect(why(page)).toContainText(en);
  await page.keyboard.press('g');
  await expect(why(page)).toContainText(zh);
  await page.keyboard.press('g');
  await expect(why(page)).toContainText(en);
}

/** Another setting for a node, by the editor of the network; what comes of it is begun with. */
async function set(page: Page, nodes: readonly string[], line: string): Promise<void> {
  await page.keyboard.press('Shift+N');
  await figure(page).getByRole('button', { name: 'Edit', exact: true }).click();
  for (const name of nodes) {
    await figure(page).getByRole('button', { name: new RegExp(`^\\w+ ${name}\\. `) }).click();
    const settings = figure(page).getByRole('textbox', { name: 'Settings' });
    const key = line.split(' = ')[0] ?? '';
    const others = (await settings.inputValue()).split('\n').filter((l) => l !== '' && !l.startsWith(key));
    await settings.fill([...others, line].join('\n'));
    await page.keyboard.press('Tab');
  }
  await expect(figure(page).getByText('Nothing is wrong.')).toBeVisible();
  await figure(page).getByRole('button', { name: 'Begin with it' }).click();
  await expect(page.getByRole('slider', { name: 'Step' })).toHaveAttribute('aria-valuetext', /^Step 0 of 0/);
  await page.keyboard.press('Shift+N');
}

/** Looks at a node: its panel stands beside the diagram. */
async function look(page: Page, name: string): Promise<void> {
  await page.keyboard.press('Shift+N');
  await figure(page).getByRole('button', { name: new RegExp(`^\\w+ ${name}\\. `) }).click();
  await page.keyboard.press('Shift+N');
}

const packets = async (page: Page): Promise<number> => Number(/Packets, (\d[\d,]*) in all/.exec((await page.locator('tcp-sequence').getByRole('listbox').getAttribute('aria-label')) ?? '')?.[1]?.replaceAll(',', ''));

test('what is configured wrong has its consequence, and the page says which and why', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=wrong-mask`);
  await until(page, 'errno == "EHOSTUNREACH"');
  await reason(page, 'because this host\'s mask puts it into 192.168.0.0/16', '本机的掩码把 192.168.2.20 划入 192.168.0.0/16');
  await expect(row(page, 'Neighbours', /192\.168\.2\.20/)).toContainText('FAILED');
  await expect(packet(page, /ARP request.*from Wrong/).first()).toBeAttached();
  await expect(log(page)).toContainText(/192\.168\.2\.20}, 16\) = -1 EHOSTUNREACH/);
  await expect(log(page)).toContainText('6 octets came back');

  await choose(page, 'no-gateway');
  await until(page, 'errno == "ENETUNREACH"');
  await reason(page, 'it is on no link of this host, and there is no gateway', '也没有网关');
  await expect(packet(page, /./)).toHaveCount(0);
  await expect(row(page, 'Routes', /192\.168\.1\.0\/24/)).toContainText('on the link');

  await choose(page, 'gateway-outside');
  await until(page, 'errno == "ENETUNREACH"');
  await reason(page, 'Give the gateway an address inside the network, or the host another mask', '请把网关改为本网络内的地址，或修改掩码');
  await expect(row(page, 'Routes', /default/)).toContainText('the next hop is on no network of this machine');

  await choose(page, 'duplicate-address');
  await until(page, 'rule == "host.neigh.conflict"');
  await reason(page, 'says that it has 192.168.1.20, which is this host\'s own address', '声称拥有 192.168.1.20，而这是本机自己的地址');
  await expect(row(page, 'Interfaces', /192\.168\.1\.20/)).toContainText('also used by 02:00:00:00:00:03');
  await until(page, 'rule == "host.neigh.changed"');
  await reason(page, 'is no longer at 02:00:00:00:00:02 but at 02:00:00:00:00:03', '02:00:00:00:00:03');
  await until(page, 'errno == "ECONNRESET"');
  await expect(packet(page, /RST/).first()).toBeAttached();

  await choose(page, 'no-dns');
  await until(page, 'errno == "ECONNREFUSED"');
  await expect(packet(page, /ICMP.*unreachable/i).first()).toBeAttached();
  await expect(log(page)).toContainText('or the datagram with ICMP port unreachable');
  await until(page, 'errno == "EHOSTUNREACH"');
  await expect(row(page, 'Neighbours', /10\.0\.0\.99/)).toContainText('FAILED');
  await until(page, 'node == "Client" && call == "write"');
  await expect(log(page)).toContainText('www.example: Temporary failure i');
});

test('names, routers and paths: a look-up, a trace, an MTU that is learned, and one that nobody tells', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=dns-look-up`);
  await until(page, 'state == ESTABLISHED');
  await expect(log(page)).toContainText('www.example is 10.0.0.2');
  await expect(packet(page, /DNS.*from Client/).first()).toBeAttached();
  await expect(row(page, 'Neighbours', /10\.0\.0\.53/)).toContainText('REACHABLE');

  await choose(page, 'traceroute');
  await until(page, 'time >= 1 s');
  for (const hop of ['1  10.0.0.1 ', '2  10.0.1.2 ', '3  10.0.2.3 ', '4  10.0.3.80 ']) await expect(log(page)).toContainText(hop);

  await expect(packet(page, /ICMP.*unreachable/i).first()).toBeAttached();

  await choose(page, 'pmtu-discovery');
  await until(page, 'node == "Client" && call == "write" && time >= 40 ms');
  await expect(page.getByText('MTU 1400 on the way to').first()).toBeVisible();
  await expect(log(page)).toContainText('6000 octets');

  await choose(page, 'pmtu-black-hole');
  await until(page, 'rule == "RTO fired"');
  await reason(page, 'After a timeout the congestion window is 1', '超时');
  await until(page, 'time >= 8 s');
  await expect(log(page)).not.toContainText('6000 octets');
  await set(page, ['Server'], 'net.ipv4.tcp_mtu_probing = 1');
  await until(page, 'node == "Client" && call == "write" && time >= 100 ms');
  await expect(log(page)).toContainText('6000 octets');
});

test('translators: who is inside and who knocks; a forwarded port; two holes that meet, and two that do not', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=nat-client`);
  await until(page, 'time >= 50 ms');
  await reason(page, 'the checksum, covering it, is adjusted by the difference', '覆盖它的校验和按差值修正');
  await look(page, 'NAT');
  await expect(row(page, 'Translations', /192\.168\.1\.10:40000/)).toContainText('→ 203.0.113.7:40000');
  await expect(row(page, 'Translations', /192\.168\.1\.11:40000/)).not.toContainText('→ 203.0.113.7:40000');

  await choose(page, 'nat-server');
  await until(page, 'node == "NAT" && drop');
  await reason(page, 'No mapping for 203.0.113.7:80: nobody inside asked', '203.0.113.7:80 没有映射');
  await until(page, 'errno == "ETIMEDOUT"');
  await expect(log(page)).toContainText('= -1 ETIMEDOUT');

  await choose(page, 'nat-server-forwarded');
  await until(page, 'node == "Client" && call == "write" && time >= 50 ms');
  await expect(log(page)).toContainText('from 198.51.100.20 port 58180');
  await expect(log(page)).toContainText('512 octets');
  await look(page, 'NAT');
  await expect(row(page, 'Translations', /203\.0\.113\.7:80/)).toContainText('→ 192.168.1.10:80');

  await choose(page, 'hole-punching');
  await until(page, 'state == SYN_RECEIVED && time > 60 ms');
  await expect(why(page)).toContainText('SYN-SENT to SYN-RECEIVED');
  await until(page, 'time >= 200 ms');
  await expect(log(page)).toContainText('through the hole');
  await choose(page, 'hole-punching-symmetric');
  await until(page, 'node == "NAT A" && drop');
  await reason(page, 'nobody inside has sent anything there', '内部没有人向它发送过');
  await until(page, 'errno == "ETIMEDOUT"');
  await expect(log(page)).toContainText('= -1 ETIMEDOUT');
});

test('attacks that flood and that guess: what works, and what the same meets where it is defended against', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=attack-syn-flood`);
  await until(page, 'Server.TCPReqQFullDrop > 0');
  await reason(page, 'more than the backlog 5: it is full', '5');
  await expect(packet(page, /SYN.*from Attacker/).first()).toBeAttached();
  await set(page, ['Server'], 'net.ipv4.tcp_syncookies = 1');
  await until(page, 'Server.TCPReqQFullDoCookies > 0');
  await until(page, 'time >= 2 s');
  await log(page).getByRole('radio', { name: 'Client' }).click();
  await expect(log(page)).toContainText('"3 from');
  await log(page).getByRole('radio', { name: 'all hosts' }).click();

  await choose(page, 'attack-trust');
  await until(page, 'node == "Server" && call == "write"');
  await expect(log(page)).toContainText('64 on');
  await expect(log(page)).toContainText('10.0.0.3 is trusted, and says');
  await set(page, ['Server'], 'tcp.isn = rfc6528');
  await until(page, 'time >= 3 s');
  await expect(log(page)).toContainText(/Attacker.*exited with/);
  await expect(log(page)).not.toContainText('is trusted, and says');

  await choose(page, 'attack-blind-rst');
  await until(page, 'errno == "ECONNRESET"');
  await reason(page, /the RST with the number \d+ is believed/, /的 RST 被采信/);
  await set(page, ['Client'], 'tcp.rfc5961 = 1');
  await until(page, 'rule == "tcp.rst.challenged"');
  await reason(page, 'it is challenged with an ACK', 'ACK');
  await until(page, 'node == "Client" && call == "write"');
  await expect(log(page)).toContainText('1600 octets');
});

test('words that nobody said are put into a stream, and are not where RFC 5961 is held to', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=attack-blind-data`);
  await until(page, 'node == "Client" && call == "write"');
  await expect(log(page)).toContainText(/Client.*write\(1, "INJECTED/, { timeout: 60_000 });
  await set(page, ['Client'], 'tcp.rfc5961 = 1');
  await until(page, 'rule == "tcp.ack.too_old"');
  await expect(why(page)).toContainText('is older than any the peer can still send');
  await until(page, 'Client.TCPChallengeACK > 20');
  await expect(log(page)).not.toContainText(/Client.*write\(1, "INJECTED/);
});

test('attacks from within the path: who is believed to be the other reads along; two ends that disagree storm', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=attack-arp-spoof`);
  await until(page, 'rule == "host.neigh.changed"');
  await reason(page, 'nobody checks whether it is true', '02:00:00:00:00:66');
  await until(page, 'time >= 3 s');
  await expect(row(page, 'Neighbours', /10\.0\.0\.2\s*02:/)).toContainText('02:00:00:00:00:66');
  await expect(row(page, 'Neighbours', /10\.0\.0\.10\s*02:/)).toContainText('02:00:00:00:00:66');
  await until(page, 'time >= 4 s');
  await expect(log(page)).toContainText('10.0.0.10 says: PASS secret');

  await choose(page, 'attack-isn-probe');
  await until(page, 'time >= 3 s');
  await expect(log(page)).toContainText(/write\(1, "\d+, (64|192) on/);

  await choose(page, 'attack-hijack');
  await until(page, 'time >= 1.1 s');
  await expect(log(page)).toContainText('told: rm -rf');
  await expect(why(page)).toContainText(/acknowledges \d+, but only octets before \d+ were sent/);
  const storm = await packets(page);
  expect(storm).toBeGreaterThan(500);
  await set(page, ['Client', 'Server'], 'net.ipv4.tcp_invalid_ratelimit = 500');
  await until(page, 'time >= 1.1 s');
  await expect(log(page)).toContainText('told: rm -rf');
  expect(await packets(page)).toBeLessThan(storm / 5);
});

test('impairments: a wire each, the third segment, and what the form says of them', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=third-segment`);
  await until(page, 'retransmission');
  await expect(packet(page, /lost/).first()).toBeAttached();
  await reason(page, 'sent again', '重传');
  await until(page, 'node == "Client" && call == "close"');
  await expect(log(page)).toContainText('20000');

  await choose(page, 'impairments');
  await page.keyboard.press('Shift+N');
  for (const [link, field, value] of [['Delay', 'Delay, ms', '50'], ['Rate', 'Rate, Mbit/s', '0.128'], ['Loss', 'Loss, %', '20'], ['Bursts', 'Burst begins, %', '10'], ['Duplication', 'Twice, %', '20'],
    ['Corruption', 'A bit turned, %', '15'], ['Reordering', 'Goes ahead, %', '25'], ['MTU', 'MTU, octets', '576']] as const) {
    await figure(page).getByRole('button', { name: new RegExp(`^Link ${link},`) }).dispatchEvent('click');
    await expect(figure(page).getByRole('textbox', { name: `${field}, from Switch` })).toHaveValue(value);
  }
  await page.keyboard.press('Shift+N');
  await until(page, 'time >= 2.9 s');
  // What each receiver prints is what its wire did: some numbers twice, some missing.
  await log(page).getByRole('radio', { name: 'Duplication' }).click();
  await expect(log(page)).toContainText('write(1, "1 2 3 3 4 4 5 5 6 ');
  await log(page).getByRole('radio', { name: 'Loss' }).click();
  await expect(log(page)).toContainText(/write\(1, "(?!1 2 3 4 5 6 7 8 9 10 )/);
});

test('a capture is made at interfaces chosen by name, in either language', async ({ page, site }) => {
  test.slow();
  await open(page, `${site}?scenario=nat-client`);
  await until(page, 'time >= 200 ms');
  const save = async (name: RegExp): Promise<{ file: string; blocks: Capture }> => {
    const saving = page.waitForEvent('download');
    await page.getByRole('dialog').getByRole('button', { name }).click();
    const download = await saving;
    return { file: download.suggestedFilename(), blocks: readCapture(readFileSync(await download.path())) };
  };
  // By the keyboard alone: the inner side of the NAT, and nothing else.
  await page.keyboard.press('Shift+S');
  const dialog = page.getByRole('dialog', { name: /Save pcapng of interfaces/ });
  await expect(dialog.getByRole('checkbox')).toHaveCount(7);
  await dialog.getByRole('button', { name: 'None' }).press('Enter');
  await dialog.getByRole('button', { name: 'Save' }).press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText('Choose at least one interface.');
  await dialog.getByRole('checkbox', { name: 'NAT:eth0' }).press('Space');
  const inner = await save(/^Save$/);
  expect(inner.file).toBe('nat-client.NAT-eth0.pcapng');
  expect(inner.blocks.interfaces).toEqual(['NAT:eth0']);
  // What is inside has addresses of the inside only.
  expect(inner.blocks.addresses).toContain('192.168.1.10');
  expect(inner.blocks.addresses).not.toContain('203.0.113.7');
  await expect(dialog).toHaveCount(0);

  await page.keyboard.press('g');
  await page.keyboard.press('Shift+S');
  await page.getByRole('dialog').getByRole('button', { name: '全不选' }).click();
  await page.getByRole('dialog').getByRole('checkbox', { name: 'NAT:eth1' }).check();
  const outer = await save(/^保存$/);
  expect(outer.blocks.interfaces).toEqual(['NAT:eth1']);
  expect(outer.blocks.addresses).toContain('203.0.113.7');
  expect(outer.blocks.addresses).not.toContain('192.168.1.10');

  await page.keyboard.press('Shift+S');
  const all = await save(/^保存$/);
  expect(all.blocks.interfaces).toHaveLength(7);
  expect(all.blocks.interfaces).toContain('Server:eth0');
  expect(all.blocks.frames).toBeGreaterThan(inner.blocks.frames + outer.blocks.frames);
});

interface Capture {
  readonly interfaces: string[];
  readonly frames: number;
  /** Senders of IPv4. */
  readonly addresses: string[];
}

/** As much of a pcapng file as is asked for here: names of interfaces, frames, senders (draft-ietf-opsawg-pcapng §4). */
function readCapture(file: Buffer): Capture {
  const interfaces: string[] = [];
  const addresses = new Set<string>();
  let frames = 0;
  for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
    const type = file.readUInt32LE(at);
    const end = at + file.readUInt32LE(at + 4) - 4;
    if (type === 1) {
      // Options begin behind link type and snap length; 2 is the name.
      for (let o = at + 16; o + 4 <= end; o += 4 + Math.ceil(file.readUInt16LE(o + 2) / 4) * 4) if (file.readUInt16LE(o) === 2) interfaces.push(file.toString('utf8', o + 4, o + 4 + file.readUInt16LE(o + 2)));
    } else if (type === 6) {
      frames++;
      const frame = file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20));
      if (frame.readUInt16BE(12) === 0x0800) addresses.add([...frame.subarray(26, 30)].join('.'));
    }
  }
  return { interfaces, frames, addresses: [...addresses] };
}
