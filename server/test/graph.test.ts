import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)

/** Every module that `entry` reaches through relative imports, types included, and every import of a package. */
function moduleGraph(entry: string): { modules: Set<string>; packages: Set<string> } {
  const modules = new Set<string>()
  const packages = new Set<string>()
  const visit = (url: URL): void => {
    const path = fileURLToPath(url).slice(fileURLToPath(root).length)
    if (modules.has(path)) return
    modules.add(path)
    const source = readFileSync(url, 'utf8')
    for (const [, name = ''] of source.matchAll(/(?:from|import|import\()\s*['"]([^'"]+)['"]/g)) {
      if (name.startsWith('.')) visit(new URL(name, url))
      else packages.add(name)
    }
  }
  visit(new URL(entry, root))
  return { modules, packages }
}

const entries = ['server/main.ts', 'server/worker.ts', 'server/listen.ts']

test.each(entries)('%s reaches nothing of the private half', (entry) => {
  const { modules } = moduleGraph(entry)
  const foreign = [...modules].filter(
    (path) => path.startsWith('core/private/') || /^(web|e2e|bench|check)\//.test(path),
  )
  expect(foreign).toEqual([])
  // The walk went through core and did not stop at the first file.
  expect(modules).toContain('core/twin.ts')
  expect(modules).toContain('core/errors.ts')
})

test('the compute threads are reached from the command, by the one name that the pool has for them', () => {
  expect(moduleGraph('server/main.ts').modules).toContain('server/compute.ts')
  expect(readFileSync(new URL('server/compute.ts', root), 'utf8')).toContain("new URL('./worker.js', import.meta.url)")
})

test('the walk sees the private half where it is imported', () => {
  const { modules } = moduleGraph('server/test/support/world.ts')
  expect(modules).toContain('core/private/key.ts')
})

test('only the command touches the process, and the kernel asks which Node it runs on', () => {
  const { modules } = moduleGraph('server/main.ts')
  const touching = [...modules].filter((path) =>
    /\bprocess\.[a-z]|node:process/.test(readFileSync(new URL(path, root), 'utf8')),
  )
  expect(touching).toEqual(['server/main.ts', 'kernel/node.ts'])
})
