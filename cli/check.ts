import { realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { asBlindscoreError } from '../core/errors.ts'
import { readModel } from '../formats/read.ts'
import { rangesName } from '../formats/table.ts'
import { makeReport } from '../model/report.ts'
import { reviewModel } from '../model/verdict.ts'
import { sha256 } from '../platform/digest.ts'
import { bytesOf } from '../server/modelFile.ts'
import { sentenceOf } from '../words/en/errors.ts'
import { noteText } from '../words/en/notes.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { runEncrypted } from './encrypted.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { htmlPage, page } from './reportText.ts'

const options = {
  json: { type: 'boolean', about: 'print the same for programs' },
  html: { type: 'string', value: 'FILE', about: 'write the report as one HTML file too, to attach to a contract' },
} as const satisfies Options

const usage = `Usage: blindscore check FILE [options]

Reads a model file (Blindscore JSON, PMML or ONNX) as the scoring server would, proves that it can be scored, runs its
verification records through the whole encrypted path, and says what its card will publish and what stays private.
Ranges may stand beside FILE, in NAME.ranges.json. Ends with 0 for a model that will be served, with 1 for one that will
not.
${optionLines(options)}`

/** `blindscore check`: whether a model file will be served, and what that means. */
export const check: Command = {
  usage,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [path] = words
    if (path === undefined || words.length > 1) throw new UsageError('One model file is needed.')
    const html = values.html === undefined ? null : fromThere(values.html)
    return checkFile(fromThere(path), { json: values.json === true, html })
  },
}

interface Wanted {
  readonly json: boolean
  /** Where the report is written to; null: nowhere. */
  readonly html: string | null
}

async function checkFile(path: string, { json, html }: Wanted): Promise<number> {
  try {
    const name = basename(path)
    const beside = join(dirname(path), rangesName(name))
    const ranges = exists(beside) && beside !== path ? await bytesOf(beside) : undefined
    const { format, file, notes } = readModel(name, await bytesOf(path), ranges)
    const model = await reviewModel(file, sha256)
    const encrypted = await runEncrypted(model)
    const report = makeReport({ name, format, file, model, notes, verification: encrypted })
    if (html !== null) await writeFile(html, htmlPage(report))
    process.stdout.write(json ? forPrograms({ ok: true, ...report, notes: report.notes.map(noteText) }) : page(report))
    return 0
  } catch (thrown) {
    const { code, reason, place } = failureOf(thrown)
    if (json) process.stdout.write(forPrograms({ ok: false, code, reason, place }))
    else process.stderr.write(`${basename(path)} cannot be served: ${reason} (${code})\n`)
    return 1
  }
}

function forPrograms(answer: object): string {
  return `${JSON.stringify(answer, null, 2)}\n`
}

/** A file that cannot be opened is the command's own business; everything else has a code. */
function failureOf(thrown: unknown) {
  const system = (thrown as NodeJS.ErrnoException).code
  if (thrown instanceof Error && typeof system === 'string' && /^E[A-Z]+$/.test(system)) {
    return { code: 'file/unreadable' as const, reason: `It cannot be read (${system}).`, place: {} }
  }
  const { code, place } = asBlindscoreError(thrown)
  return { code, reason: sentenceOf(thrown), place }
}

function exists(path: string): boolean {
  try {
    return realpathSync(path).length > 0
  } catch {
    return false
  }
}
