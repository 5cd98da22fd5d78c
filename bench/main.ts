import { writeFile } from 'node:fs/promises'
import { benchmark } from './benchmark.ts'
import { parseOptions, UsageError, usage } from './options.ts'

/** The command: measures, prints, and fails when a participant's result is wrong. */
async function main(): Promise<number> {
  // npm starts scripts in the package's folder; paths are meant from where the person stands.
  const options = parseOptions(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd())
  if (options === null) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  const print = (text: string) => process.stdout.write(`${text}\n`)
  const tell = (line: string) => process.stderr.write(`· ${line}\n`)
  const { wrong, ...report } = await benchmark(options, print, tell)
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify({ ...report, wrong }, null, 2)}\n`)
    tell(`written: ${options.json}`)
  }
  for (const each of wrong) process.stderr.write(`WRONG: ${each}\n`)
  return wrong.length === 0 ? 0 : 1
}

main().then(
  (code) => process.exit(code),
  (thrown: unknown) => {
    const words = thrown instanceof UsageError ? `${thrown.message}\n${usage}` : (thrown as Error).stack
    process.stderr.write(`${words}\n`)
    process.exit(thrown instanceof UsageError ? 2 : 1)
  },
)
