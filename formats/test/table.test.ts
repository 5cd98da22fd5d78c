import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { formatOf, formats, modelEndings } from '../table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every module of the project that is there when a module runs, as paths from the root. */
function modulesBehind(module: string, known = new Set<string>()): ReadonlySet<string> {
  const path = relative(root, module)
  if (known.has(path)) return known
  known.add(path)
  for (const [, from] of readFileSync(module, 'utf8').matchAll(
    /^(?:import|export) (?!type\b)[^'"]*?from '(\.[^']+)'/gm,
  ))
    modulesBehind(join(dirname(module), from as string), known)
  return known
}

const folders = ['blindscore', 'pmml', 'onnx'] as const

describe('each format is a folder and a worker, which hold no other format', () => {
  test('one for each row', () => expect(folders).toHaveLength(formats.length))

  test.each(folders)('%s', (folder) => {
    const worker = join(root, `web/vendor/worker-${folder}.ts`)
    expect(existsSync(worker)).toBe(true)
    const behind = [...modulesBehind(worker)]
    expect(behind).toContain(`formats/${folder}/reader.ts`)
    const others = folders.filter((other) => other !== folder).map((other) => `formats/${other}/`)
    expect(behind.filter((path) => others.some((other) => path.startsWith(other)))).toEqual([])
  })
})

test('who tells formats apart holds no reader', () => {
  expect([...modulesBehind(join(root, 'formats/table.ts'))].sort()).toEqual([
    'core/errors.ts',
    'formats/faults.ts',
    'formats/table.ts',
    'formats/text.ts',
  ])
})

test('a file is of the first format that it begins as', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
  expect(formatOf(bytes(' \n{'))).toBe('Blindscore JSON')
  expect(formatOf(bytes('[]'))).toBe('Blindscore JSON')
  expect(formatOf(bytes('\uFEFF<PMML/>'))).toBe('PMML')
  expect(formatOf(Uint8Array.of(0x08, 0x07))).toBe('ONNX')
  expect(() => formatOf(bytes('age,income'))).toThrow(expect.objectContaining({ fault: 'notAFormat' }))
  expect(() => formatOf(Uint8Array.of(0x80, 1))).not.toThrow()
})

test('no two formats have an ending in common', () => expect(new Set(modelEndings).size).toBe(modelEndings.length))
