/** The accept flow to the number, as the page shows it: what each client believes, what the queues hold, what is counted, and when it ends. */
import { expect, open, test, type Locator, type Page } from './support.js';

// Hundreds of steps: to picture each for a trace takes longer than all of them.
test.use({ trace: 'off' });

/** Presses of a key, or halvings, after which something is wrong. */
const MANY = 400;

const host = (page: Page, name: string): Locator => page.getByRole('region', { name: `Host ${name}`, exact: true });
const slider = (page: Page): Locator => page.getByRole('slider', { name: 'Step' });

/** Step, steps known, and the clock there in seconds. */
interface Place { readonly step: number; readonly steps: number; readonly time: number }

async function place(page: Page): Promise<Place> {
  const text = (await slider(page).getAttribute('aria-valuetext')) ?? '';
  const [, step, steps, time] = /^Step (\d+) of (\d+), (.+) s$/.exec(text) ?? [];
  return { step: Number(step), steps: Number(steps), time: Number((time ?? '').replace(/[^\d.]/g, '')) };
}

const scrub = (page: Page, step: number): Promise<void> => slider(page).fill(String(step));

/** To the last step that is not after a time (s): step by step into what is new, by the scrubber in what is known. */
async function goTo(page: Page, seconds: number): Promise<void> {
  const after = async (key: string): Promise<Place> => {
    await page.keyboard.press(key);
    return place(page);
  };
  let here = await place(page);
  if (here.steps > here.step) {
    await scrub(page, here.steps);
    here = await place(page);
  }
  if (here.time <= seconds) {
    for (let i = 0; i < MANY && here.time <= seconds; i++) here = await after('ArrowRight');
    for (let i = 0; i < MANY && here.time > seconds; i++) here = await after('ArrowLeft');
    return;
  }
  // What is known is searched: halves, and between them where an even flow of steps would have it.
  let [least, most]: [Omit<Place, 'steps'>, Omit<Place, 'steps'>] = [{ step: 0, time: 0 }, here];
  for (let i = 0; most.step - least.step > 1; i++) {
    const even = least.step + Math.round(((most.step - least.step) * (seconds - least.time)) / (most.time - least.time));
    const guess = i % 2 ? Math.floor((least.step + most.step) / 2) : Math.min(Math.max(even, least.step + 1), most.step - 1);
    await scrub(page, guess);
    const found = await place(page);
    if (found.time <= seconds) least = found;
    else most = found;
  }
  await scrub(page, least.step);
}

/** A text as the eye reads it: what only a screen reader hears behind a value is a question. */
const squeezed = (text: string): string => text.replace(/,? ?Who set [^?]*\?/g, '').replace(/\s+/g, ' ').trim();
const texts = async (all: Locator): Promise<string[]> => (await all.allInnerTexts()).map(squeezed);

/** What a host thinks of each connection beside what the other end does: `ESTAB / SYN-RECV`. */
async function beliefs(page: Page, name: string): Promise<string[]> {
  const rows = await host(page, name).getByRole('table', { name: `Sockets of ${name}` }).getByRole('row').all();
  const cells = await Promise.all(rows.slice(1).map((row) => texts(row.getByRole('cell'))));
  return cells.map((c) => `${c[1]} / ${(c[5] ?? '').replace('≠ ', '')}`);
}

/** The two queues of a listener: `full 3/2`. */
async function queues(page: Page): Promise<string> {
  const both = await texts(host(page, 'Server').locator('table.queue caption b'));
  return both.join(', ');
}

/** Counters of a host that stand in its panel, by nstat's names. */
async function counters(page: Page, name: string, wanted: readonly string[]): Promise<Record<string, number>> {
  const panel = host(page, name).locator('tcp-counters');
  const more = panel.getByRole('button', { name: /^\d+ more$/ });
  if (await more.count()) await more.click();
  const all = await pairs(panel);
  return Object.fromEntries(wanted.map((n) => [n, Number(all[n] ?? 0)]));
}

