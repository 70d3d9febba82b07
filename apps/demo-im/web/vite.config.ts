import preact from '@preact/preset-vite';
import { defineConfig } from 'vite';
import { serviceWorker } from './service-worker.build.ts';

const backend = 'http://127.0.0.1:7500';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact(), serviceWorker('src/sw.ts')],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // The first that know light-dark(), which the tokens are made of.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
  },
  server: { proxy: { '/api': backend, '/v1': { target: backend, ws: true } } },
});
