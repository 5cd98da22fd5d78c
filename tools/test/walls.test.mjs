import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { describe, expect, test } from 'vitest'
import { foreignIn, secretIn, wallsOfThePage } from '../walls/bundle.mjs'
import { modulesOf, roomOf, violationsOf } from '../walls/check.mjs'
import { edgesOf } from '../walls/imports.mjs'
import { biomeWalls, withTable } from '../walls/printed.mjs'
import { exceptions, rooms } from '../walls/table.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const modules = modulesOf()

/** Some module of every room, and one that would stand beside it. */
const inRooms = rooms.map((room) => {
  const module = modules.find((path) => roomOf(path) === room && /\.tsx?$/.test(path))
  if (module === undefined) throw new Error(`the room ${room.name} is empty`)
  return { room, module }
})

/** What is found where a module is one line, beside the module that the line names. */
function planted(module, line, target = module) {
  return violationsOf([...new Set([module, target])], (path) => (path === module ? `${line}\n` : ''))
}

const forms = {
  value: (path) => [
    `import { x } from '${path}'`,
    `import { type T, x } from '${path}'`,
    `import x from '${path}'`,
    `import * as x from '${path}'`,
    `import '${path}'`,
    `export { x } from '${path}'`,
    `export * from '${path}'`,
    `const x = await import('${path}')`,
    `const x = require('${path}')`,
    `import x = require('${path}')`,
  ],
  type: (path) => [
    `import type { T } from '${path}'`,
    `import { type T } from '${path}'`,
    `export type { T } from '${path}'`,
    `export type * from '${path}'`,
    `type T = import('${path}').T`,
    `type T = typeof import('${path}')`,
  ],
  worker: (path) => [`new Worker(new URL('${path}', import.meta.url), { type: 'module' })`],
}

test('no wall of this checkout is broken', () => {
  expect(violationsOf(modules)).toEqual([])
})

describe.each(inRooms)('$room.name', ({ room, module }) => {
  const allowed = {
    value: room.values ?? [],
    type: [...(room.values ?? []), ...(room.types ?? [])],
    worker: room.starts ?? [],
  }

  test.each(Object.keys(forms))('lets no %s through that its row does not name, in any form', (kind) => {
    for (const { room: other, module: target } of inRooms) {
      if (other === room) continue
      for (const line of forms[kind](relativeTo(module, target))) {
        const found = planted(module, line, target)
        if (allowed[kind].includes(other.name)) expect([line, found]).toEqual([line, []])
        else expect([line, found.join()]).toEqual([line, expect.stringContaining(`${room.name} may not`)])
      }
    }
  })

  test('lets no package through that its row does not name', () => {
    for (const name of ['react', 'node:fs', 'fs', 'left-pad', '@scope/thing/part', 'zod/mini', 'playwright']) {
      const own = (room.packages ?? []).some((each) => name.startsWith(each) || (each === 'node' && /fs$/.test(name)))
      expect(planted(module, `import x from '${name}'`).length > 0).toBe(!own)
    }
  })
})

test('no way through the rooms leads from the server, the page or the readers to the private half', () => {
  const reached = (names) => {
    const next = rooms.filter(({ name }) => names.has(name)).flatMap(({ values = [] }) => values)
    const all = new Set([...names, ...next])
    return all.size === names.size ? all : reached(all)
  }
  for (const name of ['server', 'client', 'web', 'web/session', 'web/screens', 'web/readers', 'web/vendors', 'words']) {
    const secret = [...reached(new Set([name]))].filter((each) =>
      /private|owner|study\/pool|web\/(keys|pools)/.test(each),
    )
    expect([name, secret]).toEqual([name, []])
  }
  expect(reached(new Set(['web/keys']))).toContain('core/private')
})

