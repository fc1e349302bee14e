/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const www = resolve(import.meta.dirname, 'www');

/** The site: two pages, and the script that sets `<tcp-playground>` into other people's pages. */
export default defineConfig({
  root: www,
  cacheDir: resolve(import.meta.dirname, 'node_modules/.vite'),
  // Relative, so that dist/ works from any sub-path of any host.
  base: './',
  server: { fs: { allow: [import.meta.dirname] } },
  plugins: [{
    // The schema of scenario files has an address that editors and programs can name: no hash.
    name: 'scenario-schema',
    generateBundle() {
      const source = readFileSync(resolve(import.meta.dirname, 'docs/scenario.schema.json'), 'utf8');
      this.emitFile({ type: 'asset', fileName: 'scenario.schema.json', source });
    },
  }],
  build: {
    outDir: resolve(import.meta.dirname, 'dist'),
    emptyOutDir: true,
    // Which files belong to the first step, and which come later: `npm run bench` weighs them apart.
    manifest: true,
    target: 'es2023',
    // Strict content security policies allow no data: URLs for code or fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: resolve(www, 'index.html'),
        embed: resolve(www, 'embed.html'),
        'tcp-playground': resolve(www, 'src/public/tcp-playground.ts'),
      },
      preserveEntrySignatures: 'exports-only',
      output: {
        // The script tag's address is a promise to the pages that carry it: no hash.
        entryFileNames: (chunk) => (chunk.name === 'tcp-playground' ? '[name].js' : 'assets/[name]-[hash].js'),
      },
    },
  },
  test: { include: ['src/**/*.test.ts'] },
});
