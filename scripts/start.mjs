// npm start: set up, build, serve, and show the page.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { dist } from './lib/build.mjs';
import { bold, fail, green, ROOT } from './lib/run.mjs';
import { serve } from './lib/serve.mjs';
import { node, packages, rust } from './lib/setup.mjs';

/** Opens the page where somebody sits before the screen. */
function open(url) {
  if (!process.stdout.isTTY || process.env.CI || process.env.BROWSER === 'none') return;
  const desktop = process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  const [program, args] =
    process.platform === 'darwin' ? ['open', [url]]
    : process.platform === 'win32' ? ['cmd', ['/c', 'start', '', url]]
    : desktop ? ['xdg-open', [url]]
    : [undefined, []];
  if (!program) return;
  // Where there is no opener, the printed address is enough.
  spawn(program, args, { stdio: 'ignore', detached: true }).on('error', () => {}).unref();
}

/** `--port 8080`, or the environment's PORT, or a free one: 5173 where nobody has it. */
async function listen() {
  const at = process.argv.indexOf('--port');
  const asked = Number(at > 0 ? process.argv[at + 1] : process.env.PORT);
  const folder = join(ROOT, 'dist');
  if (asked) return serve(folder, { port: asked });
  return serve(folder, { port: 5173 }).catch(() => serve(folder));
}

try {
  node();
  await packages();
  await rust();
  await dist();
  const { url } = await listen();
  console.log(`\n${green('●')} TCP Playground: ${bold(url)}\n  Ctrl-C ends it.`);
  open(url);
} catch (error) {
  fail(error);
}
