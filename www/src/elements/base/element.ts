import { LitElement, type PropertyDeclarations, type PropertyValues } from 'lit';
import { translator, type T } from '../../locales/index.js';
import type { Store } from '../../engine/store.js';

/** Asked by an element as it is connected; answered by the nearest `<tcp-playground>` around it. */
export class StoreRequest extends Event {
  static readonly type = 'tcp-playground-store';
  readonly answer: (store: Store) => void;

  constructor(answer: (store: Store) => void) {
    super(StoreRequest.type, { bubbles: true, composed: true });
    this.answer = answer;
  }
}

/** Asks for the store of the session that `element` stands in. */
export function requestStore(element: HTMLElement, answer: (store: Store) => void): void {
  element.dispatchEvent(new StoreRequest(answer));
}

/** A `<tcp-playground>` that an element outside of it can name by its id. */
interface Shell extends HTMLElement {
  whenStore(): Promise<Store>;
}

/**
 * What every element of the page is made of: it finds its session's store (the shell around it, or the one that
 * `for` names by id), draws again at every change, and speaks the session's language.
 *
 * Until there is a store nothing is drawn; `render` may rely on it.
 */
export abstract class Element extends LitElement {
  static override properties: PropertyDeclarations = {
    for: { type: String },
  };

  /** Id of the `<tcp-playground>` whose session this element shows, where it stands outside of it. */
  declare for: string | null;
  #store: Store | undefined;
  #stop: (() => void) | undefined;

  get store(): Store {
    if (!this.#store) throw new Error(`<${this.localName}> has no session yet`);
    return this.#store;
  }
  set store(store: Store) {
    if (store === this.#store) return;
    this.#stop?.();
    this.#store = store;
    if (this.isConnected) this.#listen();
    this.requestUpdate();
  }

  get ready(): boolean {
    return this.#store !== undefined;
  }

  /** Text of the page in the session's language. */
  get t(): T {
    return translator(this.store.lang);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Given before the element was defined, it hides the accessor.
    if (Object.hasOwn(this, 'store')) {
      const { store } = this;
      Reflect.deleteProperty(this, 'store');
      this.store = store;
    }
    if (this.#store) this.#listen();
    else if (this.for) {
      const shell = (this.getRootNode() as Document | ShadowRoot).getElementById(this.for) as Shell | null;
      void shell?.whenStore().then((store) => (this.store = store));
    } else requestStore(this, (store) => (this.store = store));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#stop = undefined;
  }

  protected override shouldUpdate(_changed: PropertyValues): boolean {
    return this.ready;
  }

  protected override willUpdate(_changed: PropertyValues): void {
    // Lit asks here before it asks `shouldUpdate`.
    if (!this.ready) return;
    const { lang } = this.store;
    if (this.lang !== lang) this.lang = lang;
  }

  /** Called at every change of the store; an element that shows little of it may ask for less. */
  protected storeChanged(): void {
    this.requestUpdate();
  }

  #listen(): void {
    this.#stop?.();
    this.#stop = this.store.subscribe(() => this.storeChanged());
  }
}
