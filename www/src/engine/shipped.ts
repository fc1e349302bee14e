/** The scenarios that come with the playground: their titles at once, their texts when one is opened. */
import first from './pkg/scenarios/accept-flow.json?raw';
import { SCENARIOS } from './pkg/scenarios/index.js';
import { errorSentence, plain } from '../locales/sentences.js';
import type { ErrorView } from './pkg/views.js';

export { SCENARIOS };
/** The one that a page opens on. */
export const FIRST = 'accept-flow';

const texts = import.meta.glob<string>(['./pkg/scenarios/*.json', '!./pkg/scenarios/accept-flow.json'], { query: '?raw', import: 'default' });
const programs = import.meta.glob<string>('../../../crates/host/programs/*.c', { query: '?raw', import: 'default' });

/**
 * The JSON of a scenario: of a shipped one by its id, or of one given as JSON, with the shipped programs that it names
 * written into it. Throws `unknown_scenario`.
 */
export async function scenarioText(scenario: string): Promise<string> {
  if (scenario.trimStart().startsWith('{')) return withPrograms(scenario);
  if (scenario === FIRST) return first;
  const load = texts[`./pkg/scenarios/${scenario}.json`];
  if (!load) throw unknown(scenario);
  return load();
}

/** What is wrong with the text is for the core to say. */
async function withPrograms(text: string): Promise<string> {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return text;
  }
  let changed = false;
  const nodes = (read as { nodes?: unknown }).nodes;
  for (const node of Array.isArray(nodes) ? (nodes as { programs?: unknown }[]) : []) {
    for (const p of Array.isArray(node?.programs) ? (node.programs as { program?: unknown; file?: unknown; source?: unknown }[]) : []) {
      const name = p?.program;
      if (typeof name !== 'string' || p.source !== undefined || !programNames.includes(name)) continue;
      p.source = await programText(name);
      p.file ??= name;
      delete p.program;
      changed = true;
    }
  }
  return changed ? JSON.stringify(read) : text;
}

/** Programs that come with the playground, by the names of their files. */
export const programNames: readonly string[] = Object.keys(programs).map((path) => path.slice(path.lastIndexOf('/') + 1)).sort();

/** The lines of one of them; none where it does not exist. */
export async function programText(name: string): Promise<string[]> {
  const text = await programs[`../../../crates/host/programs/${name}`]?.();
  return text?.replace(/\n$/, '').split('\n') ?? [];
}

function unknown(id: string): Error {
  const operands: ErrorView['operands'] = [
    { name: 'id', value: { kind: 'word', value: id } },
    { name: 'known', value: { kind: 'word', value: SCENARIOS.map((s) => s.id).join(', ') } },
  ];
  const code = 'unknown_scenario';
  return Object.assign(new Error(plain(errorSentence('en', { code, message: code, operands }))), { code, operands });
}