/** Terms of a panel and their values; of one that changed, the new. */
async function pairs(panel: Locator): Promise<Record<string, string>> {
  const [names, values] = [await texts(panel.getByRole('term')), await texts(panel.getByRole('definition'))];
  return Object.fromEntries(names.map((n, i) => [n, (values[i] ?? '').split('→').pop()?.trim() ?? '']));
}

/** The processes of a host, and where each is: `hello-client.c blocked in read`. */
async function processes(page: Page, name: string): Promise<string[]> {
  const heads = await texts(host(page, name).locator('tcp-program').getByRole('heading'));
  return heads;
}

/** An answer of the console of a host. */
async function ask(page: Page, name: string, question: string, answer: string | RegExp): Promise<void> {
  await page.getByRole('tablist', { name: 'Panel below' }).getByRole('tab', { name: 'Console' }).click();
  const console = page.getByRole('region', { name: /^Console of/ });
  await console.getByRole('radio', { name, exact: true }).click();
  await expect(page.getByRole('region', { name: `Console of ${name}` })).toBeVisible();
  await console.getByRole('combobox').fill(question);
  await console.getByRole('combobox').press('Enter');
  await expect(page.getByRole('log').getByText(answer).last()).toBeVisible();
  await console.getByRole('combobox').press('Escape');
}

async function speed(page: Page, label: string): Promise<void> {
  await page.getByRole('combobox', { name: 'Speed' }).selectOption({ label });
  await page.keyboard.press('Escape');
}

const running = (page: Page): Locator => page.getByRole('button', { name: 'Pause', exact: true });
const standing = (page: Page): Locator => page.getByRole('button', { name: 'Run', exact: true });

/** Lets the world run as fast as it may until it has nothing more to do. */
async function runToTheEnd(page: Page): Promise<void> {
  await speed(page, '10 : 1');
  await standing(page).click();
  await expect(standing(page)).toBeVisible({ timeout: 60_000 });
}

/** A moment of a scenario and all that is said of it. */
interface Moment {
  /** s. */
  readonly at: number;
  /** By host: this end / other end. */
  readonly beliefs?: Readonly<Record<string, readonly string[]>>;
  /** SYN queue, accept queue. */
  readonly queues?: string;
  readonly counters?: Readonly<Record<string, number>>;
  /** Some of the programs of a host. */
  readonly processes?: Readonly<Record<string, readonly RegExp[]>>;
  /** A line that `ss -ltn` of the server gives. */
  readonly ss?: RegExp;
}

async function shows(page: Page, id: string, m: Moment): Promise<void> {
  await goTo(page, m.at);
  const where = `${id} at ${m.at} s`;
  for (const [name, expected] of Object.entries(m.beliefs ?? {})) expect(await beliefs(page, name), where).toEqual(expected);
  if (m.queues !== undefined) expect(await queues(page), where).toBe(m.queues);
  if (m.counters) expect(await counters(page, 'Server', Object.keys(m.counters)), where).toEqual(m.counters);
  for (const [name, expected] of Object.entries(m.processes ?? {})) {
    const all = await processes(page, name);
    for (const one of expected) expect(all.join('\n'), where).toMatch(one);
  }
  if (m.ss) await ask(page, 'Server', 'ss -ltn', m.ss);
}

const BOTH = 'ESTAB / ESTAB';
const DECEIVED = 'ESTAB / SYN-RECV';
const ALONE = 'SYN-SENT / no TCB';

