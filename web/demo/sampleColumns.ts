/** The base of a cell's place among the different ones, and the character of the digit 0. */
const base = 90
const zero = 36

/** A sample as it lies beside the demo, by columns (`tools/demo/sampleColumns.mjs`), as the CSV that it was made from. */
export function csvOfColumns(text: string): string {
  const columns: (readonly string[])[] = []
  const lines = text.split('\n').values()
  for (const line of lines) {
    columns.push(line.startsWith('#') ? coded(line.slice(1).split('\t'), lines.next().value ?? '') : line.split('\t'))
  }
  const [first = []] = columns
  return first.map((_, row) => `${columns.map((column) => column[row]).join()}\n`).join('')
}

/** The cells of a column by their places among its different ones: all upper digits, where there are any, before all lower ones. */
function coded(different: readonly string[], places: string): readonly string[] {
  const upper = different.length > base ? places.length / 2 : 0
  return Array.from({ length: places.length - upper }, (_, row) => {
    const high = upper === 0 ? 0 : places.charCodeAt(row) - zero
    return different[high * base + places.charCodeAt(upper + row) - zero] ?? ''
  })
}