test('only the command touches the process; the kernel asks which Node it runs on, a lock which process runs, and as whom', () => {
  const product = modules.filter((path) => roomOf(path) !== null && roomOf(path).name !== 'e2e')
  const touching = product.filter((path) =>
    /\bprocess\.[a-z]|node:process/.test(readFileSync(join(root, path), 'utf8')),
  )
  expect(touching.filter((path) => !path.startsWith('cli/'))).toEqual(['kernel/node.ts', 'server/runningProcess.ts'])
  const asked = readFileSync(join(root, 'server/runningProcess.ts'), 'utf8').match(
    /\bprocess\.[a-z]\w*(?:\(pid, 0\))?/g,
  )
  expect(new Set(asked)).toEqual(new Set(['process.pid', 'process.kill(pid, 0)', 'process.getuid']))
})

test('no number of a card, a score or a file comes from an engine’s own functions: engines differ in the last digit', () => {
  const made =
    /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b/
  const users = modules.filter(
    (path) =>
      /^(core|model|formats|reader|client|stats|study)\//.test(path) &&
      made.test(readFileSync(join(root, path), 'utf8')),
  )
  // There they only choose where to begin.
  expect(users).toEqual(['core/number/elementary.ts'])
})

test('what is compiled, outside the checkout, a test or in no room is no way around a wall', () => {
  expect(planted('web/session/key.ts', "import x from '../../core/private/owner.js'").join()).toContain('core/private')
  expect(planted('web/session/key.ts', "import x from '../../dist/core/private/owner.js'")).toHaveLength(1)
  expect(planted('server/app.ts', "import x from './test/support/world.ts'").join()).toContain('a test')
  expect(violationsOf(['elsewhere/new.ts'], () => '').join()).toContain('in no room')
  expect(() => planted('server/app.ts', 'import(')).toThrow('server/app.ts')
})

/** What is said of one line in a module of a room. */
const said = (path, line) => planted(path, line).join()

/** What a template has where its value goes. */
const hole = ['$', '{name}'].join('')

describe('a way that no wall can follow is named in every room', () => {
  test.each([
    [`await import(\`../${hole}.ts\`)`, 'import() of no plain text'],
    ["await import('../' + name)", 'import() of no plain text'],
    ['await import(name)', 'import() of no plain text'],
    ["import.meta.glob('../server/models/*.json')", 'import.meta.glob'],
    ["import.meta.resolve('./x.ts')", 'import.meta.resolve'],
    ["import.meta['resolve']('./x.ts')", 'import.meta'],
    ['const { resolve } = import.meta', 'import.meta'],
    ["const here = import.meta.url; new URL('../x.json', here)", 'import.meta.url'],
    ['new URL(name, import.meta.url)', 'new URL() of no plain text'],
    [`new URL(\`./${hole}.ts\`, import.meta.url)`, 'new URL() of no plain text'],
    ['new Worker(name)', 'Worker'],
    ["new Worker('./worker.ts')", 'Worker'],
    ["new globalThis.Worker('./worker.ts')", 'Worker'],
    ["new (globalThis['Worker'])('./worker.ts')", 'Worker'],
    ['const Own = Worker', 'Worker'],
    ["import { Worker } from 'node:worker_threads'", 'Worker'],
    ["import { IsolatedWorker as Worker } from '../workers/IsolatedWorker.ts'; new Worker(name)", 'Worker'],
    ['new SharedWorker(name)', 'SharedWorker'],
    ['context.audioWorklet.addModule(name)', 'addModule'],
    ["importScripts('./x.js')", 'importScripts'],
    ["new Function('return 1')", 'Function'],
    ["Function('return 1')", 'Function'],
    ["eval('1')", 'eval'],
    ["(0, eval)('1')", 'eval'],
    ["globalThis['eval']('1')", 'eval'],
    ['require(name)', 'require'],
    ["require.resolve('zod')", 'require'],
    ["import { createRequire as from } from 'node:module'", 'createRequire'],
    ["import * as m from 'node:module'; m['createRequire'](x)", 'createRequire'],
    ["import { register } from 'node:module'", 'node:module'],
    ["import * as m from 'module'", 'module'],
    ["import { runInThisContext } from 'node:vm'", 'node:vm'],
    ["process.getBuiltinModule('module')", 'getBuiltinModule'],
  ])('%s', (line, way) => {
    for (const { room, module } of inRooms) {
      if (exceptions.some((each) => each.module === module)) continue
      expect([module, said(module, line)]).toEqual([
        module,
        expect.stringContaining(`${room.name} may not use ${way}.`),
      ])
    }
  })

  test('but not what only looks alike', () => {
    for (const line of [
      "new Worker(new URL('./worker-sealer.ts', import.meta.url), { type: 'module' })",
      "import { KeyHolder as Worker } from './keyHolder.ts'",
      "if (typeof Worker === 'undefined') f()",
      'function f(worker: Worker): Worker { return worker }',
      '// eval, new Function and import.meta.glob',
      "const text = 'eval'",
    ]) {
      expect([line, planted('client/owner/worker-sealer.ts', line)]).toEqual([line, []])
    }
  })

  test.each(exceptions)('$module is excepted, because it $why', ({ module, ways }) => {
    const { imports, ways: gone } = edgesOf(join(root, module))
    const folders = imports.filter(({ specifier, kind }) => kind === 'file' && !/\.[a-z]+$/.test(specifier))
    const used = [...gone.map(({ way }) => way), ...folders.map(() => 'a folder')]
    expect(ways.filter((way) => !used.includes(way))).toEqual([])
  })
})

