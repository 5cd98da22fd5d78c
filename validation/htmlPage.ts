/** A report as one file to print or attach, without a script and without anything from elsewhere. */
export interface HtmlPage {
  readonly title: string
  /** That of the words, as HTML names it. */
  readonly language: string
  readonly sections: readonly Section[]
  /** As HTML. */
  readonly figures?: readonly string[]
}

export interface Section {
  readonly title: string
  readonly lines: readonly string[]
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
}

export function htmlPage({ title, language, sections, figures = [] }: HtmlPage): string {
  const parts = [...sections.map(sectionHtml), ...(figures.length > 0 ? [`<div>${figures.join('\n')}</div>`] : [])]
  return `<!doctype html>
<html lang="${escaped(language)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
${parts.join('\n')}
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

export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
