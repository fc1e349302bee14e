import { css, unsafeCSS } from 'lit';

/** Every colour has a meaning; contrast on paper is given where text is set in it. */
const light = `
  --paper: #fefefc; --wash: #f6f5f1; --hair: #e0ded7; --line: #8d8b84;
  --ink: #16181d; --ink2: #4c5058; --ink3: #696d75;
  --you: #1a56b0; --you-wash: #eaf1fb;
  --lost: #b42318; --lost-wash: #fceeec;
  --time: #855400; --time-wash: #fbf4e2;
  --edit: #8b2378; --edit-wash: #f9edf6;
  color-scheme: light;`;
const dark = `
  --paper: #14161a; --wash: #1b1e23; --hair: #2b2e34; --line: #73726e;
  --ink: #ebe8e1; --ink2: #b9b7b0; --ink3: #95938d;
  --you: #8ab6ff; --you-wash: #1c2a42;
  --lost: #ff8b7b; --lost-wash: #38201e;
  --time: #e3b35c; --time-wash: #312813;
  --edit: #ec9bda; --edit-wash: #35213a;
  color-scheme: dark;`;

/**
 * The tokens, set on the shell (`<tcp-playground>`); custom properties are inherited through shadow roots, so
 * no other element declares them. The theme is the shell's `data-theme`; without one the system decides.
 *
 * * paper, wash, hair, line: page, host column, rules, folds and what lies ahead of now
 * * ink, ink2, ink3: what happened; the other connections and notes; labels
 * * you: now, selection, breakpoints. lost: dropped, refused, full. time: timers, held, parked, sent again.
 *   edit: what you changed and its consequences
 * * t1 labels and mono tables, t2 interface, t3 sentences, t4 panel names and clock, t5 the scenario
 */
export const tokens = css`
  :host {
    --serif: 'Iowan Old Style', 'Palatino Linotype', Palatino, P052, 'Book Antiqua', Georgia, 'Liberation Serif', 'Songti SC',
      'Noto Serif SC', 'Noto Serif CJK SC', serif;
    --sans: -apple-system, 'Segoe UI', 'Noto Sans', 'Helvetica Neue', 'Liberation Sans', Arial, 'PingFang SC',
      'Noto Sans SC', 'Noto Sans CJK SC', sans-serif;
    --mono: 'SF Mono', Menlo, 'Cascadia Mono', Consolas, 'Noto Sans Mono', 'DejaVu Sans Mono', 'Liberation Mono',
      'PingFang SC', 'Noto Sans SC', 'Noto Sans CJK SC', monospace;
    --t1: 11px;
    --t2: 12px;
    --t3: 13px;
    --t4: 15px;
    --t5: 18px;
    ${unsafeCSS(light)}
  }
  @media (prefers-color-scheme: dark) {
    :host(:not([data-theme])) {
      ${unsafeCSS(dark)}
    }
  }
  :host([data-theme='dark']) {
    ${unsafeCSS(dark)}
  }
`;

/** What every shadow root starts from: type, controls without a look of their own, the focus ring. */
export const reset = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
    font: var(--t2) / 16px var(--sans);
    font-variant-numeric: tabular-nums lining-nums;
    color: var(--ink);
    -webkit-font-smoothing: antialiased;
  }
  :host([hidden]) {
    display: none !important;
  }
  h1, h2, h3, p, ul, ol, dl, dd, table, figure, pre {
    margin: 0;
    padding: 0;
    font-weight: 400;
  }
  ul, ol {
    list-style: none;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    margin: 0;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    color: var(--ink3);
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  code, kbd, .mono {
    font-family: var(--mono);
    font-size: var(--t1);
  }
  i {
    font-style: normal;
  }
  :focus-visible {
    outline: 2px solid var(--you);
    outline-offset: 1px;
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .icon {
    fill: none;
    stroke: currentColor;
    stroke-width: 1.25;
    stroke-linejoin: round;
    stroke-linecap: round;
    flex: none;
  }
  .icon .fill {
    fill: currentColor;
    stroke: none;
  }
  .time { color: var(--time); }
  .lost { color: var(--lost); }
  .edit { color: var(--edit); }
  .dim { color: var(--ink3); }
`;

/** The anatomy of a panel: name (serif), fact (mono), remark (right); italic subheads over a hairline. */
export const panel = css`
  h2 {
    display: flex;
    align-items: baseline;
    gap: 8px;
    height: 32px;
    padding-top: 9px;
    font: 400 var(--t2) / 16px var(--sans);
    white-space: nowrap;
  }
  h2 .name {
    font: var(--t4) / 16px var(--serif);
  }
  h2 .fact {
    font-family: var(--mono);
    font-size: var(--t1);
    color: var(--ink2);
  }
  h2 .remark {
    margin-left: auto;
    color: var(--ink3);
    font-size: var(--t1);
  }
  h3 {
    display: flex;
    justify-content: space-between;
    align-items: baseline;
    font: italic var(--t3) / 20px var(--serif);
    border-bottom: 1px solid var(--hair);
    height: 21px;
  }
  :host(:lang(zh)) h3 {
    font-style: normal;
  }
  h3 .fact {
    font: var(--t1) / 20px var(--mono);
    color: var(--ink2);
  }
  h3 .remark {
    font: var(--t1) / 20px var(--sans);
    color: var(--ink3);
  }
  .changed {
    font-weight: 700;
    color: var(--ink);
    box-shadow: inset 2px 0 0 var(--ink);
    padding-left: 6px;
    background: var(--wash);
  }
`;
