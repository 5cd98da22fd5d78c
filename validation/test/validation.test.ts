import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { inspect } from '../../reader/inspect.ts'
import { planOf } from '../../reader/plan.ts'
import { validation as words } from '../../words/en/validation.ts'
import { chartsOf, frame } from '../charts.ts'
import { figuresOf, ownFigure, type Validation } from '../compare.ts'
import { type Meaning, outcomeFacts, pairCard, readPairs } from '../readPairs.ts'
import { sectionsOf, validationPage, validationText } from '../report.ts'

/** R's figures of the same scores: stats/test/fixtures/validation.R. */
const r = JSON.parse(readFileSync(new URL('../../stats/test/fixtures/validation.json', import.meta.url), 'utf8'))
const scores = Float64Array.from(r.scores as number[])
const events = Float64Array.from(r.events as number[])

const about = { score: 'score', outcome: 'status', event: 'bad', claim: null, leftOut: 0, file: null, model: null }
const found = (more: Partial<Validation> = {}): Validation => ({
  ...about,
  ...figuresOf({ scores, outcomes: events }, true, 0.5),
  ...more,
})

async function pairs(
  text: string,
  columns: readonly [number | null, number],
  meaning: Meaning,
  levels: string[] | null,
) {
  const file = new Blob([text])
  const preview = await inspect(file)
  const card = await pairCard({ score: columns[0] === null ? null : 'score', outcome: 'outcome', levels })
  const plan = planOf(card, preview, columns[0] === null ? [columns[1]] : [...(columns as [number, number])], null)
  return {
    file,
    plan,
    read: (known: Parameters<typeof readPairs>[4] = null) => readPairs(file, plan, meaning, 100, known),
  }
}

describe('pairs of a file', () => {
  test('have every digit, and leave out what has no score or no outcome', async () => {
    const text =
      'id,score,status\n1,0.12345678901234,bad\n2,0.5,good\n3,,bad\n4,0.25,\n5,x,good\n6,1e-7,bad\n7,-250000000000.5,bad\n'
    const { read } = await pairs(text, [1, 2], { event: 'bad' }, ['bad', 'good'])
    const { scores: ours, outcomes } = await read()
    expect([...ours]).toEqual([0.12345678901234, 0.5, 1e-7, -250000000000.5])
    expect([...outcomes]).toEqual([1, 0, 1, 1])
  })

  test('are by row where the scores are known without the file', async () => {
    const text = 'id;status;amount\n1;bad;1,5\n2;good;2,5\n3;bad;\n4;good;1000000\n'
    const { read } = await pairs(text, [null, 2], 'amounts', null)
    const known = { scores: Float64Array.of(10, 30, 40), rows: Uint32Array.of(1, 3, 4) }
    const { scores: ours, outcomes } = await read(known)
    expect([...ours]).toEqual([10, 40])
    expect([...outcomes]).toEqual([1.5, 1000000])
  })

  test('that are none end in a code', async () => {
    const { read } = await pairs('id,score,status\n1,x,bad\n', [1, 2], { event: 'bad' }, ['bad'])
    await expect(read()).rejects.toMatchObject({ code: 'run/nothing-to-score' })
  })
})

test.each<[string, string[], Meaning | null]>([
  ['zeros and ones', ['0', '1', '1.0', ''], 'ones'],
  ['true and false', ['TRUE', 'FALSE', 'NA'], { event: 'TRUE' }],
  ['yes and no', ['no', 'yes'], { event: 'yes' }],
  ['many numbers', ['1', '2.5', '7'], 'amounts'],
  ['two other numbers', ['1', '2'], null],
  ['two other texts', ['bad', 'good'], null],
  ['three texts', ['yes', 'no', 'maybe'], null],
  ['nothing', ['', 'NA'], null],
])('an outcome of %s is asked for where it is in doubt', async (_, cells, meaning) => {
  const text = `id,outcome\n${cells.map((cell, i) => `${i},${cell}`).join('\n')}\n`
  const file = new Blob([text])
  const { format } = await inspect(file)
  const facts = await outcomeFacts(file, { format, width: 2 }, 1)
  expect(facts.meaning).toEqual(meaning)
  expect(facts.levels.map((level) => level.text)).not.toContain('NA')
})

test('texts without end are not all listed', async () => {
  const text = `id,outcome\n${Array.from({ length: 80 }, (_, i) => `${i},name ${i}`).join('\n')}\n`
  const file = new Blob([text])
  const { format } = await inspect(file)
  const facts = await outcomeFacts(file, { format, width: 2 }, 1)
  expect(facts).toMatchObject({ more: true, numbers: false, meaning: null })
  expect(facts.levels).toHaveLength(50)
})

