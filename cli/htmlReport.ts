/** A report as one file to print or attach, without a script and without anything from elsewhere. */
export interface HtmlReport {
  readonly title: string
  readonly sections: readonly { readonly title: string; readonly lines: readonly string[] }[]
  /** As SVG. */
  readonly pictures?: readonly string[]
}

export function htmlReport({ title, sections, pictures = [] }: HtmlReport): string {
  const written = sections.map(
    (section) => `<h2>${escaped(section.title)}</h2>\n<pre>${section.lines.map(escaped).join('\n')}</pre>`,
  )
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}svg{width:20rem;height:20rem;margin-right:1rem}@media print{svg{break-inside:avoid}}</style>
<h1>${escaped(title)}</h1>
${[...written, ...pictures].join('\n')}
</html>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
