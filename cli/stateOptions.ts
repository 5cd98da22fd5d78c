import { errorOf } from '../server/faults.ts'
import type { Options } from './options.ts'
import { type ServicePlace, servicePlace, serviceUrl } from './serviceAddress.ts'

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

/** Null where none is named. Throws {@link UsageError} as {@link servicePlace} does. */
export function statePlace({ state: url, 'state-file': file }: Words): ServicePlace | null {
  return servicePlace('state', { url, file, examples: 'redis://127.0.0.1:6379/0 or postgres://127.0.0.1/blindscore' })
}

/** Throws `server/store-gone` for a file that holds no address of a store. */
export function urlOfState(place: ServicePlace): Promise<string> {
  return serviceUrl(place, (file) => errorOf('server/store-gone', 'stateFileShape', { file }))
}
