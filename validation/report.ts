import type { Accuracy } from '../stats/accuracy.ts'
import { shareInterval } from '../stats/tenths.ts'
import type { Discrimination } from '../stats/validation.ts'
import { type Chart, chartHeight, chartsOf, chartWidth, frame, type Shape, type Words } from './charts.ts'
import { ownFigure, type Validation } from './compare.ts'
import { escaped, htmlPage, type Section } from './htmlPage.ts'

/** A validation as a person reads it: sections for a page, lines for a terminal, and one file to print. Names come from files: nothing in them steers any of them. */

export function sectionsOf(found: Validation, words: Words): Section[] {
  const { discrimination, confusion, brier, accuracy } = found
  return [
    headSection(found, words),
    ...(discrimination ? discriminationSections(discrimination, words) : []),
    ...(confusion ? [{ title: words.threshold(confusion.threshold), lines: words.confusion(confusion) }] : []),
    ...(brier === null ? [] : [{ title: words.probabilities, lines: [words.brier(brier)] }]),
    ...(accuracy ? accuracySections(accuracy, words) : []),
  ]
}

function headSection(found: Validation, words: Words): Section {
  const { score, outcome, event, file, model, leftOut } = found
  return {
    title: words.against(plain(score), plain(outcome), event === null ? null : plain(event)),
    lines: [
      ...claimLines(found, words),
      ...(file === null ? [] : [words.file(plain(file))]),
      ...(model === null ? [] : [words.model(plain(model))]),
      ...(leftOut > 0 ? [words.leftOut(leftOut)] : []),
    ],
  }
}

/** The vendor's figure beside the one on these records, where they are of the same kind. */
function claimLines(found: Validation, words: Words): string[] {
  const { claim, discrimination, accuracy } = found
  const usual = discrimination
    ? words.auc(discrimination.auc, discrimination.interval)
    : words.correlation(accuracy?.squaredCorrelation ?? 0)
  if (claim === null) return [usual]
  const said = words.claim(plain(claim.metric), claim.value, claim.on === undefined ? undefined : plain(claim.on))
  const own = ownFigure(claim, found)
  if (own === null) return [said, usual]
  const { value, interval } = own
  if (interval === null || interval[0] === interval[1]) return [said, words.own(value, interval)]
  const where = claim.value > interval[1] ? 'above' : claim.value < interval[0] ? 'below' : 'within'
  return [said, words.own(value, interval), words.verdict[where]]
}

function discriminationSections(found: Discrimination, words: Words): Section[] {
  const { records, events, auc, error, interval, lift } = found
  const { digits, tenthOf } = words
  return [
    {
      title: words.records(records, events),
      lines: [words.area(auc, error, interval), ...(error === 0 ? [words.noWidth] : [])],
    },
    {
      title: words.tenths,
      lines: [],
      table: {
        head: [tenthOf.records, tenthOf.score, tenthOf.rate, tenthOf.interval, tenthOf.lift],
        rows: lift.map(({ records: count, meanScore, rate }) => [
          String(count),
          digits(meanScore),
          digits(rate),
          shareInterval(rate, count).map(digits).join(' – '),
          digits((rate * records) / events),
        ]),
      },
    },
  ]
}

function accuracySections(found: Accuracy, words: Words): Section[] {
  const { digits, tenthOf } = words
  return [
    {
      title: words.amounts(found.records),
      lines: [
        words.explained(found.r2, found.squaredCorrelation),
        words.errors(found.rootMeanSquare, found.meanAbsolute),
        words.residuals(found.bias, found.quantiles),
      ],
    },
    {
      title: words.tenths,
      lines: [],
      table: {
        head: [tenthOf.records, tenthOf.score, tenthOf.amount],
        rows: found.tenths.map(({ records, meanScore, rate }) => [String(records), digits(meanScore), digits(rate)]),
      },
    },
  ]
}

function plain(text: string): string {
  return text.replace(/\p{C}/gu, '�').slice(0, 200)
}

export function validationText(found: Validation, words: Words): string {
  const sections = sectionsOf(found, words).map(({ title, lines, table }) =>
    [title, ...[...lines, ...(table ? tableLines([table.head, ...table.rows]) : [])].map((line) => `  ${line}`)].join(
      '\n',
    ),
  )
  return `${sections.join('\n\n')}\n`
}

function tableLines(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, c) => Math.max(...rows.map((row) => (row[c] ?? '').length)))
  return rows.map((row) => row.map((cell, c) => cell.padStart(widths[c] ?? 0)).join('  '))
}

/** The same as one file. `language` is that of the words. */
export function validationPage(found: Validation, words: Words, language: string): string {
  const { title } = words
  return htmlPage({
    title,
    language,
    sections: sectionsOf(found, words),
    figures: chartsOf(found, words).map(chartHtml),
  })
}

function chartHtml({ title, about, shapes }: Chart): string {
  const { left, top, right, bottom } = frame
  const box = `<rect class="frame" x="${left}" y="${top}" width="${right - left}" height="${bottom - top}"/>`
  return `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${chartWidth} ${chartHeight}" role="img" aria-label="${escaped(about)}">${box}${shapes.map(shapeHtml).join('')}</svg></figure>`
}

function shapeHtml(shape: Shape): string {
  switch (shape.kind) {
    case 'line':
      return `<polyline class="${shape.role}" points="${shape.points}"/>`
    case 'dot':
      return `<circle class="dot" cx="${shape.x}" cy="${shape.y}" r="4"/>`
    case 'whisker':
      return `<line class="whisker" x1="${shape.x}" x2="${shape.x}" y1="${shape.from}" y2="${shape.to}"/>`
    case 'bar':
      return `<rect class="bar" x="${shape.x}" y="${shape.y}" width="${shape.width}" height="${shape.height}"/>`
    case 'text':
      return `<text x="${shape.x}" y="${shape.y}" text-anchor="${shape.anchor}">${escaped(shape.text)}</text>`
  }
}
