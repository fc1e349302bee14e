/** The scripts that we ship, `crates/drill/scripts`: one chunk, fetched when a script is chosen by name or listed. */
const files = import.meta.glob<string>('../../../../crates/drill/scripts/**/*.pkt', { eager: true, query: '?raw', import: 'default' });

/** Path below `scripts/` → text, by path. */
export const shipped: ReadonlyMap<string, string> = new Map(
  Object.entries(files).map(([path, text]) => [path.slice(path.indexOf('/scripts/') + '/scripts/'.length), text] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** Folder → paths, in order. */
export function folders(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const path of shipped.keys()) {
    const folder = path.slice(0, path.lastIndexOf('/'));
    found.set(folder, [...(found.get(folder) ?? []), path]);
  }
  return found;
}
