import { css, html, nothing, type TemplateResult } from 'lit';
import { reset, Element, panel } from '../base/index.js';
import { PRESETS } from '../../engine/pkg/presets.js';
import { programNames, programText } from '../../engine/shipped.js';
import type { Sketch } from './drafts.js';
import type { Part } from './facts.js';
import {
  asked, fresh, isBridge, KINDS, kindOf, renameNode, withAsked, withLink, withNode, type FileEnd, type FileLink, type FileNode, type NodeKind, type Program, type Translation,
} from './file.js';
import { same } from '../impairments/way.js';
import type { Asked } from './impairments.js';
import './impairments.js';
import { forwardText, linesOf, listOf, ownLine, readForward, readRoute, readSetting, routeText } from './typed.js';
import { words, type Words } from './words.js';

/** Where the core found something wrong, and what. */
export interface Wrong {
  readonly path: string;
  readonly text: string;
}

/** The settings of a node or of a link under edit. What is wrong with one is said by the core, beside it. */
export class TopologyForm extends Element {
  static override properties = { sketch: { attribute: false }, chosen: { attribute: false }, wrong: { attribute: false } };
  static override styles = [reset, panel, css`
    :host { display: block; }
    form { padding: 8px 2px 12px; display: grid; gap: 6px; }
    .hint { font: italic var(--t3) / 18px var(--serif); color: var(--ink2); padding: 6px 0; }
    :host(:lang(zh)) .hint { font-style: normal; }
    label, .field { display: grid; grid-template-columns: 116px minmax(0, 1fr); gap: 0 8px; align-items: baseline; color: var(--ink2); }
    h3 { margin-top: 6px; }
    input, select, textarea { font: var(--t1) / 16px var(--mono); color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 0; padding: 4px 6px; min-height: 26px; width: 100%; min-width: 0; }
    textarea { resize: vertical; min-height: 44px; white-space: pre; overflow-x: auto; }
    textarea.code { min-height: 140px; }
    [aria-invalid='true'] { border-color: var(--lost); box-shadow: inset 2px 0 0 var(--lost); }
    .wrong { grid-column: 2; font: var(--t3) / 16px var(--serif); color: var(--lost); padding: 2px 0 4px; overflow-wrap: anywhere; }
    .row { display: grid; gap: 4px 6px; align-items: end; }
    .iface { grid-template-columns: 64px minmax(120px, 1fr) 130px 56px 26px; }
    .end { grid-template-columns: minmax(80px, 1.2fr) minmax(80px, 1fr) 26px; }
    .program { grid-template-columns: minmax(80px, 1fr) 92px 26px; }
    .row > span { display: grid; gap: 1px; min-width: 0; font: var(--t1) / 14px var(--sans); color: var(--ink3); }
    .row .wrong { grid-column: 1 / -1; }
    details { grid-column: 1 / -1; }
    summary { color: var(--ink2); min-height: 24px; line-height: 24px; cursor: pointer; }
    button.word { height: 26px; min-width: 26px; padding: 0 6px; color: var(--ink2); justify-self: start; border-radius: 3px; }
    button.word:hover { background: var(--wash); color: var(--ink); }
    .add { display: flex; gap: 6px; } .add select { width: auto; max-width: 100%; font-family: var(--sans); color: var(--ink2); }
    @media (max-width: 599px) {
      label, .field { grid-template-columns: 1fr; gap: 2px; } .wrong { grid-column: 1; }
      input, select, textarea { min-height: 44px; font-size: 16px; } button.word { height: 44px; min-width: 44px; }
      .iface { grid-template-columns: 1fr 1.6fr 44px; } .end, .program { grid-template-columns: 1fr 1fr 44px; } .iface .late { grid-column: span 1; }
    }
  `];

  declare sketch: Sketch;
  declare chosen: Part | undefined;
  declare wrong: Wrong | undefined;

  protected override render(): TemplateResult {
    const t = words[this.store.lang];
    const { chosen: part, sketch } = this;
    const node = part?.kind === 'node' ? sketch.file.nodes[part.index] : undefined;
    const link = part?.kind === 'link' ? sketch.file.links[part.index] : undefined;
    if (node && part) return this.#node(t, node, part.index);
    if (link && part) return this.#link(t, link, part.index);
    return html`<p class="hint">${t('edit.choose')}</p>`;
  }

