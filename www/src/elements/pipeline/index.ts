import { html, nothing, type TemplateResult } from 'lit';
import type { Trace } from '../../engine/pkg/views.js';
import { plain, sentence } from '../../locales/sentences.js';
import { Element, panel, reset } from '../base/index.js';
import { signs } from '../host-panel/signs.js';
import { basesOf, nodeName, nodeOf } from '../host-panel/view.js';
import { packetName } from '../sequence/words.js';
import { frame } from '../tools/styles.js';
import { words, type Words } from '../tools/words.js';
import { spoken, spokenStyles } from '../why/sentence.js';
import { leaves, passages, type Counted, type Passage } from './stages.js';
import { sign } from './signs.js';
import { styles } from './styles.js';

/** Rules of a stage that are told in full. */
const TOLD = 2;

/** What the segment of this step meets on its host, stage by stage, and where it leaves. */
export class Pipeline extends Element {
  static override styles = [reset, panel, signs, spokenStyles, frame, styles];

  protected override render(): TemplateResult {
    const { store } = this;
    const t = words[store.lang];
    const { trace } = store;
    const arrived = trace?.info?.what === 'frame' && trace.info.node != null ? trace.info : undefined;
    const node = nodeOf(store.view, arrived?.node ?? undefined) ?? store.view.nodes.find((n) => n.role === 'server') ?? store.view.nodes[0];
    if (!node) return html``;
    const host = nodeName(node, this.t);
    const all = passages(arrived ? trace?.rules ?? [] : [], node.id, node.counters);
    return html`<section aria-label=${t('pipe.label', { host })}>
      <h2>${arrived ? html`<span class="what">${this.#packet(arrived.frame ?? undefined)}</span><span class="dim">${t('pipe.at', { host })}</span>` : html`<span class="dim">${t('pipe.at', { host })}</span>`}
        <span class="remark">${arrived ? nothing : `${t('pipe.none')} ${t('pipe.none.hint', { packet: this.t('action.packet') })}`}</span></h2>
      <ol class=${arrived ? '' : 'idle'}>${all.map((p) => this.#stage(p, trace, t))}</ol></section>`;
  }

  #packet(id: number | undefined): string {
    if (id === undefined || id >= this.store.frames.length) return '';
    const { store } = this;
    const letter = store.flowOf(store.frames.flow(id))?.letter;
    return [letter, packetName(store, id)].filter(Boolean).join(' ');
  }

  #stage(p: Passage, trace: Trace | undefined, t: Words): TemplateResult {
    const name = p.stage === 'meets' ? this.#meets(trace) : p.stage;
    const word = p.outcome === 'none' || p.outcome === 'beyond' ? t('pipe.skipped') : t(`pipe.${p.outcome}`);
    return html`<li class="${p.outcome} ${leaves(p.outcome) ? 'leaves' : ''}" data-stage=${p.stage}>
      <div class="spine">${sign(p.outcome)}</div>
      <h3><span>${t(`pipe.${name}`)}</span><span class="sr">, ${word}</span></h3>
      <div class="told">${p.rules.slice(0, TOLD).map((i) => this.#rule(trace as Trace, i))}
        ${p.rules.length > TOLD ? html`<p class="more">${t('pipe.more', { n: p.rules.length - TOLD })}</p>` : nothing}</div>
      <div class="exit">${leaves(p.outcome) ? html`<p class="out">${t(`pipe.exit.${p.outcome}`)}</p>` : nothing}${p.counters.map((c) => this.#counter(c))}</div></li>`;
  }

  /** A rule of it; choosing one looks at it among the others. */
  #rule(trace: Trace, i: number): TemplateResult | typeof nothing {
    const rule = trace.rules[i];
    if (!rule) return nothing;
    const { lang, face, view } = this.store;
    const bases = basesOf(view, trace.info?.flow, rule.node, face.numbers === 'relative');
    const parts = sentence(lang, rule, bases);
    return html`<p><button type="button" title="${plain(parts)} ${rule.source}" @click=${() => this.store.set({ rule: i })}>${spoken(parts)}</button></p>`;
  }

  #counter({ name, value, was }: Counted): TemplateResult {
    return html`<p class="counter"><span>${name}</span> <span class=${was === undefined ? '' : 'counted'}>${was === undefined ? value : html`${was} → ${value}`}</span></p>`;
  }

  /** A listener's or a connection's: as the look-up found. */
  #meets(trace: Trace | undefined): 'listener' | 'connection' | 'meets' {
    const found = trace?.rules.find((r) => r.id.startsWith('host.lookup.'))?.id;
    if (found === 'host.lookup.connection' || found === 'host.lookup.half_open') return 'connection';
    return found === 'host.lookup.listener' ? 'listener' : 'meets';
  }
}

customElements.define('tcp-pipeline', Pipeline);
