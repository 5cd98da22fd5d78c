import { errorOf } from '../client/faults.ts'
import { systemReason } from '../client/server.ts'
import { type BlindscoreError, isErrorCode } from '../core/errors.ts'
import { type Command, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'

const options = {
  json: { type: 'boolean', about: 'the same as JSON' },
  csv: { type: 'boolean', about: 'the same as CSV' },
} as const satisfies Options

const here = 'http://127.0.0.1:8787/'

/** `blindscore usage`: who used how much of what. */
export const usage: Command = {
  usage: `Usage: blindscore usage [URL] [options]

Says how many answers, declared records and slots (what budgets count) each API key had of each model's card, for ever. Asked of a
server on this machine (${here} unless named) it needs no key; of another it needs an operator's in $BLINDSCORE_API_KEY
(blindscore keys add NAME --operator).
${optionLines(options)}`,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [url = here, ...more] = words
    if (more.length > 0) throw new UsageError('There is a word too many.')
    if (values.json && values.csv) throw new UsageError('--json and --csv contradict each other.')
    const text = await asked(addressOf(url), values.csv ? 'text/csv' : 'application/json')
    process.stdout.write(
      values.csv ? text : values.json ? `${JSON.stringify(JSON.parse(text), null, 2)}\n` : tableOf(text),
    )
    return 0
  },
}

function addressOf(url: string): URL {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new UsageError('The server is named as http://… or https://….')
  return new URL('v1/usage', url.endsWith('/') ? url : `${url}/`)
}

async function asked(address: URL, accept: string): Promise<string> {
  const apiKey = process.env.BLINDSCORE_API_KEY
  const headers = { accept, ...(apiKey && { authorization: `Bearer ${apiKey}` }) }
  const answer = await fetch(address, { headers, redirect: 'error' }).catch((thrown: unknown) => {
    throw errorOf('run/offline', 'serverUnreachable', systemReason(thrown))
  })
  const text = await answer.text()
  if (answer.ok && answer.headers.get('content-type')?.startsWith(accept)) return text
  throw problemOf(answer.status, text)
}

function problemOf(status: number, text: string): BlindscoreError {
  try {
    const { code, detail, fault, facts } = JSON.parse(text)
    if (isErrorCode(code)) return errorOf(code, 'serverSays', { detail: String(detail), fault: String(fault), facts })
  } catch {
    // Something else than a scoring server answers.
  }
  return errorOf('run/offline', 'serverStatus', { status })
}

const columns = ['principal', 'model', 'card', 'answers', 'records', 'slots'] as const

/** What is JSON for a program, in columns for a person. */
function tableOf(json: string): string {
  const { used } = JSON.parse(json) as { readonly used: readonly Record<(typeof columns)[number], string | number>[] }
  const rows = used.map((row) => columns.map((name) => (name === 'card' ? `${row.card}`.slice(0, 8) : `${row[name]}`)))
  const shown = [[...columns], ...rows]
  const widths = columns.map((_, i) => Math.max(...shown.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < 3 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  return `${shown.map(line).join('\n')}\n`
}