describe('what is no code stands behind the same walls', () => {
  test.each([
    ["import weights from '../../server/models/salary.json' with { type: 'json' }", 'values of server'],
    ["const { default: w } = await import('../../server/models/salary.json')", 'values of server'],
    ["import text from '../../server/models/salary.json?raw'", 'values of server'],
    ["import text from '../../core/private/owner.ts?raw'", 'values of core/private'],
    ["import address from '../../server/models/salary.json?url'", 'only ?raw is known'],
    ["import make from '../../kernel/kernel.wasm?init'", 'only ?raw is known'],
    ["import text from '../../core/private/owner.ts?x?raw'", 'only ?raw is known'],
    ["import text from '../../core/private/owner.ts?url&raw'", 'only ?raw is known'],
    ["import text from '../../core/private/owner.ts#x'", 'only ?raw is known'],
    ["fetch(new URL('../../server/models/salary.json', import.meta.url))", 'files of server'],
    ["import cases from '../../core/test/fixtures/golden/card.json'", 'a test'],
    ["import cases from '../../core/test/fixtures/golden/card.json?raw'", 'a test'],
    ["import styles from '../screens/CheckStep.module.css'", 'values of web/screens'],
    ["import x from '../../package.json'", 'values of package.json'],
    ["import x from '/server/models/salary.json'", 'begins at a root'],
    ["import x from '../../core/private/owner'", 'names no file'],
    ["import x from '../../core/private/'", 'names no file'],
    ["import x from '../../core/private'", 'names no file'],
    ["import x from '..'", 'names no file'],
    ["new URL('../../server/models/', import.meta.url)", 'names no file'],
  ])('%s', (line, reason) => {
    expect(said('web/session/key.ts', line)).toMatch(reason)
  })

  test('a room has its own files, those of rooms whose values it may have, and the texts that its row names', () => {
    for (const [module, line] of [
      ['web/session/key.ts', "import text from '../../examples/score.ts?raw'"],
      ['web/screens/App.tsx', "import styles from './App.module.css'"],
      ['web/screens/App.tsx', "import styles from '../ui/Grid.module.css'"],
      ['server/app.ts', "import model from './models/salary.json' with { type: 'json' }"],
    ]) {
      expect([line, planted(module, line)]).toEqual([line, []])
    }
    expect(said('server/app.ts', "import text from '../examples/score.ts?raw'")).toContain('examples')
    expect(said('web/session/key.ts', "import x from '../../examples/score.ts'")).toContain('examples')
  })
})

