import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { aboutInPage } from './tools/demo/about.mjs'
import { hosting } from './tools/hosting.mjs'
import { isolationInDevelopment } from './tools/isolationInDevelopment.mjs'
import { licenceNotices } from './tools/licences.mjs'
import { saysNotStarted } from './tools/notStarted.mjs'
import { policyInPage } from './tools/policyInPage.mjs'
import { serviceWorker } from './tools/serviceWorker.mjs'
import { wallsOfThePage } from './tools/walls/bundle.mjs'

// The scoring server of a development session; `npm run dev` starts it beside Vite.
const api = `http://127.0.0.1:${process.env.BLINDSCORE_API_PORT ?? 8787}`
// Scoring servers elsewhere that the built page may call, separated by spaces.
const connect = (process.env.BLINDSCORE_CONNECT ?? '').split(' ').filter((origin) => origin !== '')
const modulesReport = 'dist/page-modules.json'

export default defineConfig({
  plugins: [
    react(),
    saysNotStarted(),
    isolationInDevelopment(),
    aboutInPage(),
    policyInPage(connect),
    hosting('dist/hosting', connect),
    wallsOfThePage(modulesReport),
    licenceNotices({ page: true }),
    serviceWorker('public'),
  ],
  // Relative addresses, so that the page can be hosted below any path.
  base: './',
  build: {
    outDir: 'dist/page',
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A strict CSP forbids data: URLs for everything but images.
    assetsInlineLimit: 0,
    // What only sealed files need comes with the first one, and its library with it.
    // What changes with a library is apart from what changes with the page, so that a browser keeps it longer.
    rolldownOptions: {
      // How long its plugins took tells whoever runs `npm start` nothing, and is said on slow machines alone.
      checks: { bundlerTimings: false },
      output: { codeSplitting: { groups: [{ name: 'libraries', test: /node_modules\/(?!@noble\/)/ }] } },
    },
  },
  worker: {
    format: 'es',
    plugins: () => [wallsOfThePage(modulesReport), licenceNotices({ page: false })],
    rolldownOptions: {
      output: {
        // One file per worker: its policy allows no import, so that nothing in it can reach the network.
        codeSplitting: false,
        // The server gives files of this name the workers' policy. The entry's own name starts with "worker-".
        entryFileNames: 'assets/[name]-[hash].js',
      },
    },
  },
  server: { proxy: { '/v1': api, '/openapi.json': api } },
})
