import { join, resolve } from 'node:path'
import { errorOf } from '../server/faults.ts'
import type { Log } from '../server/log.ts'
import type { Use } from '../server/runs/inUse.ts'
import { readRunsKey } from '../server/runs/keySource.ts'
import type { RunStores, RunsOptions } from '../server/runs/openRuns.ts'
import { openEngine, openRunStores } from '../server/runs/places.ts'
import { isS3Address } from '../server/runs/s3Objects.ts'
import { sharedQueue } from '../server/runs/sharedQueue.ts'
import { stateFolder } from '../server/secret.ts'
import { fromThere, UsageError } from './command.ts'
import type { Options } from './options.ts'
import { type ServicePlace, servicePlace, serviceUrl } from './serviceAddress.ts'

/** Where runs are stored, for the server and for who looks after it. */
export const runsOptions = {
  runs: {
    type: 'string',
    value: 'DIR',
    about:
      'the folder of runs that clients hand over and come back for, sealed, or s3://BUCKET/PREFIX with AWS_… of the environment ' +
      '(default: blindscore/runs in $XDG_STATE_HOME, else in ~/.local/state). Without a key for them none are stored',
  },
  'runs-keys': {
    type: 'string',
    value: 'DIR',
    about:
      'the folder of the runs’ own keys, wrapped; beside, never inside, that of the runs, and in no backup; or "queue", for where ' +
      '--queue is (default: the folder of the runs with "-keys" after its name, of a bucket blindscore/runs-keys as above)',
  },
  'runs-key': {
    type: 'string',
    value: 'FILE',
    about:
      'the key that wraps those: 64 hexadecimal digits or 32 bytes, such as of `openssl rand -hex 32` (default: the credential ' +
      'runs-key of systemd)',
  },
  'runs-key-command': {
    type: 'string',
    value: 'COMMAND',
    about: 'a command of the shell that prints this key, such as one that asks a key service',
  },
  queue: {
    type: 'string',
    value: 'URL',
    about:
      'redis://… or postgres://…, by which this process and any number of `blindscore work` share the work on stored runs (default: ' +
      'this process does it alone)',
  },
  'queue-file': {
    type: 'string',
    value: 'FILE',
    about: 'a file that holds this address, where there is a password in it',
  },
} as const satisfies Options

type Words = { readonly [Name in keyof typeof runsOptions]?: string | undefined }

export interface RunsPlace {
  readonly folder?: string
  readonly keysFolder?: string
  readonly keyFile?: string
  readonly keyCommand?: string
  readonly queue?: ServicePlace
}

/** Throws {@link UsageError} where two sources of one thing are named, or an address is none. */
export function runsPlace(values: Words): RunsPlace {
  if (values['runs-key'] !== undefined && values['runs-key-command'] !== undefined)
    throw new UsageError('--runs-key and --runs-key-command are two sources of one key.')
  const examples = 'redis://127.0.0.1:6379/1 or postgres://127.0.0.1/blindscore'
  const queue = servicePlace('queue', { url: values.queue, file: values['queue-file'], examples })
  if (values['runs-keys'] === inQueue && queue === null)
    throw new UsageError('--runs-keys queue needs --queue; a folder of this name is ./queue.')
  if (values.runs?.startsWith('s3:') && !isS3Address(values.runs))
    throw new UsageError('--runs takes a folder, or an address such as s3://bucket/prefix.')
  return {
    ...(values.runs !== undefined && { folder: values.runs }),
    ...(values['runs-keys'] !== undefined && { keysFolder: values['runs-keys'] }),
    ...(values['runs-key'] !== undefined && { keyFile: values['runs-key'] }),
    ...(values['runs-key-command'] !== undefined && { keyCommand: values['runs-key-command'] }),
    ...(queue && { queue }),
  }
}

/** Keys of runs that are where the queue is. */
const inQueue = 'queue'

/** Null where there is no queue but the process's own. Throws `server/store-gone` for a file that holds no address of one. */
export async function urlOfQueue({ queue }: RunsPlace): Promise<string | null> {
  return queue === undefined
    ? null
    : serviceUrl(queue, (from) => errorOf('server/store-gone', 'queueFileShape', { from }))
}

/** Null where there is no key. Throws `server/store-gone` for one that cannot be used. */
export function keyOfRuns({ keyFile, keyCommand }: RunsPlace): Promise<Uint8Array | null> {
  return readRunsKey(
    {
      ...(keyFile !== undefined && { file: fromThere(keyFile) }),
      ...(keyCommand !== undefined && { command: keyCommand }),
    },
    process.env,
  )
}

/** Throws `server/store-gone` for stores that cannot be used, or not now for that. */
export async function storesOfRuns(place: RunsPlace, use?: Use): Promise<RunStores> {
  const { folder = join(stateFolder(process.env), 'runs'), keysFolder } = place
  const isBucket = isS3Address(folder)
  const objects = isBucket ? folder : fromThere(folder)
  const usual = isBucket ? join(stateFolder(process.env), 'runs-keys') : `${resolve(objects)}-keys`
  const queue = keysFolder === inQueue ? await urlOfQueue(place) : null
  return openRunStores(objects, queue ?? (keysFolder === undefined ? usual : fromThere(keysFolder)), process.env, use)
}

/** What a server works on stored runs with: `places` parts of runs at once, or none where others do. Null where none are stored. */
export async function optionsOfRuns(place: RunsPlace, places: number, log: Log): Promise<RunsOptions | null> {
  const key = await keyOfRuns(place)
  if (key === null) return null
  const url = await urlOfQueue(place)
  const queue = url === null ? {} : { openQueue: sharedQueue(() => openEngine(url), { log, places }) }
  return { key, ...(await storesOfRuns(place, 'server')), ...queue }
}
