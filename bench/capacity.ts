import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measured, schemes } from './capacity/measure.ts'
import { givenOf, measuredTables, planTable, volumes } from './capacity/paper.ts'
import { measuredStore } from './capacity/store.ts'
import { describeMachine, machineLine } from './machine.ts'

/** The command: measures what a record takes of a server, as `deploy/capacity.md` has it, or computes that paper's plan anew. */
const { values } = parseArgs({
  options: {
    plan: { type: 'string' },
    scheme: { type: 'string' },
    few: { type: 'string', default: '5000' },
    many: { type: 'string', default: '40000' },
    redis: { type: 'string', default: 'redis://127.0.0.1:6379/15' },
  },
})
const tell = (line: string) => process.stderr.write(`· ${line}\n`)

async function measuredHere(): Promise<string> {
  tell(machineLine(describeMachine('none')))
  const store = await measuredStore(values.redis, 4000)
  const units = []
  for (const scheme of schemes.filter(({ name }) => name === (values.scheme ?? name))) {
    tell(scheme.name)
    units.push(await measured(scheme, Number(values.few), Number(values.many)))
    tell(JSON.stringify(units.at(-1)))
  }
  return measuredTables({ units, store })
}

const text =
  values.plan === undefined ? await measuredHere() : planTable(givenOf(await readFile(values.plan, 'utf8')), volumes)
process.stdout.write(`${text}\n`)
