/**
 * The walls of the house: what each room may import. ARCHITECTURE.md prints this table, `biome.json` shows its violations
 * in an editor, and `tools/walls/check.mjs` holds every module of the checkout against it.
 *
 * `files` are paths from the root, where `*` stands for anything but a slash and a slash at the end for all that is
 * below; the first room that has a file is the file's. `values` are there when the program runs, `types` are gone by then
 * (whoever may import values may import types), `starts` are modules that run in a worker or thread of their own.
 * `packages` are of npm or of Node; `node` stands for all of Node's.
 *
 * @typedef {object} Room
 * @property {string} name
 * @property {string} holds
 * @property {readonly string[]} files
 * @property {readonly string[]} [values]
 * @property {readonly string[]} [types]
 * @property {readonly string[]} [starts]
 * @property {readonly string[]} [packages]
 * @property {readonly string[]} [texts] files of no room whose text it may have, by `?raw`
 * @property {boolean} [secret] whether it holds secrets, so that nothing in it may speak to a network
 */

const core = ['core', 'core/number', 'core/card', 'core/protocol']
const privateHalf = ['core/private', 'kernel/private']

/** @type {readonly Room[]} */
export const rooms = [
  { name: 'core', holds: 'errors, by code', files: ['core/*.ts'] },
  {
    name: 'core/number',
    holds: 'exact decimals, fractions, integers, bytes',
    files: ['core/number/'],
    values: ['core'],
  },
  {
    name: 'core/card',
    holds: 'the public card: its columns, expressions, encoding, links',
    files: ['core/card/'],
    values: ['core', 'core/number'],
    packages: ['zod'],
  },
  {
    name: 'core/protocol',
    holds: 'what crosses the line: schemes as ports, packing, the wire, the public half of Paillier',
    files: ['core/protocol/'],
    values: ['core', 'core/number', 'core/card'],
    packages: ['paillier-bigint'],
  },
  {
    name: 'core/private',
    secret: true,
    holds: 'the private half: secrets, proofs, encryption and decryption',
    files: ['core/private/'],
    values: core,
    packages: ['paillier-bigint'],
  },
  {
    name: 'platform',
    holds: 'what every platform has: randomness, digests, turns; what a page and its workers may reach',
    files: ['platform/'],
    values: ['core', 'core/number'],
  },
  {
    name: 'model',
    holds: 'a vendor’s model file: its shape, its proof, the one verdict on it',
    files: ['model/'],
    values: core,
    packages: ['zod'],
  },
  {
    name: 'stats',
    holds: 'fitting models, and how well scores told outcomes: sums, estimates, errors, tails; no file, no secret',
    files: ['stats/'],
    values: ['core', 'core/number'],
  },
  {
    name: 'study/owner',
    secret: true,
    holds: 'who has a study’s records and its key: sealing them for outcomes elsewhere, opening what comes back',
    files: ['study/owner/'],
    values: [...core, 'stats', 'study'],
    types: ['core/private'],
  },
  {
    name: 'study',
    holds: 'what a model is fitted to: the study’s file, columns and outcomes as whole numbers, outcomes multiplied in',
    files: ['study/'],
    values: [...core, 'model', 'stats'],
    packages: ['zod'],
  },
  {
    name: 'formats',
    holds: 'other people’s model files, to one of `model/`',
    files: ['formats/'],
    values: [...core, 'model'],
    packages: ['zod', 'saxes', '@bufbuild/protobuf'],
  },
  {
    name: 'files',
    holds: 'sealed files: their format, frames and signatures, streamed',
    files: ['files/'],
    values: [...core, 'platform'],
    packages: ['@noble/curves'],
  },
  {
    name: 'kernel/private',
    secret: true,
    holds: 'the owner’s arithmetic in WebAssembly',
    files: ['kernel/private.ts', 'kernel/ownerEngines.ts', 'kernel/held.ts', 'kernel/lattice/private.ts'],
    values: [...core, 'core/private', 'kernel'],
  },
  {
    name: 'kernel',
    holds: 'the arithmetic in WebAssembly: source, loader, the public half',
    files: ['kernel/'],
    values: core,
    packages: ['node', 'assemblyscript', 'fflate'],
  },
  {
    name: 'interop/private',
    secret: true,
    holds: 'other programs’ private keys, and what they open',
    files: ['interop/phe/private/'],
    values: [...core, 'core/private', 'interop'],
  },
  {
    name: 'interop',
    holds: 'other programs’ encrypted numbers and public keys, both ways: python-paillier’s',
    files: ['interop/'],
    values: core,
  },
  {
    name: 'reader',
    holds: 'the analyst’s files: text, workbooks, Parquet; checks, repairs, blocks, files to save',
    files: ['reader/'],
    values: [...core, 'platform'],
    packages: ['papaparse', 'hyparquet', 'hyparquet-compressors', 'fflate', 'saxes'],
  },
  {
    name: 'validation',
    holds: 'a scored file against its outcomes: what is read of it, the figures, the report and its charts',
    files: ['validation/'],
    values: [...core, 'platform', 'model', 'reader', 'stats'],
    types: ['words'],
  },
  {
    name: 'rpc',
    holds: 'both ends of the protocol between a page and its workers',
    files: ['rpc/'],
    values: ['core', 'platform'],
    packages: ['comlink'],
  },
  {
    name: 'client/entry',
    holds: 'the client as a library: for Node, for browsers',
    files: ['client/node.ts', 'client/browser.ts'],
    values: ['core', 'client', 'client/owner'],
    types: ['core/card', 'core/protocol', 'files'],
  },
  {
    name: 'client/owner',
    secret: true,
    holds: 'who has the key: keys, sealing and opening, in threads and workers',
    files: ['client/owner/'],
    values: [...core, ...privateHalf, 'kernel', 'platform', 'files', 'rpc', 'client'],
    starts: ['client/owner'],
    packages: ['hash-wasm', '@noble/curves', '@noble/hashes', 'piscina', 'node:os', 'node:url'],
  },
  {
    name: 'client',
    holds: 'the analyst’s half without a key: the server, sending, the journey of a run',
    files: ['client/'],
    values: [...core, 'platform', 'files', 'rpc'],
    types: ['client/owner'],
    starts: ['client/owner'],
    packages: ['zod'],
  },
  {
    name: 'words',
    holds: 'sentences for people, by code and facts',
    files: ['words/'],
    values: ['core'],
    types: [
      ...core,
      'platform',
      'rpc',
      'model',
      'stats',
      'study',
      'formats',
      'interop',
      'kernel',
      'reader',
      'files',
      'client',
      'server',
      'web/keys',
      'web/session',
    ],
  },
  {
    name: 'server/node',
    holds: 'the scoring server on Node: its socket, threads, files, API keys, log and metrics',
    files: [
      'server/bodyTime.ts',
      'server/connections.ts',
      'server/jsonLog.ts',
      'server/listen.ts',
      'server/metricsServer.ts',
      'server/liveModels.ts',
      'server/models.ts',
      'server/prometheus.ts',
      'server/audit/auditLog.ts',
      'server/audit/lock.ts',
      'server/audit/tail.ts',
      'server/audit/verify.ts',
      'server/secret.ts',
      'server/access/accessFile.ts',
      'server/access/accessKey.ts',
      'server/access/filePrincipals.ts',
      'server/access/tokens.ts',
      'server/files/diskSpool.ts',
      'server/runs/',
      'server/state/fileLedger.ts',
      'server/state/fileBudgets.ts',
      'server/state/budgetLines.ts',
      'server/http/readPage.ts',
      'server/compute/pool.ts',
      'server/compute/thread.ts',
      'server/compute/worker.ts',
    ],
    values: [...core, 'platform', 'model', 'formats', 'files', 'kernel', 'words', 'server'],
    starts: ['server/node'],
    packages: ['node', '@hono/node-server', '@noble/curves', 'jose', 'zod', 'pino', 'piscina', 'prom-client'],
  },
  {
    name: 'server',
    holds: 'the scoring server, Request → Response, on any platform',
    files: ['server/'],
    values: [...core, 'platform', 'model', 'files', 'interop', 'kernel', 'words'],
    packages: ['@noble/hashes', 'hono', 'hono-openapi', 'zod'],
  },
  {
    name: 'cli',
    holds: 'every command that a person types',
    files: ['cli/'],
    values: [
      ...core,
      'platform',
      'model',
      'stats',
      'study',
      'study/owner',
      'formats',
      'interop',
      'interop/private',
      'kernel',
      'kernel/private',
      'reader',
      'validation',
      'files',
      'client',
      'client/owner',
      'words',
      'server',
      'server/node',
      'e2e',
    ],
    packages: ['node', 'pino', 'playwright'],
  },
  {
    name: 'web/words',
    holds: 'every text of the page, in each language; no React',
    files: ['web/words/'],
    values: ['core/card', 'words'],
    types: [...core, 'reader'],
  },
  {
    name: 'web/keys',
    secret: true,
    holds: 'the worker that holds the key: made, wrapped, locked, remembered',
    files: ['web/keys/'],
    values: [...core, 'core/private', 'interop', 'interop/private', 'platform', 'rpc', 'client', 'client/owner'],
    packages: ['idb'],
  },
  {
    name: 'web/workers',
    holds: 'how the page starts its workers: in a frame without network, which they prove',
    files: ['web/workers/'],
    values: ['core', 'platform', 'rpc'],
  },
  {
    name: 'web/readers',
    holds: 'the workers that read an analyst’s file, without a key',
    files: ['web/reader/worker-*.ts'],
    values: [...core, 'platform', 'rpc', 'reader', 'web/words'],
  },
  {
    name: 'web/reader',
    holds: 'the page’s side of them',
    files: ['web/reader/'],
    values: ['core', 'rpc', 'reader', 'web/workers'],
    types: ['web/readers'],
    starts: ['web/readers'],
  },
  {
    name: 'web/vendors',
    holds: 'the workers that read a vendor’s model file, without a key',
    files: ['web/vendor/worker-*.ts', 'web/vendor/modelCheck.ts'],
    values: [...core, 'platform', 'rpc', 'model', 'formats'],
  },
  {
    name: 'web/vendor',
    holds: 'the page’s side of them',
    files: ['web/vendor/'],
    values: ['core', 'rpc', 'formats', 'web/workers'],
    types: ['web/vendors'],
    starts: ['web/vendors'],
  },
  {
    name: 'web/trainers',
    holds: 'the workers that compare scores with outcomes and fit models, without a key',
    files: ['web/trainer/worker-*.ts', 'web/trainer/fitFile.ts'],
    values: [...core, 'platform', 'rpc', 'model', 'reader', 'stats', 'study', 'validation'],
  },
  {
    name: 'web/trainer',
    holds: 'the page’s side of them',
    files: ['web/trainer/'],
    values: ['core', 'rpc', 'web/workers'],
    types: ['web/trainers'],
    starts: ['web/trainers'],
  },
  {
    name: 'web/loopbacks',
    holds: 'the scoring server of a page without one: its app and compute threads in workers',
    files: [
      'web/loopback/worker-*.ts',
      'web/loopback/appServer.ts',
      'web/loopback/computeThread.ts',
      'web/loopback/threadPort.ts',
    ],
    values: [...core, 'platform', 'rpc', 'model', 'kernel', 'server'],
  },
  {
    name: 'web/loopback',
    holds: 'the page’s side of them: what stands for the network',
    files: ['web/loopback/pageServer.ts'],
    values: ['core', 'rpc', 'web/vendor', 'web/workers'],
    types: ['web/loopbacks'],
    starts: ['web/loopbacks'],
  },
  {
    name: 'web/session',
    holds: 'the page’s state in slices, and what a person may do; no React',
    files: ['web/session/'],
    values: [
      ...core,
      'platform',
      'stats',
      'study',
      'validation',
      'files',
      'rpc',
      'client',
      'reader',
      'web/reader',
      'web/workers',
    ],
    types: ['kernel', 'client/owner', 'web/keys', 'web/readers', 'web/trainer', 'web/trainers', 'web/words'],
    texts: ['examples/'],
    starts: ['web/keys', 'web/readers'],
    packages: ['idb', 'zustand'],
  },
  {
    name: 'web/ui',
    holds: 'parts that know nothing of scoring',
    files: ['web/ui/'],
    types: ['web/words'],
    packages: ['react', 'react-dom'],
  },
  {
    name: 'web/screens',
    holds: 'what is seen: state shown, actions called',
    files: ['web/screens/'],
    values: [
      ...core,
      'client',
      'reader',
      'stats',
      'study',
      'validation',
      'web/words',
      'web/ui',
      'web/session',
      'web/vendor',
      'web/trainer',
      'web/workers',
      'web/offline',
    ],
    packages: ['@tanstack/react-query', 'react', 'zustand'],
  },
  {
    name: 'web',
    holds: 'the page’s start',
    files: ['web/*.ts', 'web/*.tsx', 'web/*.css'],
    values: ['client', 'web/words', 'web/session', 'web/screens', 'web/offline'],
    packages: ['@tanstack/react-query', 'react', 'react-dom'],
  },
  {
    name: 'web/offline',
    holds: 'what keeps the page for when there is no network, and its newer versions',
    files: ['web/offline/'],
    values: ['web/workers'],
    types: ['client'],
  },
  {
    name: 'web/demo',
    holds: 'the start of the page that has both sides of the line in it',
    files: ['web/demo/'],
    values: [
      'core/protocol',
      'client',
      'web/words',
      'web/ui',
      'web/session',
      'web/screens',
      'web/vendor',
      'web/loopback',
      'web',
    ],
    packages: ['@tanstack/react-query', 'react', 'react-dom'],
  },
  {
    name: 'e2e',
    holds: 'the real page in a real browser, by what a person finds',
    files: ['e2e/'],
    types: ['tools'],
    packages: ['node', 'playwright', '@playwright/test', '@axe-core/playwright', 'papaparse'],
  },
]

