import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'
import { aboutInPage } from './tools/demo/about.mjs'
import { sampleColumns } from './tools/demo/sampleColumns.mjs'
import { workerParts } from './tools/demo/workerParts.mjs'
import { licenceNotices } from './tools/licences.mjs'
import { saysNotStarted } from './tools/notStarted.mjs'
import { policyInPage } from './tools/policyInPage.mjs'
import { serviceWorker } from './tools/serviceWorker.mjs'
import { wallsOfThePage } from './tools/walls/bundle.mjs'

const root = fileURLToPath(new URL('.', import.meta.url))
/** What stands for larger modules: see each. */
const alias = [
  // The smallest of Hono's routers; there is one client.
  { find: /^hono$/, replacement: 'hono/tiny' },
  { find: './routes/files.ts', replacement: `${root}tools/demo/files.mjs` },
  { find: /^\.\/(routes\/phe|planNumbers|combine)\.ts$/, replacement: `${root}tools/demo/phe.mjs` },
  { find: './routes/audit.ts', replacement: `${root}tools/demo/audit.mjs` },
  {
    find: /^\.\/(http\/(hosts|proxies|proxiedPlaces)|connectionOwners)\.ts$/,
    replacement: `${root}tools/demo/connections.mjs`,
  },
  {
    find: /^\.\/(routes\/(usage|operations)|http\/pageFiles)\.ts$/,
    replacement: `${root}tools/demo/operations.mjs`,
  },
  { find: '../http/openapi.ts', replacement: `${root}tools/demo/openapi.mjs` },
  { find: '../../words/en/problems.ts', replacement: `${root}tools/demo/titles.mjs` },
  // Its server stores no runs.
  {
    find: /^\.\/(HandOver\.tsx|HandedBar\.tsx|HandedOver\.tsx|handOvers\.ts)$/,
    replacement: `${root}tools/demo/handOver.mjs`,
  },
  { find: 'hono-openapi', replacement: `${root}tools/demo/openapi.mjs` },
]
const modulesReport = `${root}dist/demo-modules.json`

/** What is shared and comes at once anyhow: in one file it is smaller than in ten, whatever else comes to share it. */
const neededAtOnce = new RegExp(
  `/(${[
    'core/(errors|faults|number/(base64|bytes|decimal|doubleDouble|elementary|integers|normal))',
    'core/card/(card|characters|dates|evaluate|expression|link|match|nesting|numberFormat|pattern|program|texts|words)',
    'core/protocol/(schemes|wire)',
    'platform/(digest|faults|random)',
    'rpc/(faults|rpcHost)',
    'client/(card|faults|server)',
    'reader/plan',
    'web/(session/state|workers/\\w+)',
  ].join('|')})\\.ts$`,
)

const workerPlugins = () => [
  faultsForSentences(),
  wallsOfThePage(modulesReport, { demo: true }),
  licenceNotices({ page: false }),
]

/** The page that has both sides of the line in it: files that run from any folder of any host (`npm run build:demo`). */
export default defineConfig(({ mode }) => ({
  root: `${root}web/demo`,
  publicDir: `${root}public`,
  base: './',
  resolve: { alias },
  plugins: [
    react(),
    saysNotStarted(),
    aboutInPage(),
    policyInPage([]),
    wallsOfThePage(modulesReport, { demo: true }),
    licenceNotices({ page: true }),
    workerParts({ plugins: workerPlugins, alias }),
    ...(mode === 'single' ? [] : [sampleColumns(`${root}public`), serviceWorker(`${root}public`)]),
  ],
  build: {
    outDir: mode === 'single' ? `${root}dist/demo-parts` : `${root}dist/demo`,
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      // What is put into one file (tools/demo/single.mjs) has one script.
      output: {
        codeSplitting: mode !== 'single' && {
          groups: [
            { name: 'libraries', test: /node_modules(?!\/@noble\/)/ },
            { name: 'core', test: neededAtOnce },
          ],
        },
      },
    },
  },
  worker: {
    format: 'es',
    plugins: workerPlugins,
    rolldownOptions: { output: { codeSplitting: false, entryFileNames: 'assets/[name]-[hash].js' } },
  },
}))

/**
 * The page says what the server refuses in its own words, by code and fault; the server's workers carry no second copy of
 * them.
 */
function faultsForSentences(): Plugin {
  return {
    name: 'faults-for-sentences',
    enforce: 'pre',
    resolveId(id, importer) {
      const ofServer = importer?.startsWith(`${root}server/`) ?? false
      return ofServer && id.endsWith('/words/en/errors.ts') ? `${root}tools/demo/sentences.mjs` : null
    },
  }
}