/** Backlog 2, a server that never accepts, six clients. */
const SIX: Readonly<Record<string, readonly Moment[]>> = {
  'six-clients': [
    { at: 1.5, beliefs: { Clients: [BOTH, BOTH, BOTH, ALONE, ALONE, ALONE] }, queues: '0/2, full 3/2', ss: /LISTEN\s+3\s+2\s/ },
    { at: 100, queues: '0/2, full 3/2', counters: { ListenOverflows: 33, ListenDrops: 33, RetransSegs: 0 } },
    { at: 140, processes: { Clients: [/^(hello-client\.c blocked in read\n){3}(hello-client\.c exited with 1\n?){3}$/] } },
  ],
  'six-clients-at-once': [
    { at: 0.5, beliefs: { Far: [BOTH, DECEIVED, DECEIVED, ALONE] }, queues: '2/2, full 3/2', counters: { TCPReqQFullDrop: 1 } },
    { at: 63.0, beliefs: { Far: [BOTH, DECEIVED, DECEIVED, ALONE] }, queues: '2/2, full 3/2', counters: { TCPSynRetrans: 10, RetransSegs: 10 } },
    { at: 63.1, beliefs: { Far: [BOTH, 'ESTAB / no TCB', 'ESTAB / no TCB', ALONE] }, queues: '0/2, full 3/2' },
    { at: 100, counters: { ListenOverflows: 42, ListenDrops: 43 }, ss: /LISTEN\s+3\s+2\s/ },
    { at: 110, processes: { Far: [/^hello-client\.c exited with 0/m] } },
  ],
  'six-clients-abort': [
    { at: 0.5, beliefs: { Far: [BOTH, ALONE] }, queues: '0/2, full 3/2', counters: { EmbryonicRsts: 2 } },
    { at: 100, counters: { ListenOverflows: 12, ListenDrops: 13, TCPSynRetrans: 0 } },
  ],
  'six-clients-bsd43': [
    { at: 0.5, beliefs: { Far: [BOTH, BOTH, ALONE, ALONE] }, queues: '0/2, full 4/2' },
    { at: 100, counters: { ListenOverflows: 0, ListenDrops: 22, TCPSynRetrans: 0 } },
  ],
};

test('a backlog of 2 and six clients: who believes what, what is dropped and repeated, and when it ends', async ({ page, site }) => {
  test.setTimeout(240_000);
  for (const [id, moments] of Object.entries(SIX)) {
    await open(page, `${site}?scenario=${id}`);
    for (const moment of moments) await shows(page, id, moment);
    // And back: the same as when it was first shown.
    if (moments[0]) await shows(page, id, moments[0]);
  }
});

test('a flood of 10,000 SYNs while a real client connects, cookies off and on', async ({ page, site }) => {
  test.setTimeout(240_000);
  const floods: Readonly<Record<string, readonly Moment[]>> = {
    'syn-flood': [
      { at: 10.1, queues: 'full 6/5, 0/5', counters: { SyncookiesSent: 0, ListenOverflows: 0 }, processes: { Client: [/^echo-client\.c blocked in connect/] } },
      { at: 1, queues: 'full 6/5, 0/5', processes: { Client: [/^echo-client\.c blocked in connect/] } },
      { at: 80, queues: '0/5, 0/5', counters: { PassiveOpens: 1 }, processes: { Client: [/^echo-client\.c exited with 0/] } },
    ],
    'syn-flood-cookies': [
      { at: 10.2, counters: { SyncookiesSent: 9995, SyncookiesRecv: 2, ListenDrops: 0 }, processes: { Client: [/^echo-client\.c exited with 0/] } },
      { at: 0.7, queues: 'full 6/5, 0/5', counters: { SyncookiesRecv: 2 }, processes: { Client: [/^echo-client\.c exited with 0/] } },
      { at: 0.4, queues: 'full 6/5, 0/5', counters: { SyncookiesRecv: 0 } },
    ],
  };
  for (const [id, moments] of Object.entries(floods)) {
    await open(page, `${site}?scenario=${id}`);
    await speed(page, id === 'syn-flood' ? '1 : 1' : '10 : 1');
    await standing(page).click();
    if (id === 'syn-flood') {
      // In slices: in the midst of it the page does what it is asked.
      await page.keyboard.press('o');
      await expect(page.getByRole('region', { name: 'Log of calls' })).toBeVisible();
      await expect(running(page), 'the flood takes ten seconds').toBeVisible();
    }
    await expect.poll(async () => (await place(page)).time, { timeout: 60_000 }).toBeGreaterThan(10.3);
    await page.keyboard.press('ArrowLeft');
    await expect(running(page), 'stepping stops a run').toHaveCount(0);
    for (const moment of moments) await shows(page, id, moment);
    if (id === 'syn-flood-cookies') await losesWhatACookieHasNoRoomFor(page);
  }
});

