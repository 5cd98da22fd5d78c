import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { checkedStudy, type StudyFile } from '../../studyFile.ts'
import { rowsOf, sample, studyNamed } from '../../test/data.ts'
import { checkDeviance, checkWeights } from '../checks.ts'
import { newPoolLedger, readPoolLedger, writePoolLedger } from '../ledger.ts'
import { written } from '../messages.ts'
import { codes, Hall, type Meddle, partOf, pooled, type Setting } from './owners.ts'

/** What a server or an owner could try, by name. Each ends in its own code. */

const concrete = studyNamed('concrete')
const study: StudyFile = { ...concrete, terms: ['cement', 'water'] }
const read = rowsOf(study, sample('concrete'), 'both')
const parts = async (count = 3, only: (i: number) => boolean = () => true) => {
  const { rows } = await read
  return Array.from({ length: count }, (_, k) => partOf(rows, (i) => i % count === k && only(i)))
}
const stopped = async (setting: Partial<Setting>) => pooled({ study, parts: await parts(), ...setting })

/** Nothing but what agrees on owners went out. */
const leftNothing = ({ hall }: { readonly hall: Hall }): void => {
  expect([...hall.slots.keys()].filter((slot) => slot.endsWith('sealed'))).toEqual([])
}

const altered = (text: string): string => {
  const told = JSON.parse(text)
  return JSON.stringify({ ...told, body: `${told.body[0] === 'A' ? 'B' : 'A'}${told.body.slice(1)}` })
}
const meddling = (meddle: Meddle, count = 3) => new Hall(count, meddle)

describe('a server', () => {
  test('that adds to a sealed number is found by the signature', async () => {
    const hall = meddling((slot, texts) =>
      slot === '2-sealed' ? [altered(texts[0] as string), ...texts.slice(1)] : texts,
    )
    expect(new Set(codes(await stopped({ hall })))).toContain('study/message')
  })

  test('that swaps a key is found by the commitment to it, or by the signature', async () => {
    const hall = meddling((slot, texts) => (slot === 'keys' ? [altered(texts[0] as string), ...texts.slice(1)] : texts))
    const ended = await stopped({ hall })
    expect(codes(ended)).toContain('study/message')
    leftNothing(ended)
  })

  test('that invents owners gives them another code than the one that people compare', async () => {
    const ended = await stopped({
      change: (owner) => ({ ...owner, isRoster: async ({ code }) => code === 'aaaaa-bbbbb-ccccc' }),
    })
    expect(codes(ended)).toContain('study/roster')
    leftNothing(ended)
  })

  test('that tells two owners different numbers of one who signed both is found before anything is opened', async () => {
    let second = ''
    const hall = meddling((slot, texts, reader) =>
      slot === '1-sealed' && reader === 0
        ? texts.map((text) => (JSON.parse(text).from === JSON.parse(second).from ? second : text))
        : texts,
    )
    const change: Setting['change'] = (owner, k) => {
      if (k !== 1) return owner
      const post = async (slot: string, text: string): Promise<void> => {
        const { context, body } = JSON.parse(text)
        const other = Uint8Array.from(Buffer.from(body, 'base64'), (byte) => byte ^ 1)
        if (slot === '1-sealed') second = written({ slot, context, body: other }, owner.ledger.seed)
        await owner.board.post(slot, text)
      }
      return { ...owner, board: { ...owner.board, post } }
    }
    const ended = await stopped({ hall, change })
    expect(codes(ended)).toContain('study/disagree')
    expect([...ended.hall.slots.keys()]).not.toContain('2-ready')
  })

  test('that holds a reveal back ends the study for good', async () => {
    const hall = meddling((slot, texts, reader) => (slot === '2-reveal' && reader === 2 ? null : texts))
    const run = stopped({ hall })
    setTimeout(() => hall.end(), 1500)
    const ended = await run
    expect(codes(ended)).toContain('study/missing')
    const again = await stopped({ ledgers: ended.ledgers })
    expect(codes(again)).toContain('study/joined')
    leftNothing(again)
  })
})

