/**
 * The work of a tab: a document with every timeline, kept over a reload and over a panic.
 *
 * It lies in IndexedDB, and, where it is not too long, in the tab's own `sessionStorage` too, which can still be written
 * while a page goes away. A lock says whose it is: a second tab that comes with the same document (a tab that was
 * duplicated) goes on with a copy, and says so. What cannot be read is set aside, not overwritten, and can be had as a file.
 */
import type { Lang } from '../locales/index.js';
import { prune, put, take, isSheet, type Sheet } from './depot.js';
import { parseSaved } from './share.js';
import type { Saved } from './store.js';

const PREFIX = 'tcp-playground:2';
/** Longest text that is put into `sessionStorage`, characters; browsers allow five million. */
const SHORT = 1_500_000;
/** Documents kept in all. */
const MOST = 24;
/** How long a page that is being left may take to let go of its document, ms. */
const PATIENCE = 1500;

const notices = {
  copied: {
    en: 'Another tab has this work open. This tab goes on with a copy of its own: what you do here does not change what is there.',
    'zh-CN': '另一个标签页正开着这份工作。本标签页使用自己的副本继续：在这里所做的不会影响那边。',
  },
  damaged: {
    en: 'The work that was kept here cannot be read ({why}). It has been set aside, not thrown away; the scenario begins afresh.',
    'zh-CN': '这里保存的工作无法读取（{why}）。它已另存，没有丢弃；场景从头开始。',
  },
  stopped: {
    en: 'Opening the work of before was stopped. It has been set aside, not thrown away; the scenario begins afresh.',
    'zh-CN': '打开之前工作的过程已被停止。它已另存，没有丢弃；场景从头开始。',
  },
  save: { en: 'Save it as a file', 'zh-CN': '保存为文件' },
} as const;

/** A sentence about what was found, and a file that goes with it. */
export interface Notice {
  say(lang: Lang): string;
  /** What could not be read. */
  readonly file?: string;
  /** Label of the button that saves it. */
  label?(lang: Lang): string;
}

export class Work {
  readonly #name: string;
  readonly #scenario: string;
  #id: string;
  #last = '';
  /** What was found, if it is work of this scenario. */
  saved: Saved | undefined;
  notice: Notice | undefined;

  private constructor(name: string, scenario: string, id: string) {
    this.#name = name;
    this.#scenario = scenario;
    this.#id = id;
  }

  /** The document of this tab. `again`: the page was loaded again, so that its work goes on. */
  static async open(name: string, scenario: string, again: boolean): Promise<Work> {
    const key = `${PREFIX}:${name}`;
    const kept = session(key, scenario);
    const work = new Work(name, scenario, kept?.id ?? fresh());
    if (!kept || !again) {
      work.#id = fresh();
      await hold(work.#id, 0);
    } else {
      const mine = await hold(kept.id, PATIENCE);
      const sheet = later(kept.sheet, await take(kept.id));
      if (!mine) {
        work.#id = fresh();
        await hold(work.#id, 0);
        work.notice = { say: (lang) => notices.copied[lang] };
      }
      if (sheet?.scenario === scenario) work.#read(sheet);
    }
    void prune(MOST);
    return work;
  }

  #read(sheet: Sheet): void {
    this.saved = parseSaved(sheet.text);
    if (!this.saved) this.refuse('JSON', sheet.text);
  }

  /** What was found could not be taken up, or nobody waited for it (no `why`): it is set aside, and the page begins afresh. */
  refuse(why: string | undefined, text: string): void {
    this.saved = undefined;
    void put({ id: `${this.#id}:damaged`, at: Date.now(), scenario: this.#scenario, text });
    this.notice = { say: (lang) => (why === undefined ? notices.stopped[lang] : notices.damaged[lang].replace('{why}', why)), file: text, label: (lang) => notices.save[lang] };
  }

  /** Keeps the work as it is now. */
  keep(saved: Saved): void {
    const text = JSON.stringify(saved);
    if (text === this.#last) return;
    this.#last = text;
    const sheet: Sheet = { id: this.#id, at: Date.now(), scenario: this.#scenario, text };
    const small: Sheet = text.length <= SHORT ? sheet : { ...sheet, at: 0, text: '' };
    try {
      sessionStorage.setItem(`${PREFIX}:${this.#name}`, JSON.stringify(small));
    } catch {
      // Full or forbidden: there is the other place.
    }
    void put(sheet);
  }
}

function fresh(): string {
  return globalThis.crypto?.randomUUID?.() ?? `${Date.now()}-${performance.now()}`;
}

/** What the tab itself remembers: the id of its document, and a copy where it was short. */
function session(key: string, scenario: string): { id: string; sheet: Sheet | undefined } | undefined {
  try {
    const text = sessionStorage.getItem(key);
    if (text === null) return undefined;
    const id = /"id":"([\w-]+)"/.exec(text)?.[1] ?? 'lost';
    const read = parsed(text);
    // A spoilt copy is shown as what it is, unless there is a sound one in the other place.
    if (!isSheet(read)) return { id, sheet: { id, at: 1, scenario, text } };
    return { id: read.id, sheet: read.at > 0 ? read : undefined };
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function later(a: Sheet | undefined, b: Sheet | undefined): Sheet | undefined {
  return a && b ? (a.at >= b.at ? a : b) : a ?? b;
}

/** Holds a document until the page goes away; false where another tab holds it. */
function hold(id: string, patience: number): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager };
  if (!locks) return Promise.resolve(true);
  return new Promise((answer) => {
    const forever = (): Promise<void> => {
      answer(true);
      return new Promise(() => undefined);
    };
    const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : {};
    locks.request(`${PREFIX}:${id}`, options, forever).catch(() => answer(false));
  });
}
