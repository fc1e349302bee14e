// The wasm side, in Node: the same module that the page loads.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ask, must, ROOT } from '../lib/run.mjs';
import { median, percentile } from './rows.mjs';

const PKG = join(ROOT, 'www/src/engine/pkg');
const EVENTS = 100_000;
const SEEKS = 400;
const ROUNDS = 5;

/** The JSON of a shipped scenario. */
const scenario = (id) => readFileSync(join(PKG, 'scenarios', `${id}.json`), 'utf8');

export async function load() {
  const engine = await import(pathToFileURL(join(PKG, 'tcp_playground.js')).href);
  const first = await engine.default({ module_or_path: readFileSync(join(PKG, 'tcp_playground_bg.wasm')) });
  await WebAssembly.instantiate(readFileSync(join(PKG, 'tcp_playground_later.wasm')), { first });
  return { ...engine, memory: first.memory };
}

/** Milliseconds of each call. */
function time(times, what) {
  const all = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    what(i);
    all.push(performance.now() - start);
  }
  return all;
}

export async function wasm() {
  const { Session, memory } = await load();
  // First, while the memory has not grown for anything else.
  const sought = seek(Session, memory);
  return { ...(await work()), step: step(Session), ...sought };
}

/** The pieces of work of crate bench, as plain wasm: numbers in, a number out. */
async function work() {
  await must('cargo', ['build', '--profile', 'web', '--quiet', '--locked', '--package', 'bench', '--lib', '--target', 'wasm32-unknown-unknown']);
  const { target_directory: target } = JSON.parse(ask('cargo', ['metadata', '--no-deps', '--format-version', '1']));
  const bytes = readFileSync(join(target, 'wasm32-unknown-unknown/web/bench.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes);
  const run = instance.exports;
  const pieces = {
    bulk: 1_000_000,
    smoltcp_bulk: 1_000_000,
    bulk_recorded: 1_000_000,
    queue: 5_000_000,
    heap: 5_000_000,
    setup: 10_000,
    flood: 100_000,
  };
  // In each round every row has its turn, so that a machine that slows down slows them alike.
  const took = Object.fromEntries(Object.keys(pieces).map((id) => [id, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const id of Object.keys(pieces)) took[id].push(...time(1, () => run[`bench_${id}`](pieces[id])));
  }
  const medians = Object.entries(took).map(([id, all]) => [id, median(all)]);
  return Object.fromEntries(medians.map(([id, ms]) => [id, id === 'flood' ? ms : (pieces[id] / ms) * 1e3]));
}

/** One step of the accept flow, its view delivered to JavaScript. */
function step(Session) {
  const all = [];
  for (let round = 0; round < 50; round++) {
    const session = new Session(scenario('accept-flow'));
    for (let more = true; more && !session.view().finished; ) {
      all.push(...time(1, () => {
        more = session.step();
        session.view();
      }));
    }
    session.free();
  }
  return median(all);
}

/** To any of 100,000 events, without painting. A little generator of its own, so that every run seeks alike. */
function seek(Session, memory) {
  const empty = memory.buffer.byteLength;
  const session = new Session(scenario('bulk-transfer'));
  let known = 0;
  while (known < EVENTS) {
    const { events, stopped } = session.run(EVENTS - known, Infinity);
    known += events;
    if (stopped !== 'budget' || events === 0) break;
  }
  const history = session.history().weight;
  const history_all = memory.buffer.byteLength - empty;
  let random = 1;
  const all = time(SEEKS, () => {
    random = (random * 48271) % 0x7fffffff;
    session.seek(random % known);
  });
  session.free();
  return { seek: percentile(all, 0.95), seek_max: Math.max(...all), history, history_all };
}
