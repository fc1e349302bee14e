// Running other programs, with progress a person can follow and failures that say what to do.
import { spawn, spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const color = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (color ? `\x1b[${code}m${text}\x1b[0m` : text);
export const bold = (text) => paint(1, text);
export const dim = (text) => paint(2, text);
export const red = (text) => paint(31, text);
export const green = (text) => paint(32, text);

/** An error whose message is for the person at the keyboard: what is missing, and how to get it. */
export class Missing extends Error {
  constructor(what, how) {
    super(`${what}\n  ${how.split('\n').join('\n  ')}`);
  }
}

export function say(text) {
  console.log(`${bold('▸')} ${text}`);
}

/** Seconds since `start` (of `performance.now()`), for people. */
export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Output of a program, trimmed, or `undefined` where it is missing or fails. */
export function ask(program, args, options = {}) {
  const r = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', ...options });
  return r.status === 0 ? r.stdout.trim() : undefined;
}

/**
 * Runs a program, showing what it prints. Resolves to its exit status and, with `keep`, to what it printed.
 * Ctrl-C reaches the child too, since it shares our process group.
 */
export function run(program, args, { keep = false, env = {}, cwd = ROOT, quiet = false } = {}) {
  return new Promise((resolve) => {
    const piped = keep || quiet;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...(color ? { CARGO_TERM_COLOR: 'always', FORCE_COLOR: '1' } : {}), ...env },
      stdio: ['ignore', piped ? 'pipe' : 'inherit', piped ? 'pipe' : 'inherit'],
    });
    let text = '';
    if (piped) {
      for (const [stream, sink] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
        stream.on('data', (data) => {
          text += data;
          if (!quiet) sink.write(data);
        });
      }
    }
    child.on('error', (error) => resolve({ status: 127, text: String(error.message) }));
    child.on('close', (status, signal) => resolve({ status: status ?? (signal ? 130 : 1), text }));
  });
}

/** Like [`run`], but a failure is an error. */
export async function must(program, args, options) {
  const r = await run(program, args, options);
  if (r.status === 0) return r.text;
  if (options?.quiet) process.stderr.write(r.text);
  throw new Missing(`\`${[program, ...args].join(' ')}\` failed (exit ${r.status}).`, 'Its own words stand above.');
}

/** Ends the process the way a person wants to read it. */
export function fail(error) {
  const text = error instanceof Missing ? error.message : (error?.stack ?? String(error));
  console.error(`\n${red('✗')} ${text}`);
  process.exit(1);
}

/** Program of an npm package, run by this Node: no shell, no `.cmd` on Windows. */
export function bin(name, file) {
  return [process.execPath, `${ROOT}/node_modules/${name}/${file}`];
}
