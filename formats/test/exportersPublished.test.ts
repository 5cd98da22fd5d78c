import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'

/** What exporters publish: nothing real by default, real rows by an explicit choice alone, and said in five lines. */

const make = fileURLToPath(new URL('fixtures/exporters/make/', import.meta.url))

type Cells = Readonly<Record<string, string | number | null>>

interface Feature {
  readonly name: string
  readonly type: 'number' | 'integer' | 'category'
  readonly range?: readonly [number, number]
  readonly levels?: readonly string[]
  readonly missing?: unknown
}

interface Exported {
  readonly features: readonly Feature[]
  readonly derived?: readonly { readonly name: string; readonly expression: { readonly args?: readonly unknown[] } }[]
  readonly quality?: unknown
  readonly verification: readonly { readonly record: Cells }[]
}

interface Published {
  readonly frame: readonly Cells[]
  readonly made: Exported
  readonly real: Exported
  readonly said: readonly string[]
  readonly means?: readonly number[]
}

const there = (command: string, args: string[]): boolean => spawnSync(command, args, { stdio: 'ignore' }).status === 0
const python = ['/usr/bin/python3', 'python3'].find((each) => there(each, ['-c', 'import sklearn, pandas']))
const r = there('Rscript', ['-e', '1']) ? 'Rscript' : undefined

const published = new Map<string, Published>()

/** Made once for all that is asked of it. */
function publishedBy(command: string, script: string): Published {
  const told = published.get(script) ?? JSON.parse(execFileSync(command, [`${make}${script}`], { encoding: 'utf8' }))
  published.set(script, told)
  return told
}

describe.each([
  ['Python', python, 'published.py'],
  ['R', r, 'published.R'],
])('an export from %s', (_, command, script) => {
  let told: Published
  beforeAll(() => {
    if (command !== undefined) told = publishedBy(command, script)
  }, 120_000)
  const when = test.skipIf(command === undefined)

  const isRow = (record: Cells): boolean =>
    told.frame.some((row) => Object.entries(record).every(([name, cell]) => (row[name] ?? '') === cell))

  when('has verification records that are made up, inside the ranges and levels', () => {
    const { verification, features } = told.made
    expect(verification).toHaveLength(8)
    for (const { record } of verification) {
      expect(isRow(record)).toBe(false)
      for (const { name, type, range, levels, missing } of features) {
        const cell = record[name] ?? ''
        if (cell === '') expect(missing).toBeDefined()
        else if (type === 'category') expect(levels).toContain(cell)
        else {
          expect(cell).toBeGreaterThanOrEqual(range?.[0] ?? Number.NaN)
          expect(cell).toBeLessThanOrEqual(range?.[1] ?? Number.NaN)
          if (type === 'integer') expect(Number.isInteger(cell)).toBe(true)
        }
      }
    }
  })

  when('has real ones where that is asked for', () => {
    expect(told.real.verification).toHaveLength(8)
    for (const { record } of told.real.verification) expect(isRow(record)).toBe(true)
  })

  when('says in five lines what is published and what stays private', () => {
    expect(told.said.slice(0, 5).map((line) => line.split(':')[0])).toEqual([
      'Published',
      'Published',
      'Published',
      'Private',
      'Private',
    ])
    expect(told.said[2]).toContain('made up')
  })
})

describe.skipIf(python === undefined)('columns with missing cells', () => {
  let told: Published
  beforeAll(() => {
    told = publishedBy(python as string, 'published.py')
  }, 120_000)

  test('of whole numbers stay so, and what stands in for a missing one has few digits', () => {
    const children = told.made.features.find(({ name }) => name === 'children')
    expect(children?.type).toBe('integer')
    const filled = told.made.derived?.find(({ name }) => name === 'children (filled)')
    const [exact = 0] = told.means ?? []
    const standIn = Number(filled?.expression.args?.[1])
    expect(standIn).not.toBe(exact)
    expect(standIn).toBeCloseTo(exact, 4)
    expect(String(standIn).length).toBeLessThan(10)
  })

  test('quality is found on rows that are handed over', () => {
    expect(told.made.quality).toMatchObject({ metric: 'AUC', on: '100 records that it was not fitted on' })
  })
})
