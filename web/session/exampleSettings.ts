/** What differs between one run and another in an example. Never a cell, a score or a key. */
export interface ExampleSettings {
  readonly server: string
  readonly model: string
  /** By feature, the file's column, where it has another name. */
  readonly columns: Readonly<Record<string, string>>
}

/** An example's text with these settings in place of its own. Its language is told by how it begins a comment. */
export function withSettings(text: string, { server, model, columns }: ExampleSettings): string {
  const pairs = Object.entries(columns)
  if (text.startsWith('#')) {
    const words = pairs.map(([feature, column]) => ` --column ${shellWord(`${feature}=${column}`)}`)
    return replaceLine(
      replaceLine(replaceLine(text, 'server=', shellWord(server)), 'model=', shellWord(model)),
      'set --',
      words.join(''),
    )
  }
  const type = 'const columns: Readonly<Record<string, string>> = '
  const object = pairs.length === 0 ? '{}' : `{\n${pairs.map(entry).join('')}}`
  return replaceLine(
    replaceLine(replaceLine(text, 'const server = ', literal(server)), 'const model = ', literal(model)),
    type,
    object,
  )
}

const entry = ([feature, column]: [string, string]): string => `  ${literal(feature)}: ${literal(column)},\n`

/** The text with what follows `start` on the one line that begins so replaced. */
function replaceLine(text: string, start: string, rest: string): string {
  const lines = text.split('\n')
  return lines.map((line) => (line.startsWith(start) ? start + rest : line)).join('\n')
}

/** A text as a shell's single-quoted word. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A text as a literal of TypeScript. JSON's is one, but for the two line ends that it leaves as they are. */
function literal(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\u2028': '\\u2028', '\u2029': '\\u2029' }
  const inside = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[\u2028\u2029]/g, (end) => escapes[end] ?? '')
  return text.includes("'") ? `"${inside}"` : `'${inside.replaceAll('\\"', '"')}'`
}
