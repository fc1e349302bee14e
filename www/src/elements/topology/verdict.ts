/** What the core says of the scenario under edit, in a line. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Lang } from '../../locales/index.js';
import { inLanguage } from '../../locales/problems.js';
import { errorSentence } from '../../locales/sentences.js';
import { spoken } from '../why/sentence.js';
import type { Sketch } from './drafts.js';
import { partOf, placeOf } from './file.js';
import type { Words } from './words.js';

export function verdict(lang: Lang, t: Words, sketch: Sketch, linking: boolean, goTo: () => void): TemplateResult {
  const { error } = sketch;
  if (linking) return html`<p class="verdict" role="status"><span>${t('edit.pickOther')}</span></p>`;
  if (!error) return html`<p class="verdict" role="status"><span>${sketch.changed ? `${t('edit.right')} ${t('edit.changed')}` : t('edit.changed')}</span></p>`;
  const problem = error.operands.find((o) => o.name === 'problem')?.value;
  const { path } = placeOf(problem?.kind === 'word' ? problem.value : '');
  return html`<p class="verdict bad" role="status"><span>${spoken(errorSentence(lang, inLanguage(lang, error)))}</span>
    ${partOf(path) ? html`<button type="button" @click=${goTo}>${t('edit.goTo')}</button>` : nothing}</p>`;
}