/**
 * Modules that go ways which no wall can follow, and why they may. The list may only shrink.
 *
 * @type {readonly { module: string, ways: readonly string[], why: string }[]}
 */
export const exceptions = [
  {
    module: 'server/listen.ts',
    ways: ['import.meta.url', 'new URL() of no plain text'],
    why: 'finds the models and the page in the package, from its source and from what is compiled of it',
  },
  { module: 'cli/command.ts', ways: ['a folder'], why: 'asks whether npm started it in the package’s own folder' },
  {
    module: 'e2e/setting.ts',
    ways: ['import.meta.url', 'new URL() of no plain text', 'import() of no plain text'],
    why: 'drives what is compiled, from a checkout and from the package',
  },
  {
    module: 'web/workers/frame.ts',
    ways: ['Worker'],
    why: 'starts workers from the text of their scripts, by the constructor of a frame that has no network',
  },
  { module: 'kernel/build.mjs', ways: ['import.meta.url'], why: 'writes the module that it compiles beside itself' },
]

/** Rooms that nothing of the product imports, and that may import anything: their own and other people's measurements. */
export const free = [
  'bench/',
  'tools/',
  'examples/',
  'vite.config.ts',
  'vite.demo.config.ts',
  'vitest.config.ts',
  'playwright.config.ts',
]

/** What no wall holds: tests may look behind every one. */
export const tests = /(^|\/)tests?\//
