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
import { privateHalfInKeyWorkers, secretIn } from '../walls/bundle.mjs'
import { modulesOf, roomOf, violationsOf } from '../walls/check.mjs'
import { biomeWalls, withTable } from '../walls/printed.mjs'
import { rooms } from '../walls/table.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const modules = modulesOf()

/** Some module of every room, and one that would stand beside it. */
const inRooms = rooms.map((room) => {
  const module = modules.find((path) => roomOf(path) === room && /\.tsx?$/.test(path))
  if (module === undefined) throw new Error(`the room ${room.name} is empty`)
  return { room, module }
})

/** What is found in a checkout that has one more line in one of its modules. */
function planted(module, line) {
  const target = inRooms.map((each) => each.module)
  const read = (path) => (path === module ? `${line}\n` : '')
  return violationsOf([...new Set([module, ...target])], read)
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
        const found = planted(module, line)
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
    const secret = [...reached(new Set([name]))].filter((each) => /private|owner|web\/keys/.test(each))
    expect([name, secret]).toEqual([name, []])
  }
  expect(reached(new Set(['web/keys']))).toContain('core/private')
})

test('only the command touches the process, and the kernel asks which Node it runs on', () => {
  const product = modules.filter((path) => roomOf(path) !== null && roomOf(path).name !== 'e2e')
  const touching = product.filter((path) =>
    /\bprocess\.[a-z]|node:process/.test(readFileSync(join(root, path), 'utf8')),
  )
  expect(touching.filter((path) => !path.startsWith('cli/'))).toEqual(['kernel/node.ts'])
})

test('no number of a card, a score or a file comes from an engine’s own functions: engines differ in the last digit', () => {
  const made =
    /\bMath\.(exp|expm1|log|log1p|log2|log10|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|cbrt|hypot)\b/
  const users = modules.filter(
    (path) => /^(core|model|formats|reader|client)\//.test(path) && made.test(readFileSync(join(root, path), 'utf8')),
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
    expect(secretIn('assets/worker-sealer---------.js', secret)).toBe(null)
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
    expect(holders.map((name) => name.replace(/-[\w-]{8}\.js$/, '')).sort()).toEqual(['worker-sealer', 'worker-vault'])
  })

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
      plugins: [privateHalfInKeyWorkers()],
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
