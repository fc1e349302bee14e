// For tests alone: what the command line says, of the same core compiled for this machine.
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../../..');

/** What `tcp-playground …` prints. `npm test` has built it and says where; else cargo does, if need be. */
export function native(...args: string[]): string {
  const built = process.env.TCP_PLAYGROUND;
  const [program, before] = built
    ? [built, []]
    : ['cargo', ['run', '--quiet', '--locked', '--package', 'tcp-playground', '--']];
  return execFileSync(program, [...before, ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
