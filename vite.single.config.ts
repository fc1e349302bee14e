import { resolve } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

const www = resolve(import.meta.dirname, 'www');

/** index.html leaves as tcp-playground.html, beside the index.html of the site. */
const rename: Plugin = {
  name: 'rename-page',
  enforce: 'post',
  generateBundle(_, bundle) {
    const page = bundle['index.html'];
    if (page) page.fileName = 'tcp-playground.html';
  },
};

/** One file with everything in it, which opens from `file://`: no modules to fetch, the wasm as base64. */
export default defineConfig({
  root: www,
  cacheDir: resolve(import.meta.dirname, 'node_modules/.vite'),
  base: './',
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), rename],
  resolve: {
    alias: ['wasm-source', 'script-wasm-source'].map((name) => (
      { find: new RegExp(`^.*/${name}\\.js$`), replacement: resolve(www, `src/engine/${name}.inline.ts`) })),
  },
  build: {
    outDir: resolve(import.meta.dirname, 'dist'),
    emptyOutDir: false,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: { input: resolve(www, 'index.html') },
  },
});
