import { readFile } from 'node:fs/promises'
import { errorOf } from '../server/faults.ts'
import { isStoreUrl } from '../server/state/shared/open.ts'
import { fromThere, UsageError } from './command.ts'
import type { Options } from './options.ts'

/** Where several processes of a server keep what they share, for the server and for who begins it. */
export const stateOptions = {
  state: {
    type: 'string',
    value: 'URL',
    about:
      'where processes of one secret share budgets, counts, chunks and checked keys: redis://… or postgres://…, begun by ' +
      '`blindscore state begin` (default: files of this machine)',
  },
  'state-file': {
    type: 'string',
    value: 'FILE',
    about: 'a file that holds this address, where there is a password in it',
  },
} as const satisfies Options

type Words = { readonly [Name in keyof typeof stateOptions]?: string | undefined }

/** The address of the shared state, or the file that holds it. */
export type StatePlace = { readonly url: string } | { readonly file: string }

/** Null where none is named. Throws {@link UsageError} for what is no address of one, or has a password that others of the machine see. */
export function statePlace({ state: url, 'state-file': file }: Words): StatePlace | null {
  if (url !== undefined && file !== undefined) throw new UsageError('--state and --state-file name one address twice.')
  if (file !== undefined) return { file }
  if (url === undefined) return null
  if (!isStoreUrl(url))
    throw new UsageError(
      '--state takes an address such as redis://127.0.0.1:6379/0 or postgres://127.0.0.1/blindscore.',
    )
  if (new URL(url).password !== '')
    throw new UsageError(
      'A password on the command line is seen by everybody here: put the address into a file (--state-file).',
    )
  return { url }
}

/** Throws `server/store-gone` for a file that holds no address of a store. */
export async function urlOfState(place: StatePlace): Promise<string> {
  if ('url' in place) return place.url
  const file = fromThere(place.file)
  const text = await readFile(file, 'utf8').catch(() => '')
  const url = text.trim()
  if (!isStoreUrl(url)) throw errorOf('server/store-gone', 'stateFileShape', { file })
  return url
}