  /** Puts the focus where a sentence of the core points. */
  go(path: string): void {
    const all = [...this.renderRoot.querySelectorAll<HTMLElement>('[name]')];
    const named = (e: HTMLElement): string => e.getAttribute('name') ?? '';
    if (path.startsWith('links') && this.renderRoot.querySelector('tcp-impair-matrix')?.go(path)) return;
    const best = all.filter((e) => path.startsWith(named(e))).sort((a, b) => named(b).length - named(a).length)[0] ?? all[0];
    best?.focus();
  }

  #change(file: Sketch['file']): void {
    this.sketch.change(file);
    this.dispatchEvent(new Event('changed'));
    this.requestUpdate();
  }

  // ---- a field

  #is(path: string, more: readonly string[] = []): boolean {
    const at = this.wrong?.path;
    if (at === undefined) return false;
    return at === path || (at.startsWith(path) && '.['.includes(at[path.length] ?? '')) || more.includes(at);
  }

  #under(path: string): TemplateResult | typeof nothing {
    return this.#is(path) ? html`<span class="wrong" id="wrong">${this.wrong?.text}</span>` : nothing;
  }

  /** An input that keeps what was typed until it is left; then the file has it. */
  #input(path: string, value: string, put: (value: string) => void, hint = '', label?: string): TemplateResult {
    const bad = this.#is(path);
    return html`<input name=${path} .value=${value} placeholder=${hint} autocomplete="off" spellcheck="false" aria-label=${label ?? nothing}
      aria-invalid=${bad ? 'true' : nothing} aria-describedby=${bad ? 'wrong' : nothing} @change=${(e: Event) => put((e.target as HTMLInputElement).value.trim())}>`;
  }

  #field(name: string, path: string, value: string, put: (value: string) => void, hint = ''): TemplateResult {
    return html`<label>${name}${this.#input(path, value, put, hint)}${this.#under(path)}</label>`;
  }

  #area(name: string, path: string, value: string, put: (value: string) => void, hint: string): TemplateResult {
    const bad = this.#is(path);
    return html`<label>${name}<textarea name=${path} rows="2" .value=${value} placeholder=${hint} spellcheck="false" aria-invalid=${bad ? 'true' : nothing} aria-describedby=${bad ? 'wrong' : nothing}
      @change=${(e: Event) => put((e.target as HTMLTextAreaElement).value)}></textarea>${this.#under(path)}</label>`;
  }

  // ---- a node

  #node(t: Words, node: FileNode, i: number): TemplateResult {
    const { file } = this.sketch;
    const path = `nodes[${i}]`;
    const kind = kindOf(node);
    const set = (change: Partial<FileNode>): void => this.#change(withNode(file, i, (n) => ownLine({ ...n, ...change })));
    return html`<form @submit=${(e: Event) => e.preventDefault()}>
      ${this.#field(t('edit.name'), `${path}.name`, node.name, (name) => this.#change(renameNode(file, i, name)))}
      <label>${t('edit.kind')}<select name="${path}.kind" @change=${(e: Event) => this.#kind(i, node, (e.target as HTMLSelectElement).value as NodeKind)}>
        ${KINDS.map((k) => html`<option value=${k} ?selected=${k === kind}>${t(`kind.${k}`)}</option>`)}</select>${this.#under(`${path}.kind`)}</label>
      ${isBridge(kind) ? nothing : html`
      ${kind === 'host' ? html`<label>${t('edit.role')}<select name="${path}.role" @change=${(e: Event) => set({ role: (e.target as HTMLSelectElement).value })}>
        ${(['client', 'server'] as const).map((r) => html`<option value=${r} ?selected=${r === (node.role ?? 'client')}>${t(`edit.role.${r}`)}</option>`)}</select></label>` : nothing}
      ${this.#interfaces(t, node, i)}
      ${this.#field(t('edit.gateway'), `${path}.gateway`, node.gateway ?? '', (v) => set({ gateway: v || undefined }), t('fact.none'))}
      ${this.#field(t('edit.dns'), `${path}.dns`, (node.dns ?? []).join(', '), (v) => set({ dns: listOf(v) }), t('fact.none'))}
      ${this.#area(t('edit.routes'), `${path}.routes`, (node.routes ?? []).map(routeText).join('\n'), (v) => set({ routes: linesOf(v).map(readRoute) }), t('edit.routes.hint'))}
      ${this.#area(t('edit.sysctls'), `${path}.sysctls`, Object.entries(node.sysctls ?? {}).map(([k, v]) => `${k} = ${v}`).join('\n'), (v) => set({ sysctls: Object.fromEntries(linesOf(v).map(readSetting)) }), t('edit.sysctls.hint'))}
      ${kind === 'nat' ? this.#translation(t, node, i) : nothing}
      ${this.#programs(t, node, i)}`}</form>`;
  }

  /** On what mappings and filters depend (RFC 4787), and which ports lead inside. */
  #translation(t: Words, node: FileNode, i: number): TemplateResult {
    const nat = node.nat ?? {};
    const path = `nodes[${i}].nat`;
    const set = (change: Partial<Translation>): void => this.#change(withNode(this.sketch.file, i, (n) => ({ ...n, nat: ownLine({ ...n.nat, ...change }) })));
    const choice = (key: 'mapping' | 'filtering' | 'unsolicited', values: readonly string[], usual: string): TemplateResult => html`<label>${t(`nat.${key}`)}
      <select name="${path}.${key}" @change=${(e: Event) => set({ [key]: (e.target as HTMLSelectElement).value })}>${values.map((v) => html`<option value=${v} ?selected=${v === (nat[key] ?? usual)}>${v.replaceAll('_', ' ')}</option>`)}</select>${this.#under(`${path}.${key}`)}</label>`;
    return html`<h3>${t('edit.nat')}</h3>
      ${this.#field(t('nat.outside'), `${path}.outside`, (nat.outside ?? []).join(', '), (v) => set({ outside: listOf(v) }), t('nat.outside.last'))}
      ${choice('mapping', DEPENDS, 'address_and_port_dependent')}${choice('filtering', DEPENDS, 'address_and_port_dependent')}${choice('unsolicited', ['drop', 'reject', 'accept'], 'drop')}
      ${this.#area(t('nat.forwards'), `${path}.forwards`, (nat.forwards ?? []).map(forwardText).join('\n'), (v) => set({ forwards: linesOf(v).map(readForward) }), t('nat.forwards.hint'))}`;
  }

  #kind(i: number, node: FileNode, kind: NodeKind): void {
    const { file } = this.sketch;
    this.#change(withNode(file, i, (n) => {
      const { interfaces, gateway: _g, routes: _r, dns: _d, programs: _p, nat, ...bare } = n;
      if (isBridge(kind)) return { ...bare, kind };
      // Only a NAT translates.
      return { ...bare, ...ownLine({ gateway: n.gateway, routes: n.routes, dns: n.dns, programs: n.programs, nat: kind === 'nat' ? nat : undefined }), kind, interfaces: interfaces ?? [{ name: 'eth0', addresses: [] }], ...(kind === 'attacker' ? { role: 'attacker' } : node.role === 'attacker' ? { role: 'client' } : {}) };
    }));
    // Ports of a switch have no names.
    if (isBridge(kind)) {
      const now = this.sketch.file;
      this.#change({ ...now, links: now.links.map((l) => ({ ...l, ends: l.ends.map((e) => (e.node === node.name ? { ...e, interface: undefined } : e)) })) });
    }
  }

  #interfaces(t: Words, node: FileNode, i: number): TemplateResult {
    const { file } = this.sketch;
    const all = node.interfaces ?? [];
    const put = (k: number, change: Record<string, unknown>): void => this.#change(withNode(file, i, (n) => ({ ...n, interfaces: (n.interfaces ?? []).map((f, j) => (j === k ? ownLine({ ...f, ...change }) : f)) })));
    return html`<h3>${t('edit.interfaces')}</h3>
      ${all.map((f, k) => {
        const path = `nodes[${i}].interfaces[${k}]`;
        return html`<div class="row iface" role="group" aria-label="${t('fact.interface')} ${f.name}">
          <span>${t('fact.interface')}${this.#input(`${path}.name`, f.name, (name) => this.#change(renamedInterface(file, i, k, name)), '', t('fact.interface'))}</span>
          <span>${t('edit.addresses')}${this.#input(`${path}.addresses`, f.addresses.join(', '), (v) => put(k, { addresses: listOf(v) }), '10.0.0.1/24', t('edit.addresses'))}</span>
          <span class="late">${t('edit.mac')}${this.#input(`${path}.mac`, f.mac ?? '', (v) => put(k, { mac: v || undefined }), t('edit.mac.auto'), t('edit.mac'))}</span>
          <span class="late">${t('edit.mtu')}${this.#input(`${path}.mtu`, f.mtu === undefined ? '' : String(f.mtu), (v) => put(k, { mtu: v === '' ? undefined : numberOr(v) }), '1500', t('edit.mtu'))}</span>
          <button type="button" class="word" aria-label=${t('edit.remove', { name: f.name })} title=${t('edit.remove', { name: f.name })}
            @click=${() => this.#change(withNode(file, i, (n) => ({ ...n, interfaces: (n.interfaces ?? []).filter((_, j) => j !== k) })))}>×</button>
          ${this.#under(path)}</div>`;
      })}
      ${this.#is(`nodes[${i}].interfaces`) && this.wrong?.path === `nodes[${i}].interfaces` ? html`<span class="wrong" id="wrong">${this.wrong.text}</span>` : nothing}
      <button type="button" class="word" @click=${() => this.#change(withNode(file, i, (n) => ({ ...n, interfaces: [...(n.interfaces ?? []), { name: fresh((n.interfaces ?? []).map((f) => f.name), `eth${(n.interfaces ?? []).length}`), addresses: [] }] })))}>+ ${t('edit.addInterface')}</button>`;
  }

  #programs(t: Words, node: FileNode, i: number): TemplateResult {
    const { file } = this.sketch;
    const put = (k: number, change: Partial<Program>): void => this.#change(withNode(file, i, (n) => ({ ...n, programs: (n.programs ?? []).map((p, j) => (j === k ? { ...p, ...change } : p)) })));
    return html`<h3>${t('edit.programs')}</h3>
      ${(node.programs ?? []).map((p, k) => {
        const path = `nodes[${i}].programs[${k}]`;
        const name = p.file || p.program || '';
        return html`<div class="row program" role="group" aria-label=${name}>
          <span>${t('edit.file')}${this.#input(`${path}.file`, name, (v) => put(k, { file: v }), '', t('edit.file'))}</span>
          <span>${t('edit.start')}${this.#input(`${path}.start_us`, String((p.start_us ?? 0) / 1000), (v) => put(k, { start_us: scaled(v, 1000) as number }), '0', t('edit.start'))}</span>
          <button type="button" class="word" aria-label=${t('edit.remove', { name })} title=${t('edit.remove', { name })} @click=${() => this.#change(withNode(file, i, (n) => ({ ...n, programs: (n.programs ?? []).filter((_, j) => j !== k) })))}>×</button>
          ${p.source ? html`<details ?open=${this.#is(path)}><summary>${t('edit.source', { file: name })}</summary><textarea class="code" name="${path}.source" aria-label=${t('edit.source', { file: name })} spellcheck="false" .value=${p.source.join('\n')}
            aria-invalid=${this.#is(path) ? 'true' : nothing} @change=${(e: Event) => put(k, { source: (e.target as HTMLTextAreaElement).value.split('\n') })}></textarea></details>` : nothing}
          ${this.#under(path)}</div>`;
      })}
      <span class="add"><select aria-label=${t('edit.addProgram')} .value=${''} @change=${(e: Event) => void this.#addProgram(e.target as HTMLSelectElement, i)}>
        <option value="">${t('edit.addProgram')} …</option><option value="new">${t('edit.emptyProgram')}</option>${programNames.map((p) => html`<option value=${p}>${p}</option>`)}</select></span>`;
  }

  async #addProgram(select: HTMLSelectElement, i: number): Promise<void> {
    const { value } = select;
    if (value === '') return;
    const program: Program = value === 'new' ? { file: 'program.c', source: ['int main(void) {', '    return 0;', '}'] } : { file: value, source: await programText(value) };
    this.#change(withNode(this.sketch.file, i, (n) => ({ ...n, programs: [...(n.programs ?? []), program] })));
  }

  // ---- a link

  /** What a kind of link does stands at its ends: its first end is the customer's. */
  #preset(select: HTMLSelectElement, i: number): void {
    const preset = PRESETS.find((p) => p.id === select.value);
    if (!preset) return;
    this.#change(withLink(this.sketch.file, i, (link) => link.ends.reduce((l, _, end) => withAsked(l, end, end === 0 ? preset.up : preset.down), link)));
  }

  #link(t: Words, link: FileLink, i: number): TemplateResult {
    const { file } = this.sketch;
    const path = `links[${i}]`;
    const [up, ...down] = asked(link);
    const preset = up && PRESETS.find((p) => same(up, p.up) && down.every((way) => same(way, p.down)));
    const ends = (change: (all: FileEnd[]) => FileEnd[]): void => this.#change(withLink(file, i, (l) => ({ ...l, ends: change(l.ends) })));
    return html`<form @submit=${(e: Event) => e.preventDefault()}>
      ${this.#field(t('edit.name'), `${path}.name`, link.name, (name) => this.#change(withLink(file, i, (l) => ({ ...l, name }))))}
      <h3>${t('edit.ends')}</h3>
      ${link.ends.map((end, e) => {
        const of = file.nodes.find((n) => n.name === end.node);
        return html`<div class="row end" role="group" aria-label=${t('edit.end', { n: e + 1 })}>
          <select name="${path}.ends[${e}].node" aria-label=${t('edit.end', { n: e + 1 })} aria-invalid=${this.#is(`${path}.ends[${e}].node`) ? 'true' : nothing} @change=${(v: Event) => ends((all) => all.map((x, k) => (k === e ? { ...x, node: (v.target as HTMLSelectElement).value, interface: undefined } : x)))}>
            ${file.nodes.map((n) => html`<option value=${n.name} ?selected=${n.name === end.node}>${n.name}</option>`)}</select>
          ${of?.interfaces ? html`<select name="${path}.ends[${e}].interface" aria-label=${t('fact.interface')} aria-invalid=${this.#is(`${path}.ends[${e}].interface`) ? 'true' : nothing} @change=${(v: Event) => ends((all) => all.map((x, k) => (k === e ? { ...x, interface: (v.target as HTMLSelectElement).value || undefined } : x)))}>
            <option value="" ?selected=${end.interface === undefined}>${t('edit.byItself')}</option>${of.interfaces.map((f) => html`<option value=${f.name} ?selected=${f.name === end.interface}>${f.name}</option>`)}</select>` : html`<span></span>`}
          ${link.ends.length > 2 ? html`<button type="button" class="word" aria-label=${t('edit.remove', { name: end.node })} @click=${() => ends((all) => all.filter((_, k) => k !== e))}>×</button>` : html`<span></span>`}
          ${this.#under(`${path}.ends[${e}].node`)}${this.#under(`${path}.ends[${e}].interface`)}</div>`;
      })}
      <button type="button" class="word" @click=${() => ends((all) => [...all, { node: file.nodes.find((n) => !all.some((x) => x.node === n.name))?.name ?? file.nodes[0]?.name ?? '' }])}>+ ${t('edit.addEnd')}</button>
      <h3>${t('edit.sends')}</h3>
      <label>${t('edit.preset')}<select name="${path}.preset" @change=${(e: Event) => this.#preset(e.target as HTMLSelectElement, i)}>
        <option value="" .selected=${!preset}>${t('edit.preset.choose')} …</option>${PRESETS.map((p) => html`<option value=${p.id} .selected=${p === preset}>${presetName(t, p.id)}</option>`)}</select>${this.#under(`${path}.preset`)}</label>
      ${preset ? html`<p class="hint source">${t('edit.preset.source', { name: presetName(t, preset.id), source: preset.source })}</p>` : nothing}
      <tcp-impair-matrix .store=${this.store} .path=${path} .wrong=${this.wrong} .ends=${asked(link).map((sends, k) => ({ node: link.ends[k]?.node ?? '', sends }))}
        @changed=${(e: CustomEvent<Asked>) => this.#change(withLink(file, i, (l) => withAsked(l, e.detail.end, e.detail.sends)))}></tcp-impair-matrix></form>`;
  }
}

const DEPENDS = ['endpoint_independent', 'address_dependent', 'address_and_port_dependent'] as const;

function presetName(t: Words, id: string): string {
  return id === 'lan' || id === 'lte' || id === 'dsl' || id === 'satellite' || id === 'bad-wifi' ? t(`preset.${id}`) : id;
}

/** A number, or what was typed where it is none: the core says what is wrong with it. */
function numberOr(text: string): unknown {
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : text;
}

function scaled(text: string, by: number): unknown {
  const value = numberOr(text);
  return typeof value === 'number' ? Math.round(value * by) : value;
}

/** Another name for an interface, and for the ends of links that name it. */
function renamedInterface(file: Sketch['file'], i: number, k: number, name: string): Sketch['file'] {
  const node = file.nodes[i];
  const was = node?.interfaces?.[k]?.name;
  const next = withNode(file, i, (n) => ({ ...n, interfaces: (n.interfaces ?? []).map((f, j) => (j === k ? { ...f, name } : f)) }));
  return { ...next, links: next.links.map((l) => ({ ...l, ends: l.ends.map((e) => (e.node === node?.name && e.interface === was ? { ...e, interface: name } : e)) })) };
}

customElements.define('tcp-topology-form', TopologyForm);
declare global {
  interface HTMLElementTagNameMap { 'tcp-topology-form': TopologyForm }
}
