import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { asBlindscoreError } from '../core/errors.ts'
import { readModel } from '../formats/read.ts'
import { bytesOf, rangesName, serveModel } from '../server/models.ts'
import { runEncrypted } from './encrypted.ts'
import { page } from './page.ts'
import { makeReport } from './report.ts'

/**
 * `npm run model -- check FILE [--json]`: whether a model file will be served, and what that means. Ends with 0 for a
 * model that will be, 1 for one that will not, 2 for a command that makes no sense.
 */

const usage = `Usage: npm run model -- check FILE [--json]

Reads a model file (Blindscore JSON, PMML or ONNX) as the scoring server would, proves that it can be scored, runs its
verification records through the whole encrypted path, and says what its card will publish and what stays private.
Ranges may stand beside FILE, in NAME.ranges.json. --json prints the same for programs.
`

async function check(path: string, json: boolean): Promise<number> {
  try {
    const name = basename(path)
    const beside = join(dirname(path), rangesName(name))
    const ranges = exists(beside) && beside !== path ? await bytesOf(beside) : undefined
    const { format, file, notes } = readModel(name, await bytesOf(path), ranges)
    const model = serveModel(file)
    const encrypted = runEncrypted(model)
    const report = makeReport({ name, format, file, model, notes, encrypted })
    process.stdout.write(json ? `${JSON.stringify({ ok: true, ...report }, null, 2)}\n` : page(report))
    return 0
  } catch (thrown) {
    const { code, message, place } = failureOf(thrown)
    if (json) process.stdout.write(`${JSON.stringify({ ok: false, code, reason: message, place }, null, 2)}\n`)
    else process.stderr.write(`${basename(path)} cannot be served: ${message} (${code})\n`)
    return 1
  }
}

/** A file that cannot be opened is the command's own business; everything else has a code. */
function failureOf(thrown: unknown) {
  const system = (thrown as NodeJS.ErrnoException).code
  if (thrown instanceof Error && typeof system === 'string' && /^E[A-Z]+$/.test(system)) {
    return { code: 'file/unreadable' as const, message: `It cannot be read (${system}).`, place: {} }
  }
  return asBlindscoreError(thrown)
}

function exists(path: string): boolean {
  try {
    return realpathSync(path).length > 0
  } catch {
    return false
  }
}

const [command, ...rest] = process.argv.slice(2)
const files = rest.filter((arg) => !arg.startsWith('--'))
const strange = rest.filter((arg) => arg.startsWith('--') && arg !== '--json' && arg !== '--help')
const [path] = files
if (rest.includes('--help') || command === '--help') process.stdout.write(usage)
else if (command !== 'check' || files.length !== 1 || path === undefined || strange.length > 0) {
  process.stderr.write(usage)
  process.exitCode = 2
} else process.exitCode = await check(path, rest.includes('--json'))