describe('a vendor’s claim', () => {
  test.each([
    ['AUC', r.auc],
    ['ROC AUC', r.auc],
    ['c-statistic', r.auc],
    ['Gini coefficient', 2 * r.auc - 1],
  ])('of %s has its figure here', (metric, value) => {
    const own = ownFigure({ metric, value: 0.8 }, found())
    expect(Math.abs((own?.value ?? 0) - value)).toBeLessThan(1e-12)
    expect(own?.interval?.[0]).toBeLessThan(value)
  })

  test('of something else has none, and neither has one of amounts for events', () => {
    expect(ownFigure({ metric: 'accuracy', value: 0.8 }, found())).toBeNull()
    expect(ownFigure({ metric: 'squared correlation', value: 0.8 }, found())).toBeNull()
  })

  test('is said to lie within the interval, above it or below it', () => {
    const verdict = (value: number): string =>
      sectionsOf(found({ claim: { metric: 'AUC', value } }), words)[0]?.lines.join(' ') ?? ''
    expect(verdict(r.auc)).toContain(words.verdict.within)
    expect(verdict(0.99)).toContain(words.verdict.above)
    expect(verdict(0.5)).toContain(words.verdict.below)
    expect(verdict(0.5)).toContain(
      words.own(r.auc, [r.auc - 1.959963984540054 * r.error, r.auc + 1.959963984540054 * r.error]),
    )
  })
})

describe('a report', () => {
  test('has every figure of the text in it, and loads nothing', () => {
    const page = validationPage(found(), words, 'en')
    const text = validationText(found(), words)
    expect(text).toContain(`AUC ${words.digits(r.auc)}`)
    for (const { title, lines } of sectionsOf(found(), words))
      for (const line of [title, ...lines]) expect(page).toContain(line.replaceAll('"', '&quot;'))
    expect(page).not.toMatch(/<script|https?:\/\/|src=|url\(/)
    expect(page.match(/<svg/g)).toHaveLength(3)
  })

  test('cannot be written into by names', () => {
    const named = { score: '<img src=x>', outcome: '"&\u001b[2J', file: '</p><script>', model: '<b>', event: '<i>' }
    const page = validationPage(found({ ...named, claim: { metric: '</p><script>', value: 1 } }), words, 'en')
    expect(page).not.toMatch(/<img|<script|<b>|<i>/)
    expect(page).not.toContain('\u001b')
    expect(page).toContain('&lt;script&gt;')
    expect(validationText(found(named), words)).not.toContain('\u001b')
  })

  test('of a hundred thousand different scores stays small', () => {
    const many = Float64Array.from({ length: 100_000 }, (_, i) => i / 100_000)
    const outcomes = many.map((_, i) => (((i * 7919) % 100_003) / 100_003 < (many[i] as number) ? 1 : 0))
    const figures = figuresOf({ scores: many, outcomes }, true, 0.5)
    expect(figures.discrimination?.roc.length).toBeLessThan(450)
    expect(figures.discrimination?.roc.at(-1)).toEqual([1, 1])
    expect(validationPage(found(figures), words, 'en').length).toBeLessThan(40_000)
  })
})

test('charts lie in their frames, and say in words what they show', () => {
  const amounts = figuresOf({ scores, outcomes: Float64Array.from(r.amounts as number[]) }, false, 0)
  const charts = [...chartsOf(found(), words), ...chartsOf(amounts, words)]
  expect(charts.map(({ title }) => title)).toEqual(['ROC', 'Calibration', 'Lift', 'Calibration', 'Residuals'])
  for (const { about: said, shapes } of charts) {
    expect(said).toMatch(/\d/)
    for (const shape of shapes) {
      const [xs, ys] =
        shape.kind === 'line'
          ? [
              shape.points.split(' ').map((at) => Number(at.split(',')[0])),
              shape.points.split(' ').map((at) => Number(at.split(',')[1])),
            ]
          : shape.kind === 'bar'
            ? [
                [shape.x, shape.x + shape.width],
                [shape.y, shape.y + shape.height],
              ]
            : shape.kind === 'whisker'
              ? [[shape.x], [shape.from, shape.to]]
              : shape.kind === 'dot'
                ? [[shape.x], [shape.y]]
                : [[], []]
      for (const x of xs) expect(x >= frame.left && x <= frame.right).toBe(true)
      for (const y of ys) expect(y >= frame.top - 0.1 && y <= frame.bottom + 0.1).toBe(true)
    }
  }
})
