/** How the page's editors look: programs and scripts alike. Fetched with the first of them. */
import { EditorView } from '@codemirror/view';

export const editorLook = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'var(--paper)', fontSize: 'var(--t2)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px', scrollbarWidth: 'thin' },
  '.cm-content': { caretColor: 'var(--you)', padding: '4px 0' },
  '&.cm-focused .cm-content': { boxShadow: 'inset 0 0 0 1px var(--you)' },
  '.cm-line': { padding: '0 12px 0 8px' },
  '.cm-cursor': { borderLeftColor: 'var(--you)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--hair)' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine:not(.line-next, .line-failed)': { backgroundColor: 'var(--wash)' },
  '.cm-gutters': { backgroundColor: 'var(--paper)', color: 'var(--ink3)', border: '0' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--lost)', backgroundColor: 'var(--lost-wash)' },
  '.cm-lintPoint-error:after': { borderBottomColor: 'var(--lost)' },
  '.cm-tooltip': { border: '1px solid var(--ink)', backgroundColor: 'var(--paper)', color: 'var(--ink)' },
  '.cm-diagnostic': { borderLeft: '2px solid var(--lost)', padding: '6px 10px', font: 'var(--t3) / 18px var(--serif)', maxWidth: '420px', whiteSpace: 'normal' },
  '.cm-matchingBracket': { backgroundColor: 'var(--hair)', outline: 'none' },
});
