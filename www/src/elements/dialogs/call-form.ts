import { html, nothing, type TemplateResult } from 'lit';
import { nodeName, nodeOf } from '../host-panel/view.js';
import { ARGUMENTS, command, descriptors, offered, problem, SHELL, type Argument, type CallName, type Values } from './calls.js';
import { errorSentence, plain } from '../../locales/sentences.js';
import { Form } from './forms.js';

/** A socket call by hand: on a host, on one of the person's own descriptors, what its state has a use for. */
export class CallForm extends Form {
  static override properties = { ...Form.properties, result: { state: true }, host: { state: true }, fd: { state: true }, call: { state: true } };

  declare protected result: string | undefined;
  declare protected host: number | undefined;
  declare protected fd: number | undefined;
  declare protected call: CallName | undefined;

  protected override render(): TemplateResult {
    const { t, store } = this;
    const node = nodeOf(store.view, this.host) ?? store.view.nodes.find((n) => n.role === 'client') ?? store.view.nodes[0];
    if (!node) return html``;
    const fds = descriptors(node);
    const socket = fds.find((s) => s.fd === this.fd) ?? fds.at(-1);
    const calls = offered(socket);
    const call = this.call && calls.includes(this.call) ? this.call : (calls[1] ?? 'socket');
    return html`<form class="body" novalidate @submit=${(e: Event) => this.#make(e, node.id, socket?.fd ?? -1, call)}>
      <label>${t('dialog.call.host')}<select name="host" @change=${(e: Event) => { this.host = Number((e.target as HTMLSelectElement).value); this.fd = undefined; this.call = undefined; }}>
        ${store.view.nodes.map((n) => html`<option value=${n.id} ?selected=${n.id === node.id}>${nodeName(n, t)} ${n.addr}</option>`)}</select></label>
      ${fds.length ? html`<label>${t('dialog.call.fd')}<select name="fd" @change=${(e: Event) => { this.fd = Number((e.target as HTMLSelectElement).value); this.call = undefined; }}>
          ${fds.map((s) => html`<option value=${s.fd ?? ''} ?selected=${s === socket}>${s.fd}: ${s.ss} ${s.local}</option>`)}</select></label>`
        : html`<p>${t('dialog.call.noFd')}</p>`}
      <label>${t('dialog.call.call')}<select name="call" autofocus @change=${(e: Event) => { this.call = (e.target as HTMLSelectElement).value as CallName; }}>
        ${calls.map((c) => html`<option value=${c} ?selected=${c === call}>${c}</option>`)}</select></label>
      ${ARGUMENTS[call].map((a) => this.#argument(a, call))}
      ${this.result === undefined ? nothing : html`<p class="result" role="status">${this.result}</p>`}
      ${this.buttons(t('dialog.call.make'))}</form>`;
  }

  #argument(a: Argument, call: CallName): TemplateResult {
    const { t } = this;
    const label = { addr: t('dialog.call.addr'), backlog: t('dialog.call.backlog'), len: t('dialog.call.len'), text: t('dialog.call.data') }[a];
    const server = this.store.view.nodes.find((n) => n.role === 'server');
    const start = { addr: call === 'bind' ? '0.0.0.0:8080' : `${server?.addr ?? '10.0.0.2'}:80`, backlog: '2', len: '512', text: 'hello' }[a];
    return html`<label>${label}<input name=${a} .defaultValue=${start} autocomplete="off" spellcheck="false" aria-invalid=${this.invalid(a)}
      aria-describedby=${this.wrong ? 'wrong' : nothing}>${this.under(a)}</label>`;
  }

  #make(e: Event, node: number, fd: number, call: CallName): void {
    e.preventDefault();
    const values: Values = { addr: this.value('addr'), backlog: this.value('backlog'), len: this.value('len'), text: this.value('text') };
    for (const a of ARGUMENTS[call]) {
      const p = problem(a, values);
      if (p) return this.refuse(a, p === 'address' ? this.t('dialog.call.badAddr') : this.t('dialog.call.badNumber', p));
    }
    this.wrong = undefined;
    const made = command(call, fd, values);
    const done = this.store.command({ kind: 'call', node, call: made });
    this.result = done && [done.call ?? this.#blocked(node), done.why && plain(errorSentence(this.store.lang, done.why))].filter(Boolean).join(' ');
    this.call = undefined;
  }

  #blocked(node: number): string {
    return nodeOf(this.store.view, node)?.processes.find((p) => p.pid === SHELL)?.blocked ?? this.t('program.mark.blocked');
  }
}

customElements.define('tcp-call-form', CallForm);
