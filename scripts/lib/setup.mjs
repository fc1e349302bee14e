// Everything a fresh machine needs: Node and cargo are there, the rest is fetched. Each part looks first,
// so that a second run does nothing.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ask, Missing, must, ROOT, run, say } from './run.mjs';
import { fresh, hashOf, stamp } from './stamp.mjs';

const WASM = 'wasm32-unknown-unknown';
const isRoot = () => process.getuid?.() === 0;

export function node() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Missing(`Node ${process.versions.node} is too old: 20.19 or later is needed.`, 'https://nodejs.org/en/download');
}

/** Packages of Debian and its kin, where we may install them. */
async function apt(...packages) {
  if (!isRoot() || !ask('apt-get', ['--version'])) return false;
  say(`Installing ${packages.join(', ')} with apt-get`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', '-qq', ...packages], { env, quiet: true });
  if ((await install()).status === 0) return true;
  await run('apt-get', ['update', '-qq'], { env, quiet: true });
  return (await install()).status === 0;
}

/** rustc of the toolchain this workspace names, the wasm target, rustfmt, clippy, a linker. */
export async function rust() {
  if (!ask('cargo', ['--version']) && !ask('rustup', ['--version'])) {
    throw new Missing('Rust is missing: no `cargo` on the PATH.', "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh\nthen open a new shell.");
  }
  const rustup = ask('rustup', ['--version']) !== undefined;
  const channel = /channel = "(.+)"/.exec(readFileSync(join(ROOT, 'rust-toolchain.toml'), 'utf8'))[1];
  const wanted = /rust-version = "(.+)"/.exec(readFileSync(join(ROOT, 'Cargo.toml'), 'utf8'))[1];
  const version = () => /^rustc (\d+)\.(\d+)/.exec(ask('rustc', ['--version']) ?? '');
  const older = (v) => {
    const [major, minor] = wanted.split('.').map(Number);
    return !v || Number(v[1]) < major || (Number(v[1]) === major && Number(v[2]) < minor);
  };
  if (older(version())) {
    if (rustup) {
      say(`Installing Rust ${channel} (${wanted} or later is needed)`);
      await must('rustup', ['toolchain', 'install', channel, '--profile', 'minimal', '--no-self-update']);
    }
    if (older(version())) throw new Missing(`Rust ${wanted} or later is needed.`, 'rustup update stable');
  }
  await rustParts(rustup);
  if (!ask('cc', ['--version'])) {
    const got = await apt('gcc', 'libc6-dev');
    if (!got) throw new Missing('A C linker is missing: Rust links its programs with `cc`.', 'apt-get install gcc libc6-dev');
  }
}

async function rustParts(rustup) {
  const sysroot = ask('rustc', ['--print', 'sysroot']);
  if (!existsSync(join(sysroot, 'lib/rustlib', WASM))) {
    const how = `rustup target add ${WASM}`;
    if (!rustup) throw new Missing(`The Rust target ${WASM} is missing.`, `With rustup: ${how}`);
    say(`Adding the Rust target ${WASM}`);
    await must('rustup', ['target', 'add', WASM]);
  }
  for (const [component, program] of [['rustfmt', 'cargo-fmt'], ['clippy', 'cargo-clippy']]) {
    if (ask(program, ['--version'])) continue;
    if (!rustup) throw new Missing(`${component} is missing.`, `With rustup: rustup component add ${component}`);
    say(`Adding the Rust component ${component}`);
    await must('rustup', ['component', 'add', component]);
  }
}

/** npm packages as package-lock.json has them. */
export async function packages() {
  const key = hashOf(['package.json', 'package-lock.json'], process.version);
  if (existsSync(join(ROOT, 'node_modules/vite')) && fresh('npm', key)) return;
  say('Installing npm packages');
  // npm's own entry, where npm started us; else the one on the PATH.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm?.endsWith('.js')) await must(process.execPath, [npm, ...args]);
  else await must('npm', args);
  stamp('npm', key);
}

/** A Chromium to test in: the system's, Playwright's, or one that we may install. Its path. */
export async function chromium() {
  const found = await findChromium();
  if (found) return found;
  if (await apt('chromium')) {
    const installed = await findChromium();
    if (installed) return installed;
  }
  say("Fetching Playwright's Chromium");
  await run(process.execPath, [join(ROOT, 'node_modules/@playwright/test/cli.js'), 'install', 'chromium']);
  const fetched = await findChromium();
  if (fetched) return fetched;
  throw new Missing(
    'A Chromium to test in is missing.',
    'apt-get install chromium\nor: npx playwright install --with-deps chromium\nor: CHROMIUM=/path/to/chrome npm test',
  );
}

async function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Missing(`CHROMIUM names ${named}, which is not there.`, 'Unset it, or name a Chromium that is.');
  }
  const system = [
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ].find((path) => existsSync(path));
  if (system) return system;
  const { chromium: browser } = await import('@playwright/test');
  return existsSync(browser.executablePath()) ? browser.executablePath() : undefined;
}

/** tshark, which reads every capture we write; tests say so and skip where it cannot be had. */
export async function tshark() {
  if (ask('tshark', ['--version'])) return true;
  if ((await apt('tshark')) && ask('tshark', ['--version'])) return true;
  say('tshark is missing (apt-get install tshark): the tests that read captures with it are skipped');
  return false;
}
