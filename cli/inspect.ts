import { stat } from 'node:fs/promises'
import { asBlindscoreError } from '../core/errors.ts'
import { verifyRecordsFile } from '../files/recordsFile.ts'
import { readScoresFile } from '../files/scoresFile.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Inspection, inspectionOf, inspectionText } from './inspectText.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { bytesOf } from './partFile.ts'

const options = {
  json: { type: 'boolean', about: 'the same as JSON' },
} as const satisfies Options

/** `blindscore inspect`: what a sealed file holds, for either side. */
export const inspect: Command = {
  usage: `Usage: blindscore inspect FILE [options]

Holds all of a sealed file against its signatures, and says what anybody may know of it: how many records, which columns, which
model, key and sender. Compare the fingerprints of key and sender with those that the sender told you.
${optionLines(options)}`,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [name] = words
    if (name === undefined || words.length !== 1) throw new UsageError('One file is needed.')
    const found = await inspected(fromThere(name))
    process.stdout.write(values.json ? `${JSON.stringify(found, null, 2)}\n` : inspectionText(found))
    return 0
  },
}

async function inspected(path: string): Promise<Inspection> {
  const { size: bytes } = await stat(path)
  let blocks = 0
  try {
    const { header } = await verifyRecordsFile(bytesOf(path), () => (blocks += 1))
    return await inspectionOf(header, { blocks, bytes })
  } catch (thrown) {
    if (asBlindscoreError(thrown).fault !== 'sealedContent') throw thrown
  }
  const file = await readScoresFile(bytesOf(path))
  try {
    for await (const _ of file.blocks()) blocks += 1
  } finally {
    await file.close()
  }
  return inspectionOf(file.header, { vendor: file.vendor, blocks, bytes })
}
