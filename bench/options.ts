import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loads } from './attacks/loads/all.ts'

export const parts = [
  'operations',
  'multiplication',
  'ckks',
  'server',
  'journeys',
  'dropped',
  'attacks',
  'sizes',
] as const
export type Part = (typeof parts)[number]

const loadIds = loads.map(({ id }) => id)

export const usage = `Usage: npm run bench -- [options]
  --json FILE        write everything, with units, to FILE
  --quick            few rounds and the shortest journey: minutes become seconds, figures become rough
  --journey R:SCHEME one whole journey of so many records from the dropped file, paillier or lattice (repeatable)
  --load NAME        one load of the attacks (repeatable): ${loadIds.join(', ')}
  --only PART        one part (repeatable): ${parts.join(', ')}
  --key-size BITS    2048, 3072 (default) or 4096
  --help             this text`

/** A whole journey to measure: how long the file is, and under which scheme it is scored. */
export interface WholeJourney {
  readonly records: number
  readonly scheme: 'paillier' | 'lattice'
}

export interface Options {
  /** Absolute. */
  readonly json?: string
  readonly quick: boolean
  readonly only: ReadonlySet<Part>
  readonly keySize: 2048 | 3072 | 4096
  /** Empty where none was named: then there is a usual list. */
  readonly whole: readonly WholeJourney[]
  /** The loads of the attacks that were named; empty for all. */
  readonly loads: readonly string[]
}

/** A command line that cannot be meant. */
export class UsageError extends Error {}

/** The options, or null when help is asked for. `folder` is where relative paths start. Throws {@link UsageError}. */
export function parseOptions(argv: readonly string[], folder: string): Options | null {
  const { help, json, quick, only, journey = [], load = [], ...values } = parse(argv)
  if (help) return null
  const keySize = Number(values['key-size'] ?? 3072)
  if (keySize !== 2048 && keySize !== 3072 && keySize !== 4096)
    throw new UsageError('--key-size is 2048, 3072 or 4096.')
  const unknown = load.find((id) => !loadIds.includes(id))
  if (unknown !== undefined) throw new UsageError(`There is no load "${unknown}".`)
  const meant = [...(journey.length > 0 ? ['dropped'] : []), ...(load.length > 0 ? ['attacks'] : [])]
  const named = only ?? (meant.length > 0 ? meant : parts)
  const chosen = named.map((name) => {
    const part = parts.find((each) => each === name)
    if (part === undefined) throw new UsageError(`There is no part "${name}".`)
    return part
  })
  return {
    quick: quick ?? false,
    only: new Set(chosen),
    keySize,
    whole: journey.map(wholeJourney),
    loads: load,
    ...(json !== undefined && { json: resolve(folder, json) }),
  }
}

function wholeJourney(text: string): WholeJourney {
  const [, records, scheme] = /^([1-9]\d{0,7}):(paillier|lattice)$/.exec(text) ?? []
  if (scheme !== 'paillier' && scheme !== 'lattice')
    throw new UsageError(`--journey is like 100000:lattice, not "${text}".`)
  return { records: Number(records), scheme }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        json: { type: 'string' },
        quick: { type: 'boolean' },
        only: { type: 'string', multiple: true },
        journey: { type: 'string', multiple: true },
        load: { type: 'string', multiple: true },
        'key-size': { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch (thrown) {
    throw new UsageError((thrown as Error).message)
  }
}