/** The second client has no timestamps and an MSS that is not in the table. */
async function losesWhatACookieHasNoRoomFor(page: Page): Promise<void> {
  await goTo(page, 0.6);
  const why = page.locator('tcp-why');
  const until = async (sentence: RegExp): Promise<void> => {
    for (let i = 0; i < MANY && !(await why.getByText(sentence).count()); i++) await page.keyboard.press('ArrowRight');
    await expect(why.getByText(sentence).first()).toBeVisible();
  };
  await until(/has no timestamp, and elsewhere there is no room for its window scale 10/);
  await expect(why.getByText(/the peer's 1452 is rounded down to 1440/)).toBeVisible();
  await until(/no window scale, no SACK, no timestamps\. A window ends at 65535 octets/);
  const child = await pairs(host(page, 'Server').locator('tcp-tcb'));
  expect(child).toMatchObject({ MSS: '1440', 'Snd.Wind.Shift': '0', 'Rcv.Wind.Shift': '0', 'Snd.TS.OK': 'no', SACK: 'no' });
}

test('every server model serves five clients at once, and every shipped program comes to its end', async ({ page, site }) => {
  test.setTimeout(240_000);
  // Scenario, clients, call in which the server's first process waits at the end.
  const table = [
    ['server-iterative', 5, 'accept'], ['server-forks', 5, 'accept'], ['server-preforks', 5, 'waitpid'], ['server-polls', 5, 'poll'], ['server-epoll', 5, 'epoll_wait'],
    ['never-reads', 1, 'usleep'], ['half-close', 1, 'accept'], ['http', 1, 'accept'], ['smtp', 1, 'accept'], ['pop3', 1, 'accept'], ['ftp', 1, 'accept'], ['rlogin', 1, 'accept'], ['rpc', 1, 'accept'],
  ] as const;
  for (const [id, clients, waits] of table) {
    await open(page, `${site}?scenario=${id}`);
    if (id === 'never-reads') await goTo(page, 30);
    else await runToTheEnd(page);
    const all = await processes(page, 'Client');
    expect(all.length, id).toBe(clients);
    for (const one of all) expect(one, id).toMatch(/ exited with 0$/);
    expect((await processes(page, 'Server'))[0], id).toMatch(new RegExp(` blocked in ${waits}$`));
    expect((await counters(page, 'Client', ['TCPAbortOnData']))['TCPAbortOnData'], id).toBe(0);
  }
});

test('a program that loops for ever is stopped, one that opens 10,000 sockets meets EMFILE, and the page lives on', async ({ page, site }) => {
  await open(page, `${site}?scenario=gone-wrong`);
  await runToTheEnd(page);
  expect(await processes(page, 'Client')).toEqual([expect.stringMatching(/^echo-client\.c exited with 0/), expect.stringMatching(/^loops\.c .*SIGXCPU/)]);
  expect(await processes(page, 'Server')).toEqual([expect.stringMatching(/^echo\.c blocked in accept/), expect.stringMatching(/^hoards\.c exited with 0/)]);
  await page.keyboard.press('o');
  const log = page.getByRole('region', { name: 'Log of calls' });
  await log.getByRole('radio', { name: 'Client' }).click();
  await expect(log.getByText('+++ killed by SIGXCPU +++')).toHaveCount(1);
  await expect(log.getByText(/no call after 200000 operations/)).toHaveCount(1);
  await log.getByRole('radio', { name: 'Server' }).click();
  await expect(log.getByText('socket(AF_INET, SOCK_STREAM, 0) = -1 EMFILE')).toHaveCount(1);
  await expect(log.getByText(/1021 sockets/)).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
