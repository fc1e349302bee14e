import { html, nothing, type TemplateResult } from 'lit';
import type { CallView, ParamView } from '../../engine/pkg/views.js';
import { errorSentence } from '../../locales/sentences.js';
import { desk } from '../console/desk.js';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { words, type Words } from '../tools/words.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { command, descriptors, initial, offered, problem, several, takesDescriptor, type Descriptor } from './calls.js';
import { Form } from './forms.js';

/** What came of a call: as strace writes it, or the line with what is wrong with it. */
interface Result { readonly text: string; readonly why: TemplateResult[] | undefined; readonly waits: boolean }

/** Options are of a level; this one stands first. */
const LEVELS = ['SOL_SOCKET', 'IPPROTO_TCP', 'IPPROTO_IP'];

/** A socket call by hand: every call that the core knows, of those that the state of a descriptor allows. */
export class CallForm extends Form {
  static override properties = { ...Form.properties, result: { state: true }, host: { state: true }, fd: { state: true }, call: { state: true }, level: { state: true } };
  static override styles = [...Form.styles, spokenStyles];

  declare protected result: Result | undefined;
  declare protected host: number | undefined;
  declare protected fd: number | undefined;
  declare protected call: string | undefined;
  declare protected level: string | undefined;
  #calls: readonly CallView[] | undefined;

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    this.#calls ??= store.engine.Session.calls();
    const node = nodeOf(store.view, this.host) ?? nodeOf(store.view, desk(store).node) ?? store.view.nodes.find((n) => n.role === 'client') ?? store.view.nodes[0];
    if (!node) return html``;
    const fds = this.#descriptors(node.id, 'close(');
    const fd = (fds.find((d) => d.fd === this.fd) ?? fds.at(-1))?.fd;
    const calls = offered(this.#calls, fd, (name, of) => this.#descriptors(node.id, `${name}(`).some((d) => d.fd === of));
    const call = calls.find((c) => c.name === this.call) ?? calls[0];
    if (!call) return html``;
    const chosen = (e: Event): string => (e.target as HTMLSelectElement).value;
    return html`<form class="body" novalidate @submit=${(e: Event) => this.#make(e, node.id, fd, call)}>
      <label>${t('form.host')}<select name="host" @change=${(e: Event) => { this.host = Number(chosen(e)); this.fd = undefined; this.call = undefined; this.result = undefined; }}>
        ${store.view.nodes.map((n) => html`<option value=${n.id} ?selected=${n.id === node.id}>${nodeName(n, this.t)} ${n.addr}</option>`)}</select></label>
      ${fds.length ? html`<label>${t('form.fd')}<select name="fd" @change=${(e: Event) => { this.fd = Number(chosen(e)); this.call = undefined; }}>
        ${fds.map((d) => html`<option value=${d.fd} ?selected=${d.fd === fd}>${d.fd}: ${d.what}</option>`)}</select></label>` : html`<p>${t('form.none')}</p>`}
      <label>${t('form.call')}<select name="call" autofocus @change=${(e: Event) => { this.call = chosen(e); this.wrong = undefined; }}>
        ${calls.map((c) => html`<option value=${c.name} ?selected=${c === call}>${c.name}</option>`)}</select></label>
      ${call.params.map((p, i) => (i === 0 && takesDescriptor(call) ? nothing : this.#field(t, node.id, fd, call, p)))}
      ${this.result ? this.#said(t, this.result) : nothing}${this.buttons(t('form.make'))}</form>`;
  }

