import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { fromHex } from '../../../core/number/bytes.ts'
import { gramOf } from '../../../stats/exactSums.ts'
import type { DesignRows } from '../../design.ts'
import { checkedStudy, type StudyFile } from '../../studyFile.ts'
import { rowsOf, sample, studyNamed } from '../../test/data.ts'
import { digestOfStudy, type OwnRowsTold } from '../join.ts'
import { journalNote } from '../journal.ts'
import { newPoolLedger, readPoolLedger, writePoolLedger } from '../ledger.ts'
import { digestOf, signerOf, written } from '../messages.ts'
import { bytesOf } from '../numbers.ts'
import { sealSeed } from '../pads.ts'
import { releaseFor } from '../release.ts'
import type { Roster } from '../roster.ts'
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

  test.each(['keys', '1-ready', '1-sealed'])(
    'that has its own owner in another’s place in %s is found by the list',
    async (at) => {
      const stranger = newPoolLedger(randomBytes)
      const hall = meddling((slot, texts) => {
        if (slot !== at) return texts
        const { context, body } = JSON.parse(texts[2] as string)
        const late = written({ slot, context, body: Buffer.from(body, 'base64') }, stranger.seed)
        return [...texts.slice(0, 2), late]
      })
      const ended = await stopped({ hall })
      expect(codes(ended)).toEqual(codes(ended).map(() => 'study/roster'))
      expect([...ended.hall.slots.keys()]).not.toContain('1-reveal')
    },
  )

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
    const hall: Hall = meddling((slot, texts, reader) => {
      if (slot !== '2-reveal' || reader !== 2) return texts
      setTimeout(() => hall.end())
      return null
    })
    const ended = await stopped({ hall })
    expect(codes(ended)).toContain('study/missing')
    const again = await stopped({ ledgers: ended.ledgers })
    expect(codes(again)).toContain('study/joined')
    leftNothing(again)
  })

  test('that hands a late reveal in once its owner was given up has it opened by nobody, nor the sums of those that are left', async () => {
    const four = await parts(4)
    const hall: Hall = meddling((slot, texts, reader) => {
      if (slot !== '2-reveal' || reader === 3) return texts
      setTimeout(() => hall.end())
      return null
    }, 4)
    const dropped = await pooled({ study, parts: four, hall })
    expect(codes(dropped)).toEqual(['study/missing', 'study/missing', 'study/missing', 'study/missing'])
    // All of its messages are there now. Whoever had reached its deadline does not go on.
    const late = new Hall(4)
    for (const [slot, texts] of hall.slots) for (const text of texts) await late.board(0).post(slot, text)
    const said = JSON.stringify([...late.slots])
    const again = await pooled({ study, parts: four, hall: late, ledgers: dropped.ledgers })
    expect(codes(again)).toEqual(codes(again).map(() => 'study/joined'))
    expect(JSON.stringify([...late.slots])).toBe(said)
    // The three that are left, in a study of their own: what they open beside the late reveal would be the fourth's.
    const without = await pooled({
      study: { ...study, title: 'without the fourth' },
      parts: four.slice(0, 3),
      ledgers: dropped.ledgers.slice(0, 3),
    })
    expect(codes(without)).toContain('study/difference')
    leftNothing(without)
  })
})

/** An owner that says, signed as it should be, something else than the protocol has, and does not look at it itself. */
const saying =
  (slotOf: (slot: string) => boolean, other: (body: Uint8Array, context: string) => Uint8Array): Setting['change'] =>
  (owner, k) => {
    if (k !== 1) return owner
    const swapped = new Map<string, string>()
    return {
      ...owner,
      board: {
        async post(slot, text) {
          const { context, body } = JSON.parse(text)
          const isOther = slotOf(slot)
          const said = isOther
            ? written({ slot, context, body: other(Buffer.from(body, 'base64'), context) }, owner.ledger.seed)
            : text
          if (isOther) swapped.set(said, text)
          await owner.board.post(slot, said)
        },
        all: async (slot) => (await owner.board.all(slot)).map((text) => swapped.get(text) ?? text),
      },
    }
  }

describe('an owner', () => {
  test('that opens another key than it committed to is found by the commitment', async () => {
    const change = saying(
      (slot) => slot === 'keys',
      (body) => body.map((byte, i) => (i === 0 ? byte ^ 1 : byte)),
    )
    const ended = await stopped({ change })
    expect(codes(ended)).toContain('study/roster')
    leftNothing(ended)
  })

  test('that tells two others different last sums is found before either is used', async () => {
    const honest = await stopped({})
    const last = [...honest.hall.slots.keys()].filter((slot) => slot.endsWith('-reveal')).at(-1)
    let roster: Roster | undefined
    let self = ''
    const lie = saying(
      (slot) => slot === last,
      (body, list) => {
        const { owners, secrets } = roster as Roster
        const victim = owners.find((each) => each !== self) as string
        const context = fromHex(digestOf(list, self, victim))
        const sealed = sealSeed(secrets.get(victim) as Uint8Array, context, randomBytes(32))
        const changed = Uint8Array.from(body)
        changed.set(sealed, owners.indexOf(victim) * sealed.length)
        return changed
      },
    )
    const change: Setting['change'] = (owner, k) => {
      if (k !== 1) return owner
      self = signerOf(owner.ledger.seed)
      const isRoster = async (told: Roster) => {
        roster = told
        return true
      }
      return lie?.({ ...owner, isRoster }, k) ?? owner
    }
    const ended = await stopped({ change })
    expect(codes(ended)).toContain('study/disagree')
    expect(ended.ends.every(({ status }) => status === 'rejected')).toBe(true)
  })

  test('with two tabs is no two owners', async () => {
    const ledger = newPoolLedger(randomBytes)
    const ended = await stopped({ ledgers: [newPoolLedger(randomBytes), ledger, ledger] })
    expect(codes(ended)).toContain('study/roster')
    leftNothing(ended)
  })

  test('that is one of two, or has nearly all rows, is told that sums of all would be the other’s', async () => {
    const two = await stopped({ parts: await parts(2) })
    expect(codes(two)).toEqual(['study/pool', 'study/pool'])
    leftNothing(two)
    const { rows } = await read
    const shares = [(i: number) => i < 840, (i: number) => i >= 840 && i < 935, (i: number) => i >= 935]
    const ended = await stopped({ parts: shares.map((mine) => partOf(rows, mine)) })
    expect(codes(ended)).toContain('study/share')
    expect([...ended.hall.slots.keys()]).not.toContain('2-sealed')
  })
})

