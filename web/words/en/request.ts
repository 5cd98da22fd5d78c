import { numbers } from './numbers.ts'

/** A request, opened. */
export const request = {
  title: (request: number) => `Request ${numbers.integer(request)}`,
  opened: (request: number) => `Request ${numbers.integer(request)}, opened`,
  gone: 'Its bytes are no longer kept: only those of the last requests are.',
  handed: (bytes: number, header: number) =>
    `These are the ${numbers.integer(bytes)} bytes that were handed to the network, ${numbers.integer(header)} of them this header. Compare them with the browser’s own network panel.`,
  ciphertexts: (bytes: number, count: number, width: number) => `${bytes} bytes: ${count} of ${width} bytes each`,
  previous: 'Previous block',
  next: 'Next block',
  block: (block: number, blocks: number) => `Block ${numbers.integer(block)} of ${numbers.integer(blocks)}`,
  blockOf: (block: number, blocks: number, records: number, row: number) =>
    `Block ${numbers.integer(block)} of ${numbers.integer(blocks)}: ${numbers.integer(records)} records, from row ${numbers.integer(row)} on`,
  planted: '[test record]',
  save: 'Save these bytes',
  here: 'This browser',
  there: 'What the server got',
  level: (column: string, level: string) => `${column} is ${level}`,
  moreCells: (count: number) => `  … ${numbers.integer(count)} more`,
  madeHere: (formula: string) => `${formula}, made in this browser`,
  rowsUnknown: 'The file’s rows of this run are no longer known.',
  bytesFrom: (bytes: number, offset: number) => `${numbers.integer(bytes)} bytes from ${numbers.integer(offset)} on`,
  moreCiphertexts: (count: number) => `${numbers.integer(count)} more ciphertexts in this block.`,
}