  #descriptors(node: number, line: string): Descriptor[] {
    const { session } = this.store;
    return descriptors(this.store.attempt(() => session.complete(node, line))?.items ?? []);
  }

  #said(t: Words, { text, why, waits }: Result): TemplateResult {
    return html`<div class="result" role="status"><p>${text}</p>${why ? html`<p class="why">${why}</p>` : nothing}${waits ? html`<p class="why">${t('form.waits')}</p>` : nothing}</div>`;
  }

  // ---- fields by what they take

  #field(t: Words, node: number, fd: number | undefined, call: CallView, p: ParamView): TemplateResult {
    const label = p.optional ? t('form.optional', { name: p.name }) : p.name;
    if (several(p)) return this.#several(label, p);
    switch (p.kind) {
      case 'names': return this.#select(label, p, [...(p.optional ? [''] : []), ...p.names], t);
      case 'level': return this.#select(label, p, p.names.length ? p.names : LEVELS, t, (level) => { this.level = level; });
      case 'option': return this.#select(label, p, this.#items(node, `getsockopt(${fd}, ${this.level ?? LEVELS[0]}, `), t);
      case 'fd': return this.#select(label, p, this.#descriptors(node, 'close(').map((d) => String(d.fd)), t);
      case 'address': return this.#address(t, label, node, call, p);
      default: return this.#input(label, call, p);
    }
  }

  /** What the core offers there, without the comma or the bracket that follows. */
  #items(node: number, line: string): string[] {
    const items = this.store.attempt(() => this.store.session.complete(node, line))?.items ?? [];
    return items.map((c) => c.text.replace(/[,)]\s*$/, ''));
  }

  #select(label: string, p: ParamView, all: readonly string[], t: Words, chosen?: (value: string) => void): TemplateResult {
    return html`<label>${label}<select name=${p.name} @change=${(e: Event) => chosen?.((e.target as HTMLSelectElement).value)}>
      ${all.map((name) => html`<option value=${name}>${name || t('form.left')}</option>`)}</select></label>`;
  }

  #several(label: string, p: ParamView): TemplateResult {
    return html`<div class="field" role="group" aria-label=${label}><span aria-hidden="true">${label}</span>
      <span class="checks">${p.names.map((name) => html`<label class="check"><input type="checkbox" name=${p.name} value=${name}>${name}</label>`)}</span></div>`;
  }

  #address(t: Words, label: string, node: number, call: CallView, p: ParamView): TemplateResult {
    const known = this.#items(node, `${call.name === 'bind' ? 'bind' : 'connect'}(0, `).map((a) => a.replaceAll('"', ''));
    const start = p.optional ? '' : known[0] ?? initial(call.name, p);
    return html`<label>${label}<input name=${p.name} .defaultValue=${start} list="known" autocomplete="off" spellcheck="false" aria-invalid=${this.invalid(p.name)} aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under(p.name)}</label>
      <datalist id="known">${known.map((a) => html`<option value=${a}></option>`)}</datalist>
      <label>${t('form.port')}<input name="${p.name}.port" inputmode="numeric" .defaultValue=${call.name === 'bind' ? '8080' : '80'} autocomplete="off" aria-invalid=${this.invalid(`${p.name}.port`)} aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under(`${p.name}.port`)}</label>`;
  }

  #input(label: string, call: CallView, p: ParamView): TemplateResult {
    return html`<label>${label}<input name=${p.name} .defaultValue=${initial(call.name, p)} inputmode=${p.kind === 'int' ? 'numeric' : 'text'} autocomplete="off" spellcheck="false"
      aria-invalid=${this.invalid(p.name)} aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under(p.name)}</label>`;
  }

  // ---- making it

  #make(e: Event, node: number, fd: number | undefined, call: CallView): void {
    e.preventDefault();
    const t = words[this.store.lang];
    const form = new FormData(e.target as HTMLFormElement);
    const read = (name: string): string => form.getAll(name).map(String).join('|');
    const values: Record<string, string> = {};
    for (const [i, p] of call.params.entries()) {
      values[p.name] = i === 0 && takesDescriptor(call) ? String(fd) : read(p.name);
      if (p.kind === 'address') values[`${p.name}.port`] = read(`${p.name}.port`);
      const wrong = problem(p, values[p.name] ?? '');
      if (wrong === 'range') return this.refuse(p.name, t('form.whole', { min: p.least, max: p.most }));
      if (wrong) return this.refuse(p.name, t('form.empty'));
    }
    this.wrong = undefined;
    this.#tell(node, command(call, values));
    this.call = undefined;
  }

  #tell(node: number, line: string): void {
    const { store } = this;
    const of = desk(store);
    const done = of.enter(node, line);
    const error = done ? done.why : of.notes.at(-1)?.error;
    const text = done?.call ?? line;
    this.result = { text, why: error ? spoken(errorSentence(store.lang, error)) : undefined, waits: text.endsWith('…') };
  }
}

customElements.define('tcp-call-form', CallForm);