test('nothing that an owner said or kept holds a row or one of its own sums', async () => {
  const journals: string[] = []
  const change: Setting['change'] = (owner) => ({
    ...owner,
    journal: {
      seed: randomBytes(32),
      said: () => null,
      note: async (slot, digest) => {
        journals.push(journalNote(slot, digest))
      },
      end: async () => {},
    },
  })
  const own = await parts()
  const { hall, ledgers, ends } = await stopped({ change })
  expect(ends.every(({ status }) => status === 'fulfilled')).toBe(true)
  const texts = [...hall.slots.values()].flat()
  const bodies = texts.map((text) => Buffer.from(JSON.parse(text).body, 'base64').toString('hex'))
  const all = [...texts, ...bodies, ...ledgers.map(writePoolLedger), ...journals].join('\n')
  expect(journals.length).toBeGreaterThan(50)
  for (const { columns, outcomes } of own) {
    const gram = gramOf([new Float64Array(outcomes.length).fill(1), ...columns])
    for (const value of gram.flat().filter((each) => each > 0n)) {
      expect(all).not.toContain(Buffer.from(bytesOf([value])).toString('hex'))
    }
    for (const i of outcomes.keys()) {
      expect(all).not.toContain([...columns.map((column) => column[i]), outcomes[i]].join())
    }
  }
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

  test('is not begun again without a record, as the same one or as another', async () => {
    const { ledgers } = await first
    const [one, ...others] = (await parts()) as [DesignRows, ...DesignRows[]]
    const fewer = [partOf(one, (i) => i > 0), ...others]
    for (const [title, code] of [
      [study.title, 'study/joined'],
      ['another', 'study/difference'],
    ] as const) {
      const ended = await stopped({ ledgers, parts: fewer, study: { ...study, title } })
      expect(codes(ended)).toContain(code)
      leftNothing(ended)
    }
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

  test('of other owners is none to hide where the one that came has signed that its totals may be computed', async () => {
    const { ledgers } = await first
    const second = { ...study, title: 'with a fourth' }
    const fourth = newPoolLedger(randomBytes)
    const { rows } = await read
    const four = [...(await parts()), partOf(rows, (i) => i % 4 === 3)]
    const released = (text: string) =>
      pooled({
        study: second,
        parts: four,
        ledgers: [...ledgers, fourth],
        change: (owner) => ({ ...owner, releases: [text] }),
      })
    const signed = releaseFor(digestOfStudy(second), fourth.seed)
    expect(codes(await released(signed))).toEqual([null, null, null, null])
    const forged = await released(
      JSON.stringify({ ...JSON.parse(signed), owner: signerOf(newPoolLedger(randomBytes).seed) }),
    )
    const ofAnother = await released(releaseFor(digestOfStudy(study), fourth.seed))
    for (const ended of [forged, ofAnother]) {
      expect(codes(ended)).toContain('study/message')
      expect(ended.hall.slots.size).toBe(0)
    }
  })

  test('and others of the same rows end at so many sums in all', async () => {
    const { ledgers } = await first
    const told: OwnRowsTold['numbers'][] = []
    const change: Setting['change'] = (owner) => ({ ...owner, onFitted: ({ numbers }) => told.push(numbers) })
    const again = await stopped({ ledgers, study: { ...study, title: 'another' }, change })
    expect(codes(again)).toEqual([null, null, null])
    const [numbers] = told as [OwnRowsTold['numbers']]
    expect(numbers.all).toBe(2 * numbers.here)
    expect(numbers.most).toBe(Math.floor((344 * 3) / 4))
    const full = again.ledgers.map((ledger) => ({
      ...ledger,
      studies: ledger.studies.map((each) => ({ ...each, numbers: numbers.most / 2 })),
    }))
    const ended = await stopped({ ledgers: full, study: { ...study, title: 'a third' } })
    expect(codes(ended)).toEqual(codes(ended).map(() => 'study/numbers'))
    expect(ended.hall.slots.size).toBe(0)
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

  test('a column of which four of its records alone have another value', async () => {
    const [one, ...others] = (await parts()) as [DesignRows, ...DesignRows[]]
    const [cement, water] = one.columns as [Float64Array<ArrayBuffer>, Float64Array<ArrayBuffer>]
    const few = water.map((_, i) => (i < 4 ? 2000 : 1800))
    const ended = await stopped({ parts: [{ ...one, columns: [cement, few] }, ...others] })
    expect(codes(ended)).toContain('study/cells')
    leftNothing(ended)
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