describe('an earlier study', () => {
  const first = stopped({})

  test('of all rows but a few is a difference by filter', async () => {
    const { ledgers } = await first
    const ended = await stopped({
      ledgers,
      parts: await parts(3, (i) => i > 15),
      study: { ...study, title: 'another' },
    })
    expect(codes(ended)).toContain('study/difference')
    expect(ended.hall.slots.size).toBeLessThan(2)
  })

  test('of other owners, one or two of them, is a difference by roster, also with sham ones beside', async () => {
    const { ledgers } = await first
    const second = { ...study, title: 'another' }
    const [one, two] = await parts()
    const added = await pooled({
      study: second,
      parts: [...(await parts()), one as never],
      ledgers: [...ledgers, newPoolLedger(randomBytes)],
    })
    expect(codes(added)).toContain('study/difference')
    const swapped = await pooled({
      study: second,
      parts: [one, two, one, one, one] as never,
      ledgers: [...ledgers.slice(0, 2), ...[1, 2, 3].map(() => newPoolLedger(randomBytes))],
    })
    expect(codes(swapped)).toContain('study/difference')
    leftNothing(added)
    leftNothing(swapped)
  })

  test('is remembered by what its rows are, and a ledger that cannot be read is none', async () => {
    const { ledgers } = await first
    const [ledger] = ledgers
    expect(readPoolLedger(writePoolLedger(ledger as never))).toEqual(ledger)
    expect(() => readPoolLedger('{}')).toThrow(expect.objectContaining({ code: 'study/answered' }))
  })
})

describe('before the first message an owner refuses', () => {
  const of = async (change: object) => {
    const other = checkedStudy({ ...study, ...change })
    const { design, rows } = await rowsOf(other, sample('concrete'), 'both')
    const each = Array.from({ length: 3 }, (_, k) => partOf(rows, (i) => i % 3 === k))
    const ended = await pooled({ study: other, design, parts: each })
    expect(ended.hall.slots.size).toBeLessThan(2)
    return codes(ended)
  }

  test('a formula that isolates rows', async () => {
    const derived = {
      name: 'one',
      type: 'number',
      range: [0, 1],
      step: 1,
      expression: { op: 'equal', args: [{ column: 'cement' }, 540] },
    }
    expect(await of({ derived: [derived], terms: ['water', 'one'] })).toContain('study/cells')
  })

  test('an outlier, by its leverage', async () => {
    const [one, ...others] = await parts()
    const far = (one as (typeof others)[0]).columns.map((column) => column.map((x, i) => (i === 0 ? 1e6 : x)))
    const ended = await stopped({ parts: [{ ...(one as (typeof others)[0]), columns: far }, ...others] })
    expect(codes(ended)).toContain('study/leverage')
    leftNothing(ended)
  })

  test('a table of few patterns, some of them rare', async () => {
    const flag = (name: string, column: string, above: number) => ({
      name,
      type: 'number',
      range: [0, 1],
      step: 1,
      expression: { op: 'greater', args: [{ column }, above] },
    })
    const derived = [flag('a', 'cement', 400), flag('b', 'water', 190), flag('c', 'age', 60)]
    const found = await of({ derived, terms: ['a', 'b', 'c'] })
    expect(found).toContain('study/patterns')
  })

  test('too few of its own rows, and weights', async () => {
    const few = await stopped({ parts: await parts(3, (i) => i < 200) })
    expect(codes(few)).toContain('study/records')
    expect(few.hall.slots.size).toBe(0)
    expect(await of({ weights: 'age' })).toContain('study/pool')
  })
})

describe('an owner answers for no estimate', () => {
  test('whose weights vanish for all but one of its records', async () => {
    const { rows } = await read
    const columns = [new Float64Array(rows.rows.length).fill(1), ...rows.columns]
    const even = new Float64Array(rows.rows.length).fill(0.25)
    expect(() => checkWeights(columns, even)).not.toThrow()
    const steered = even.map((w, i) => (i === 7 ? w : 1e-12))
    expect(() => checkWeights(columns, steered)).toThrow(expect.objectContaining({ code: 'study/steered' }))
  })

  test('whose deviance is far above that of the mean', () => {
    expect(() => checkDeviance(3.1, 1)).toThrow(expect.objectContaining({ code: 'study/steered' }))
    expect(() => checkDeviance(2.9, 1)).not.toThrow()
  })
})
