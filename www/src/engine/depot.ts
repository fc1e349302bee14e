/** A drawer of texts in IndexedDB, by name. Where the browser has none or forbids it, nothing is kept and nothing fails. */

const NAME = 'tcp-playground';
const STORE = 'work';

/** Work as it is kept: a document of a tab. */
export interface Sheet {
  readonly id: string;
  /** When it was written, ms since 1970: of two copies the later one counts. */
  readonly at: number;
  /** The scenario that the page was asked to open. */
  readonly scenario: string;
  /** `Saved` as JSON. */
  readonly text: string;
}

let opening: Promise<IDBDatabase | undefined> | undefined;

function open(): Promise<IDBDatabase | undefined> {
  opening ??= new Promise((answer) => {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => void request.result.createObjectStore(STORE, { keyPath: 'id' });
      request.onsuccess = () => answer(request.result);
      request.onerror = () => answer(undefined);
      request.onblocked = () => answer(undefined);
    } catch {
      answer(undefined);
    }
  });
  return opening;
}

async function ask<R>(mode: IDBTransactionMode, what: (store: IDBObjectStore) => IDBRequest<R>): Promise<R | undefined> {
  const db = await open();
  if (!db) return undefined;
  return new Promise((answer) => {
    try {
      const request = what(db.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => answer(request.result);
      request.onerror = () => answer(undefined);
    } catch {
      answer(undefined);
    }
  });
}

/** A sheet, as far as what is there is one. */
export async function take(id: string): Promise<Sheet | undefined> {
  const found: unknown = await ask('readonly', (store) => store.get(id) as IDBRequest<unknown>);
  return isSheet(found) ? found : undefined;
}

export async function put(sheet: Sheet): Promise<void> {
  await ask('readwrite', (store) => store.put(sheet));
}

/** Throws away all but the `most` sheets that were written last. */
export async function prune(most: number): Promise<void> {
  const all: unknown = await ask('readonly', (store) => store.getAll() as IDBRequest<unknown>);
  const sheets = (Array.isArray(all) ? all : []).filter(isSheet).sort((a, b) => b.at - a.at);
  for (const { id } of sheets.slice(most)) await ask('readwrite', (store) => store.delete(id));
}

export function isSheet(x: unknown): x is Sheet {
  const s = x as Partial<Sheet> | null | undefined;
  return typeof s?.id === 'string' && typeof s.at === 'number' && typeof s.scenario === 'string' && typeof s.text === 'string';
}
