import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { mostMessageBytes as mostOfClient } from '../../../client/studyServer.ts'
import { sha256 } from '../../../platform/digest.ts'
import { defaultStudyLimits } from '../../../server/studies/limits.ts'
import { type DesignRows, designOf } from '../../design.ts'
import type { StudyFile } from '../../studyFile.ts'
import { rowsOf, sample, studyNamed } from '../../test/data.ts'
import { checkStudySize } from '../join.ts'
import { written } from '../messages.ts'
import { numberBytes } from '../numbers.ts'
import { checkSize, messageBytes, mostMessageBytes, mostStudyBytes, studyBytes } from '../size.ts'
import { codes, Hall, partOf, pooled } from './owners.ts'

/** How large the messages of a pooled study become, known before there are any. */

const credit = studyNamed('credit')
const levels = (count: number) => Array.from({ length: count }, (_, i) => `level ${i}`)
/** A study of so many coefficients, in two columns of levels. */
const wide = (coefficients: number): StudyFile => ({
  ...credit,
  features: ['a', 'b'].map((name, i) => ({
    ...{ name, type: 'category' as const },
    levels: levels(i === 0 ? 101 : coefficients - 100),
  })),
  derived: [],
  terms: ['a', 'b'],
})

test('a message and all of them are no larger than is said, and the largest not by much', async () => {
  const study = { ...credit, terms: ['Amount', 'Expenses', 'Price'] }
  const { design, rows } = await rowsOf(study, sample('credit'), 'both')
  const hall = new Hall(3)
  const parts = [0, 1, 2].map((k) => partOf(rows, (i) => i % 3 === k))
  expect(codes(await pooled({ study, design, parts, hall }))).toEqual([null, null, null])
  const sizes = [...hall.slots.values()].flat().map((text) => text.length)
  const coefficients = design.inputs.length + 1
  expect(Math.max(...sizes)).toBeLessThanOrEqual(messageBytes(coefficients))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(studyBytes(coefficients, 3))
  const body = new Uint8Array(((511 * 512) / 2 + 511) * numberBytes)
  const { length } = written({ slot: '100-sealed', context: 'a'.repeat(64), body }, randomBytes(32))
  expect(messageBytes(511) - length).toBeGreaterThan(0)
  expect(messageBytes(511) - length).toBeLessThan(1024)
})

test('what is said to have room has room on a server, and in what a client reads', () => {
  expect([defaultStudyLimits.messageBytes, defaultStudyLimits.studyBytes]).toEqual([mostMessageBytes, mostStudyBytes])
  expect(mostOfClient).toBe(mostMessageBytes)
})

test('a study of too many coefficients is refused where it is made, and before its first message where it is joined', async () => {
  const most = 510
  await checkStudySize(wide(most), 3, sha256)
  await expect(checkStudySize(wide(most + 1), 3, sha256)).rejects.toMatchObject({
    code: 'study/too-large',
    facts: { coefficients: most + 1, owners: 3, most },
  })
  // Many owners have less room each.
  expect(() => checkSize(300, 64)).toThrow(expect.objectContaining({ code: 'study/too-large' }))
  checkSize(300, 20)
  const study = wide(most + 1)
  const design = await designOf(study, 'both', sha256)
  const none: DesignRows = { columns: design.inputs.map(() => new Float64Array(0)), outcomes: new Float64Array(0) }
  const hall = new Hall(3)
  expect(codes(await pooled({ study, design, parts: [none, none, none], hall }))).toEqual(
    Array(3).fill('study/too-large'),
  )
  expect(hall.slots.size).toBe(0)
})
