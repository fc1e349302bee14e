// What a page does up to its first step, done to the module that counts how often each function is entered (crates/xtask/src/split):
// `node first.mjs PKG MODULE` prints as JSON the numbers of those that come first.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The scenario that a page opens on (`FIRST` in www/src/engine/shipped.ts). */
const OPENS = 'accept-flow';
/** The exports of such a module begin with this. */
const ENTERED = 'entered';
/** Events of the transfer; what is entered more seldom than two times in three of them may be a call across the cut. */
const EVENTS = 5_000;
const OFTEN = (EVENTS * 2) / 3;

const [pkg, module] = process.argv.slice(2).map((name) => resolve(name));
const engine = await import(pathToFileURL(join(pkg, 'tcp_playground.js')).href);
const wasm = await engine.default({ module_or_path: readFileSync(module) });
const scenario = (id) => readFileSync(join(pkg, 'scenarios', `${id}.json`), 'utf8');

/** Everything that panels show of where a session stands. */
function look(session) {
  const view = session.view();
  session.trace();
  session.changes();
  session.history();
  session.links();
  session.marks();
  session.overview(view.steps, 400);
  session.log(undefined, 100);
  session.logAhead(undefined, 10);
  const last = session.frames().len - 1;
  if (last >= 0) session.packet(last);
  for (const frame of view.inFlight) session.predict(frame, session.packet(frame).hex, 8);
  session.save();
}

/** Up to the first step, and back. */
function open() {
  const session = new engine.Session(scenario(OPENS));
  look(session);
  session.step();
  look(session);
  session.back();
  look(session);
  session.step();
  session.free();
}

/** A long transfer: what is done at its every event. */
function transfer() {
  const session = new engine.Session(scenario('bulk-transfer'));
  session.run(EVENTS, Infinity);
  session.free();
}

/** The way to the second part must not lead through it; nor must what is left to do where it does not come. */
function fail() {
  const session = new engine.Session(scenario(OPENS));
  session.step();
  engine.onLater(() => undefined);
  engine.askLater();
  engine.onLater(() => {
    throw new Error('as it is without a network');
  });
  try {
    engine.askLater();
  } catch {
    engine.lastPanic();
    engine.panicTimeline();
    return;
  }
  throw new Error('the second part did not come, and that was no panic');
}

const counters = Object.entries(wasm).filter(([name]) => name.startsWith(ENTERED));
const counts = () => counters.map(([, global]) => global.value);

engine.layouts();
engine.Session.rules();
open();
const opened = counts();
transfer();
const transferred = counts();
console.error = () => undefined; // The panic that is meant says so on the console.
fail();
const failed = counts();
const first = (n) => opened[n] > 0 || transferred[n] - opened[n] >= OFTEN || failed[n] > transferred[n];
console.log(JSON.stringify(counters.flatMap(([name], n) => (first(n) ? [Number(name.slice(ENTERED.length))] : []))));
