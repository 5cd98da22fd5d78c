/** A sample as it lies beside the demo, its columns as lines (`tools/demo/sampleColumns.mjs`), as the CSV that it was made from. */
export function csvOfColumns(text: string): string {
  const columns = text.split('\n').map((line) => line.split('\t'))
  const [first = []] = columns
  return first.map((_, row) => `${columns.map((column) => column[row]).join()}\n`).join('')
}