describe('types come through the walls as well', () => {
  test.each([
    ['/// <reference types="node" />', 'the package node:globals'],
    ['/// <reference types="react" />', 'the package react'],
    ['/// <reference path="../../core/private/owner.ts" />', 'types of core/private'],
  ])('%s', (line, reason) => {
    expect(said('web/session/key.ts', line)).toContain(reason)
    expect(planted('server/listen.ts', '/// <reference types="node" />')).toEqual([])
  })

  test.each([
    "/** @import { Owner } from '../core/private/owner.ts' */",
    "/** @typedef {import('../core/private/owner.ts').Owner} Owner */",
    "/**\n * @import { A,\n *   Owner } from '../core/private/owner.ts'\n */",
  ])('%s', (comment) => {
    expect(said('kernel/build.mjs', comment)).toContain('kernel may not import types of core/private')
    expect(planted('kernel/index.ts', comment)).toEqual([])
  })
})

test('rooms that hold secrets speak to no network, whatever the name hangs on', () => {
  for (const name of ['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'WebTransport', 'RTCPeerConnection']) {
    for (const line of [`new ${name}(x)`, `globalThis.${name}(x)`, `self['${name}'](x)`, `const own = ${name}`]) {
      for (const { room, module } of inRooms) {
        const barred = planted(module, line).join().includes(`may not use ${name}.`)
        expect([room.name, line, barred]).toEqual([room.name, line, room.secret === true])
      }
    }
  }
  expect(said('web/keys/worker-vault.ts', 'navigator.sendBeacon(x)')).toContain('sendBeacon')
  const secret = rooms.filter((room) => room.secret).map(({ name }) => name)
  expect(secret).toEqual([
    'core/private',
    'study/owner',
    'study/pool',
    'kernel/private',
    'interop/private',
    'client/owner',
    'web/keys',
    'web/pools',
    'web/sealers',
    'web/answerers',
  ])
})

test('rooms without Node have nothing that only Node has', () => {
  for (const line of ["Buffer.from('x')", 'process.env.X', 'globalThis.process', 'setImmediate(f)', '__dirname']) {
    for (const { room, module } of inRooms) {
      const ofNode = (room.packages ?? []).some((name) => name === 'node' || name.startsWith('node:'))
      expect([room.name, line, planted(module, line).length > 0]).toEqual([room.name, line, !ofNode])
    }
  }
})

test('unused code is looked for in every room', () => {
  const { project } = JSON.parse(readFileSync(join(root, 'knip.json'), 'utf8'))
  const [, endings = ''] = /^\*\*\/\*\.\{([a-z,]+)\}$/.exec(project.join()) ?? []
  const missed = modules.filter((path) => !endings.split(',').includes(path.split('.').at(-1)))
  expect(missed).toEqual([])
})

test('circles of files are found, of values and of types', () => {
  const sources = {
    'core/number/a.ts': "import { b } from './b.ts'",
    'core/number/b.ts': "import type { C } from './c.ts'",
    'core/number/c.ts': "export * from './a.ts'",
    'core/number/d.ts': "import { a } from './a.ts'",
  }
  expect(violationsOf(Object.keys(sources), (path) => sources[path])).toEqual([
    'core/number/a.ts → core/number/b.ts → core/number/c.ts: a circle.',
  ])
})

test('the paper and the editor have the same table', () => {
  const paper = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const cells = (text) => text.replace(/ {2,}|-{3,}/g, ' ').replace(/ +/g, ' ')
  expect(cells(withTable(paper)) === cells(paper), 'run node tools/walls/printed.mjs').toBe(true)
  const editor = JSON.parse(readFileSync(join(root, 'tools/walls/editor.json'), 'utf8'))
  expect(JSON.stringify(biomeWalls(modules)) === JSON.stringify(editor), 'run node tools/walls/printed.mjs').toBe(true)
})

test('an editor shows a forbidden import', () => {
  const folder = mkdtempSync(join(tmpdir(), 'editor-'))
  const config = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'))
  writeFileSync(join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: undefined }))
  mkdirSync(join(folder, 'tools/walls'), { recursive: true })
  copyFileSync(join(root, 'tools/walls/editor.json'), join(folder, 'tools/walls/editor.json'))
  const lint = (path) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), "import { x } from '../../core/private/owner.ts'\n\nx()\n")
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
    return spawnSync(process.execPath, [biome, 'lint', path], { cwd: folder, encoding: 'utf8' })
  }
  expect(lint('web/keys/planted.ts')).toMatchObject({ status: 0 })
  expect(lint('web/session/planted.ts')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('web/session may not import this'),
  })
  rmSync(folder, { recursive: true })
})

