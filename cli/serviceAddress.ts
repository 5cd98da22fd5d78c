import { readFile } from 'node:fs/promises'
import { serviceAt } from '../server/serviceAddress.ts'
import { fromThere, UsageError } from './command.ts'

/** The address of a Redis or a PostgreSQL, or the file that holds it. */
export type ServicePlace = { readonly url: string } | { readonly file: string }

interface Named {
  readonly url: string | undefined
  readonly file: string | undefined
  /** An address of each kind. */
  readonly examples: string
}

/**
 * What `--OPTION` and `--OPTION-file` name; null where neither is there. Throws {@link UsageError} for both, for what is no address, and
 * for a password that others of the machine would see.
 */
export function servicePlace(option: string, { url, file, examples }: Named): ServicePlace | null {
  if (url !== undefined && file !== undefined)
    throw new UsageError(`--${option} and --${option}-file name one address twice.`)
  if (file !== undefined) return { file }
  if (url === undefined) return null
  if (serviceAt(url) === null) throw new UsageError(`--${option} takes an address such as ${examples}.`)
  if (new URL(url).password !== '')
    throw new UsageError(
      `A password on the command line is seen by everybody here: put the address into a file (--${option}-file).`,
    )
  return { url }
}

/** The address; `refuse` makes the error for a file that holds none. */
export async function serviceUrl(place: ServicePlace, refuse: (file: string) => Error): Promise<string> {
  if ('url' in place) return place.url
  const file = fromThere(place.file)
  const url = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (serviceAt(url) === null) throw refuse(file)
  return url
}
