import { describe, expect, it } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import { en } from '../en/english.ts'
import { languages } from '../languages.ts'
import { laterWords } from '../laterParts.ts'
import { leftOutReasons } from '../leftOut.ts'
import { noteText } from '../notes.ts'
import { pseudo, withoutIsolated } from '../pseudo.ts'
import { sentenceOf } from '../sentenceOf.ts'

const xa = languages['en-XA']
const letters = /[a-z]/i

/** The leaves of a tree of words, each with its path. */
function leavesOf(words: object, path = ''): [path: string, leaf: unknown][] {
  return Object.entries(words).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null ? leavesOf(value, `${path}.${name}`) : [[`${path}.${name}`, value]],
  )
}

/** A tree of the same form that says one thing everywhere. */
function saying(text: string, words: object): object {
  const leaf = (value: unknown): unknown => {
    if (typeof value === 'function') return () => text
    if (typeof value === 'string') return text
    return Array.isArray(value) ? value.map(leaf) : saying(text, value as object)
  }
  return Object.fromEntries(Object.entries(words).map(([name, value]) => [name, leaf(value)]))
}

describe('a pseudo-language', () => {
  it('speaks at every leaf of the English words', () => {
    const leaves = leavesOf(pseudo(saying('Some text', en)))
    expect(leaves.length).toBeGreaterThan(400)
    for (const [path, leaf] of leaves) {
      expect(typeof leaf === 'function' ? leaf() : leaf, path).toBe('Šöɱé ţéẋţ')
    }
  })

  it('leaves no letter in any text of the English words', () => {
    for (const [path, leaf] of leavesOf(xa)) {
      expect(['string', 'function'], path).toContain(typeof leaf)
      if (typeof leaf === 'string') expect(leaf, path).not.toMatch(letters)
    }
  })

  it('speaks what is added to a table, of itself', () => {
    const added = pseudo({ ...en, run: { ...en.run, added: 'One more', addedTo: (name: string) => `More of ${name}` } })
    expect(added.run.added).toBe('Öñé ɱöŕé')
    expect(added.run.addedTo('a.csv')).toBe('Ṁöŕé öƒ \u2068a.csv\u2069')
  })

  it('keeps what is inserted, however deep it was given', () => {
    expect(xa.match.take('Age', 'age')).toBe('Ûšé \u2068Age\u2069 ƒöŕ \u2068age\u2069')
    expect(xa.errors.sentences.columnsMissing({ columns: ['age', 'sex'] }, () => '')).toContain(
      '\u2068age\u2069, \u2068sex\u2069',
    )
    expect(laterWords['en-XA'].resumableRun.scored({ scored: 1, scorable: 2, file: 'a.csv', model: 'Salary' })).toEqual(
      [
        '1 öƒ 2 ŕéçöŕðš öƒ ',
        { file: '\u2068a.csv\u2069' },
        expect.stringMatching(/^ ŵéŕé šçöŕéð ŵîţĥ \u2068Salary\u2069 /),
      ],
    )
  })

  it('keeps what is chosen by, and still says what it chooses', () => {
    const level = { kind: 'level', levels: ['Berlin', 'Köln'], count: 2, missing: false } as const
    expect(xa.problemGroup.expected(level)).toBe('Éẋþéçţéð: öñé öƒ: \u2068Berlin\u2069, \u2068Köln\u2069')
    expect(laterWords['en-XA'].derivedColumns.expression({ op: 'ln', args: [{ column: 'income' }] })).toBe(
      'ļöĝ öƒ \u2068income\u2069',
    )
    expect(xa.columns.allowed({ type: 'category', name: 'town', levels: ['Bonn'] } as never)).toBe('\u2068Bonn\u2069')
  })

  it('leaves numbers as they are', () => {
    expect(xa.numbers.integer(1204)).toBe('1,204')
    expect(xa.numbers.bytes(12_345)).toBe('12.3 ķƁ')
    expect(xa.run.score(1000)).toBe('Šçöŕé 1,000 ŕéçöŕðš')
  })

  it('says errors, notes and reasons from its own tables', () => {
    const error = new BlindscoreError('model/unknown', 'serverHasNoModel', { id: 'credit' })
    expect(sentenceOf(xa, error)).toBe('Ţĥé šéŕṽéŕ ĥåš ñö ɱöðéļ “\u2068credit\u2069”.')
    expect(withoutIsolated(sentenceOf(xa, new BlindscoreError('internal', 'of another version')))).not.toMatch(letters)
    expect(noteText(xa.readerNotes, { note: 'readAs', facts: { encoding: 'utf-16le' } })).toContain(
      '\u2068UTF-16LE\u2069',
    )
    const reason = { column: 'age', code: 'cell/range', expected: { kind: 'cells', count: 3 } } as const
    expect(withoutIsolated(leftOutReasons['en-XA'](reason))).not.toMatch(letters)
    expect(leftOutReasons.en(reason)).toBe('cell/range: 3 cells expected')
  })

  it('leaves what it has said itself as it is', () => {
    const ailment = xa.problemGroup.ailments['cell/range'](2)
    expect(xa.problemGroup.examples(xa.problemGroup.ofColumn('Age', ailment))).toBe(
      'Éẋåɱþļéš, \u2068Age\u2069: 2 çéļļš åŕé öûţšîðé ţĥé åļļöŵéð ŕåñĝé',
    )
  })
})