describe('what is built', () => {
  test('a file is known by its name, whatever letters its hash has', () => {
    const secret = ['core/private/owner.ts']
    expect(secretIn('assets/worker-vault-Bngal0-4.js', secret)).toBe(null)
    expect(secretIn('assets/worker-vault---------.js', secret)).toBe(null)
    expect(secretIn('assets/worker-reader-worker-v.js', secret)).toBe(secret[0])
    expect(secretIn('assets/index-Bngal0-4.js', secret)).toBe(secret[0])
  })

  const report = join(root, 'dist/page-modules.json')

  test.runIf(existsSync(report))('has the private half in the key workers’ files and in no other', () => {
    const built = JSON.parse(readFileSync(report, 'utf8'))
    const scripts = readdirSync(join(root, 'dist/page/assets')).filter((name) => name.endsWith('.js'))
    for (const name of scripts) {
      const list = built[`assets/${name}`]
      expect([name, Array.isArray(list) && list.length > 0]).toEqual([name, true])
      expect([name, secretIn(name, list)]).toEqual([name, null])
    }
    const holders = scripts.filter((name) => built[`assets/${name}`].some((path) => path.startsWith('core/private/')))
    expect(holders.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).sort()).toEqual([
      'worker-files',
      'worker-numbers',
      'worker-sealed',
      'worker-vault',
    ])
  })

  test.runIf(existsSync(report))('has nothing of the server, the command or the tests', () => {
    const built = JSON.parse(readFileSync(report, 'utf8'))
    for (const [name, list] of Object.entries(built)) expect([name, foreignIn(list)]).toEqual([name, null])
  })

  test.each(['server/models/salary.json', 'server/models/salary.json?raw', 'server/models/salary.json?url'])(
    'is no page at all with %s in it',
    async (path) => {
      const folder = mkdtempSync(join(tmpdir(), 'walls-'))
      const entry = join(folder, 'main.ts')
      writeFileSync(entry, `import weights from '${join(root, path)}'\nconsole.log(weights)\n`)
      const building = build({
        configFile: false,
        root,
        logLevel: 'silent',
        plugins: [wallsOfThePage()],
        build: { outDir: join(folder, 'out'), assetsInlineLimit: 0, rollupOptions: { input: entry } },
      })
      await expect(building).rejects.toThrow(/server\/models\/salary.json is in/)
      rmSync(folder, { recursive: true })
    },
  )

  test.each([
    ['core/private/paillier/privateKey.ts', 'makePrivateKey'],
    ['kernel/private.ts', 'kernelOwnerArithmetic'],
    ['client/owner/seal.ts', 'openAnswer'],
  ])('is no page at all with %s in the main thread', async (path, name) => {
    const folder = mkdtempSync(join(tmpdir(), 'walls-'))
    const entry = join(folder, 'main.ts')
    writeFileSync(entry, `import { ${name} } from '${join(root, path)}'\nconsole.log(${name})\n`)
    const building = build({
      configFile: false,
      root,
      logLevel: 'silent',
      plugins: [wallsOfThePage()],
      build: { outDir: join(folder, 'out'), lib: { entry, formats: ['es'], fileName: 'main' } },
    })
    await expect(building).rejects.toThrow(/The private half is in main/)
    rmSync(folder, { recursive: true })
  })
})

function relativeTo(from, to) {
  const up = '../'.repeat(from.split('/').length - 1)
  return `${up || './'}${to}`
}
