import { parseArgs } from 'node:util'
import { UsageError } from './command.ts'

/** An option of a command: how it is parsed, and what its help says. */
interface Option {
  readonly type: 'string' | 'boolean'
  readonly multiple?: boolean
  /** What stands for its value in the help. */
  readonly value?: string
  readonly about: string
}

/** A command's options by name, in the order of its help. */
export type Options = Readonly<Record<string, Option>>

const help: Option = { type: 'boolean', about: 'this text' }

/** The lines of a command's help, one for each option. */
export function optionLines(options: Options): string {
  const lines = Object.entries({ ...options, help }).map(([name, option]) => ({
    said: ['', ` --${name}`, option.value].filter((part) => part !== undefined).join(' '),
    about: option.about,
  }))
  const width = Math.max(...lines.map(({ said }) => said.length))
  return lines.map(({ said, about }) => `${said.padEnd(width)}  ${about}`).join('\n')
}

type ValueOf<Told extends Option> = Told['type'] extends 'boolean' ? boolean : string

/** What was typed of a table's options. */
type Values<Table extends Options> = {
  readonly [Name in keyof Table]?:
    | (Table[Name]['multiple'] extends true ? readonly ValueOf<Table[Name]>[] : ValueOf<Table[Name]>)
    | undefined
}

/** What was typed, by the same table. Throws {@link UsageError}. */
export function parseOptions<const Table extends Options>(argv: readonly string[], options: Table): Values<Table> {
  return parsed(argv, options, false).values as Values<Table>
}

/** The same, with the words that are no options. */
export function parseWords<const Table extends Options>(
  argv: readonly string[],
  options: Table,
): { readonly values: Values<Table>; readonly words: readonly string[] } {
  const { values, positionals } = parsed(argv, options, true)
  return { values: values as Values<Table>, words: positionals }
}

function parsed(argv: readonly string[], options: Options, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals })
  } catch (thrown) {
    throw new UsageError((thrown as Error).message)
  }
}

/** An option's whole number. Throws {@link UsageError}. */
export function integer(name: string, text: string, least: number, most: number): number {
  const value = /^[0-9]{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most)) throw new UsageError(`${name} takes a whole number from ${least} to ${most}.`)
  return value
}
