// What a page does before anybody asks it for more, done to the module that notes which functions are entered (crates/xtask/src/split):
// `node first.mjs PKG MODULE` prints their numbers as JSON. What is not entered here comes second.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The scenario that a page opens on (`FIRST` in www/src/engine/shipped.ts). */
const OPENS = 'accept-flow';
/** The exports of such a module begin with this. */
const ENTERED = 'entered';

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
  session.log(undefined, 100);
  session.logAhead(undefined, 10);
  const last = session.frames().len - 1;
  if (last >= 0) session.packet(last);
  for (const frame of view.inFlight) session.predict(frame, session.packet(frame).hex, 8);
  session.save();
}

/** Through the scenario, to its end and back, in every gait. */
function walk() {
  const session = new engine.Session(scenario(OPENS));
  look(session);
  while (session.step()) look(session);
  for (let n = 0; n < 5 && session.back(); n++) look(session);
  for (const step of [3, 0]) {
    session.seek(step);
    look(session);
  }
  for (const what of ['packet', 'call', 'program']) {
    session.stepTo(what, false, 10_000);
    session.stepTo(what, true, 10_000);
    look(session);
  }
  session.seek(0);
  session.run(20_000, Infinity);
  look(session);
  session.free();
}

/** What is done 100,000 times is in one part, whatever a page opens on. */
function bulk() {
  const session = new engine.Session(scenario('bulk-transfer'));
  session.run(5_000, Infinity);
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

engine.layouts();
engine.Session.rules();
walk();
bulk();
console.error = () => undefined; // The panic that is meant says so on the console.
fail();
const entered = Object.keys(wasm).filter((name) => name.startsWith(ENTERED) && wasm[name].value === 1);
console.log(JSON.stringify(entered.map((name) => Number(name.slice(ENTERED.length)))));
