import type { FormatNote } from '../formats/notes.ts'
import type { Report as ModelReport } from '../model/report.ts'
import { htmlPage as pageOf } from '../validation/htmlPage.ts'
import { noteText } from '../words/en/notes.ts'
import type { Encrypted } from './encrypted.ts'

type Report = ModelReport<Encrypted, FormatNote>

/** The report as a person reads it. Names come from the file, so nothing in them may steer a terminal. */
export function page(report: Report): string {
  const sections = sectionsOf(report)
  return `${sections.map(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)].join('\n')).join('\n\n')}\n`
}

/** The same as one file, to attach to a contract. */
export function htmlPage(report: Report): string {
  const title = `${plain(report.title)}: what serving it publishes`
  return pageOf({ title, language: 'en', sections: sectionsOf(report) })
}

function sectionsOf(report: Report) {
  const { verification: v } = report
  const sections = [
    [`${plain(report.title)} (${report.id}, version ${plain(report.version)})`, `${report.format}, will be served`],
    ['Columns', ...columns(report)],
    [
      'Precision',
      `tolerance ${report.tolerance} on every linear predictor; proven: at most ${digits(report.errorBound)}`,
      `slot width T = ${report.slotBits} bits, scale 2^${report.scaleBits}`,
    ],
    ['Cost per thousand records', ...costs(report)],
    ['Cost by scheme, about', ...schemeCosts(report)],
    [
      'The card publishes',
      `${count(report.public.features, 'feature')}, ${count(report.public.derived, 'derived column')} with their expressions, ` +
        `${count(report.public.inputs, 'encrypted input')}, the link ${linkText(report)}, ` +
        `${count(report.responses.length, 'response')}: ${listed(report.responses)}${report.label ? ', and a label' : ''}`,
      `${count(v.records, 'verification record')}; ${bytes(report.public.cardBytes)} in all; hash ${report.hash}, another one once the server has committed to the weights`,
    ],
    [
      'Stays private',
      `${count(report.private.weights, 'weight')} and ${count(report.private.intercepts, 'intercept')} in ${count(report.private.heads, 'head')}`,
    ],
    ['Verification records, which the card publishes as they stand here', ...records(report)],
    ['Through the whole encrypted path', ...encrypted(report)],
    ...(report.notes.length > 0 ? [['Notes', ...report.notes.map((note) => `- ${plain(noteText(note))}`)]] : []),
  ]
  return sections.map(([title = '', ...lines]) => ({ title, lines }))
}

/** So many are shown; the card has all. */
const mostRecords = 20

function records({ public: { records } }: Report): string[] {
  if (records.length === 0) return ['none: nobody can tell a wrong model from the right one']
  const shown = records.slice(0, mostRecords).map(({ record, predictors, responses }, i) => {
    const cells = Object.entries(record).map(([name, cell]) => `${plain(name)}=${plain(cell)}`)
    const gives = predictors ?? responses ?? []
    return `${i + 1}: ${cells.join(', ')}${gives.length > 0 ? ` -> ${gives.join(', ')}` : ''}`
  })
  const rest = records.length > shown.length ? [`and ${records.length - shown.length} more`] : []
  return ['Are these rows of real people? Then write others before the model is served.', ...shown, ...rest]
}

function columns({ columns }: Report): string[] {
  const shown = columns
    .slice(0, 200)
    .map((column) => [
      plain(column.name),
      column.kind,
      column.type === 'number'
        ? column.rangeFrom === 'any'
          ? 'any number'
          : `${column.range?.[0]} to ${column.range?.[1]} (${column.rangeFrom})${column.encrypted ? `, step ${column.step}` : ''}`
        : `${column.levels} levels`,
      column.encrypted ? 'encrypted' : 'stays in the browser',
      column.missing === 'refuse' ? '' : `missing: ${column.missing}`,
    ])
  const rest = columns.length > shown.length ? [`and ${columns.length - shown.length} more`] : []
  return [...table(shown), ...rest]
}

function costs({ keys }: Report): string[] {
  return table(
    keys.map(({ keyBits, recordsPerCiphertext, perThousand }) =>
      perThousand === null
        ? [`${keyBits}-bit key`, 'no record fits']
        : [
            `${keyBits}-bit key`,
            `${recordsPerCiphertext} records per ciphertext`,
            `${perThousand.ciphertextsUp} ciphertexts up (${bytes(perThousand.bytesUp)})`,
            `${perThousand.ciphertextsDown} down (${bytes(perThousand.bytesDown)})`,
          ],
    ),
  )
}

function schemeCosts({ schemes }: Report): string[] {
  return table(
    schemes.flatMap(({ scheme, sets }) =>
      sets.length === 0
        ? [[scheme, 'no parameters for this model: it is served under the others']]
        : sets.map(({ set, slots, records, bytesUp, clientMs, serverMs }) => [
            set,
            `${slots} ${slots === 1 ? 'record' : 'records'} a plaintext`,
            `${records} records: ${bytes(bytesUp)} up`,
            `${seconds(clientMs)} to seal and open`,
            `${seconds(serverMs)} to score, a thread`,
          ]),
    ),
  )
}

function encrypted({ verification: v }: Report): string[] {
  const what =
    v.records > 0
      ? `${count(v.records, 'verification record')} came out right`
      : 'the two ends of every input came out right'
  const { seal, score, open } = v.milliseconds
  return [
    `${what} under a fresh ${v.keyBits}-bit key; at most ${digits(v.worst)} from the plaintext model (${v.engine})`,
    `measured here, one thread, per ciphertext: sealing ${ms(seal)}, scoring ${ms(score)}, opening ${ms(open)}`,
  ]
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows)
    row.forEach((cell, c) => {
      widths[c] = Math.max(widths[c] ?? 0, cell.length)
    })
  return rows.map((row) =>
    row
      .map((cell, c) => cell.padEnd(Math.min(60, widths[c] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}

const linkText = ({ link }: Report): string => (typeof link === 'string' ? link : (Object.keys(link)[0] ?? ''))
const listed = (names: readonly string[]): string =>
  names.slice(0, 12).map(plain).join(', ') + (names.length > 12 ? `, … (${names.length})` : '')
const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`
const digits = (x: number): string => (x === 0 ? '0' : x.toExponential(2))
const seconds = (x: number): string => `${Number((x / 1000).toPrecision(2))} s`
const ms = (x: number): string => `${Number(x.toPrecision(2))} ms`

function bytes(n: number): string {
  if (n < 1024) return `${n} bytes`
  return n < 1024 ** 2 ? `${(n / 1024).toFixed(1)} KiB` : `${(n / 1024 ** 2).toFixed(1)} MiB`
}

/** Without control characters, and no longer than a line holds. */
function plain(text: string): string {
  const clean = text.replace(/\p{C}/gu, '\uFFFD')
  return clean.length > 400 ? `${clean.slice(0, 399)}…` : clean
}
