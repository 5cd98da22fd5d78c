import { type SchemeChoice, schemeChoices } from '../client/schemeChoice.ts'
import { parameterSets } from '../core/protocol/schemes.ts'
import { UsageError } from './command.ts'
import { integer } from './options.ts'

/** What was said of threads, schemes and sizes of keys. All of it throws {@link UsageError}. */

export function threadsOf(text: string | undefined): { threads?: number } {
  return text === undefined ? {} : { threads: integer('--threads', text, 1, 999) }
}

export function choiceOf(scheme: string | undefined): SchemeChoice {
  const choice = schemeChoices.find((each) => each === (scheme ?? 'paillier'))
  if (choice === undefined) throw new UsageError(`--scheme is ${schemeChoices.join(', ')}.`)
  return choice
}

/** The id of the parameter set of so many bits; undefined where none are asked for. */
export function setOf(bits: string | undefined): string | undefined {
  if (bits === undefined) return undefined
  const set = parameterSets.find((each) => String(each.bits) === bits)
  if (set === undefined) throw new UsageError(`--key-size is ${parameterSets.map((each) => each.bits).join(', ')}.`)
  return set.id
}
