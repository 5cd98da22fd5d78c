import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One of the things that a person types after `blindscore`. */
export interface Command {
  readonly usage: string
  /** Runs with what was typed after the command's name. Resolves to the exit code, unless the command ends the process. */
  run(argv: readonly string[]): Promise<number>
}

/** A command line that cannot be meant, said in one sentence. Its exit code is 2. */
export class UsageError extends Error {}

export const isHelp = (argv: readonly string[]): boolean => argv.includes('--help') || argv.includes('-h')

/** The folder of the package that this command is of: two above the compiled module. */
const packageFolder = fileURLToPath(new URL('../..', import.meta.url))

/** A file or folder that comes with the package. */
export const inPackage = (path: string): string => join(packageFolder, path)

export function packageVersion(): string {
  return JSON.parse(readFileSync(inPackage('package.json'), 'utf8')).version
}

/**
 * A path as it is meant from where the person stands: npm starts this package's own scripts in the package's folder and
 * says where it was called.
 */
export function fromThere(path: string): string {
  const own = resolve(process.cwd()) === resolve(packageFolder)
  return resolve((own ? process.env.INIT_CWD : undefined) ?? process.cwd(), path)
}
