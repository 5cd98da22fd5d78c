import { join, resolve } from 'node:path'
import { unforeseen } from '../core/errors.ts'
import { errorOf } from '../server/faults.ts'
import type { Log } from '../server/log.ts'
import type { RunsOptions } from '../server/runs/openRuns.ts'
import { openEngine } from '../server/runs/places.ts'
import { sharedQueue } from '../server/runs/sharedQueue.ts'
import type { Use } from '../server/sealed/inUse.ts'
import { readRunsKey } from '../server/sealed/keySource.ts'
import { openStores } from '../server/sealed/places.ts'
import type { Stores } from '../server/sealed/ports.ts'
import { isS3Address } from '../server/sealed/s3Objects.ts'
import { stateFolder } from '../server/secret.ts'
import type { StudyLimits } from '../server/studies/limits.ts'
import { type StudiesOptions, studiesInMemory } from '../server/studies/openStudies.ts'
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
      'the folder of the own keys of runs and studies, wrapped; beside, never inside, those of runs and studies, and in no backup; or "queue", for where ' +
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
export async function storesOfRuns(place: RunsPlace, use?: Use): Promise<Stores> {
  return openStores(objectsOf(place), await keysOf(place), process.env, use)
}

/** The same of studies: their objects are in a place of their own, their keys with those of runs. */
export async function storesOfStudies(place: RunsPlace, studies: string, use?: Use): Promise<Stores> {
  return openStores(isS3Address(studies) ? studies : fromThere(studies), await keysOf(place), process.env, use)
}

function objectsOf({ folder = join(stateFolder(process.env), 'runs') }: RunsPlace): string {
  return isS3Address(folder) ? folder : fromThere(folder)
}

/** Where the data keys are. */
async function keysOf(place: RunsPlace): Promise<string> {
  const { keysFolder } = place
  const objects = objectsOf(place)
  if (keysFolder === inQueue) return (await urlOfQueue(place)) ?? unforeseen('keys where no queue is')
  if (keysFolder !== undefined) return fromThere(keysFolder)
  return isS3Address(objects) ? join(stateFolder(process.env), 'runs-keys') : `${resolve(objects)}-keys`
}

/** What a server works on stored runs with: `places` parts of runs at once, or none where others do. */
export async function optionsOfRuns(place: RunsPlace, key: Uint8Array, places: number, log: Log): Promise<RunsOptions> {
  const url = await urlOfQueue(place)
  const queue = url === null ? {} : { openQueue: sharedQueue(() => openEngine(url), { log, places }) }
  return { key, ...(await storesOfRuns(place, 'server')), ...queue }
}

/** Where it is said that studies end with the process. */
export const studiesMemory = 'memory'

/** What a server carries studies with. Null where none are stored, since there is no key. */
export async function optionsOfStudies(
  place: RunsPlace,
  key: Uint8Array | null,
  studies: string,
  limits: Partial<StudyLimits>,
): Promise<StudiesOptions | null> {
  if (studies === studiesMemory) return studiesInMemory(limits)
  return key && { key, limits, ...(await storesOfStudies(place, studies, 'server')) }
}
