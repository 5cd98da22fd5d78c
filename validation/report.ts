import type { Accuracy } from '../stats/accuracy.ts'
import { shareInterval } from '../stats/tenths.ts'
import type { Discrimination } from '../stats/validation.ts'
import { type Chart, chartHeight, chartsOf, chartWidth, frame, type Shape, type Words } from './charts.ts'
import { ownFigure, type Validation } from './compare.ts'

/** A validation as a person reads it: sections for a page, lines for a terminal, and one file to print. Names come from files: nothing in them steers any of them. */

export interface Section {
  readonly title: string
  readonly lines: readonly string[]
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
}

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
  if (interval === null) return [said, words.own(value, interval)]
  const where = claim.value > interval[1] ? 'above' : claim.value < interval[0] ? 'below' : 'within'
  return [said, words.own(value, interval), words.verdict[where]]
}

function discriminationSections(found: Discrimination, words: Words): Section[] {
  const { records, events, auc, error, interval, lift } = found
  const { digits, tenthOf } = words
  return [
    { title: words.records(records, events), lines: [words.area(auc, error, interval)] },
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

/** One file without a script and without anything from elsewhere. `language` is that of the words. */
export function validationPage(found: Validation, words: Words, language: string): string {
  const sections = sectionsOf(found, words).map(sectionHtml)
  const charts = chartsOf(found, words).map(chartHtml)
  return `<!doctype html>
<html lang="${escaped(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(words.title)}</title>
<style>${style}</style>
<h1>${escaped(words.title)}</h1>
${[...sections, `<div>${charts.join('\n')}</div>`].join('\n')}
</html>
`
}

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}h2{margin:1.5rem 0 .5rem;font-size:1.1rem}p{margin:.25rem 0}table{border-collapse:collapse}th,td{padding:.15rem .75rem;text-align:right;border-bottom:1px solid #8886}figure{display:inline-block;width:22rem;max-width:100%;margin:1rem 1rem 0 0;break-inside:avoid}svg{width:100%;font-size:12px}svg text{fill:currentColor}.frame,.guide{fill:none;stroke:#888}.guide{stroke-dasharray:4}.curve,.whisker{fill:none;stroke:#b3720a;stroke-width:2}.dot,.bar{fill:#b3720a}table,section{break-inside:avoid}@media print{:root{color-scheme:light}body{margin:0}}`

function sectionHtml({ title, lines, table }: Section): string {
  const rows = table
    ? `<table><thead>${rowHtml('th', table.head)}</thead><tbody>${table.rows.map((row) => rowHtml('td', row)).join('')}</tbody></table>`
    : ''
  return `<section><h2>${escaped(title)}</h2>${lines.map((line) => `<p>${escaped(line)}</p>`).join('')}${rows}</section>`
}

const rowHtml = (kind: 'th' | 'td', cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<${kind}>${escaped(cell)}</${kind}>`).join('')}</tr>`

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

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
