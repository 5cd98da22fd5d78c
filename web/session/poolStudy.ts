import { toHex } from '../../core/number/bytes.ts'
import { secureRandom } from '../../platform/random.ts'
import { type Clicked, type ClickedColumn, studyOf } from '../../study/clicked.ts'
import type { StudyFile } from '../../study/studyFile.ts'

/** A study that is shown to others: what it says of columns is declared, and not read off one owner's rows. */

/** A formula that was clicked together over a file. */
export interface Draft {
  readonly columns: readonly ClickedColumn[]
  readonly clicked: Clicked
}

/**
 * The column with a range that tells little of the file's: the least and the largest value of a column are single records'. From 0,
 * or as far below it, to 1, 2 or 5 with zeros behind.
 */
export function declared(column: ClickedColumn): ClickedColumn {
  if (column.kind === 'category') return column
  return {
    ...column,
    min: column.min < 0 ? -roundAbove(-column.min) : 0,
    max: column.max > 0 ? roundAbove(column.max) : 0,
  }
}

function roundAbove(value: number): number {
  for (let power = -30; power < 300; power++) {
    for (const digit of [1, 2, 5]) {
      const round = Number(`${digit}e${power}`)
      if (round >= value) return round
    }
  }
  return value
}

/** The columns of a draft that the study names: those that explain, and the outcome. */
export function namedIn({ columns, clicked }: Draft): ClickedColumn[] {
  const { outcome, terms } = clicked
  return columns.filter(({ name }) => name === outcome || terms.includes(name))
}

/** What whoever makes a study tells all of them; recipients and carrier may be empty. */
export interface AskedOfAll {
  readonly title: string
  readonly purpose: string
  readonly organiser: string
  readonly contact: string
  readonly period: string
  readonly recipients: string
  readonly carrier: string
}

/**
 * The study that owners are invited to. Each has a name that no other has, since an owner is in a study once. Its ranges may be none
 * that can be: `createStudy` says so.
 */
export function makeStudy({ columns, clicked }: Draft, { title, purpose, ...agreement }: AskedOfAll): StudyFile {
  const study = studyOf(columns, clicked, title)
  const said = Object.entries(agreement).flatMap(([member, text]) =>
    text.trim() === '' ? [] : [[member, text.trim()]],
  )
  return {
    ...study,
    id: `${study.id.slice(0, 90)}-${toHex(secureRandom(4))}`,
    description: [purpose.trim(), study.description]
      .filter((text) => text !== '')
      .join('\n')
      .slice(0, 4000),
    agreement: Object.fromEntries(said) as StudyFile['agreement'],
  }
}
