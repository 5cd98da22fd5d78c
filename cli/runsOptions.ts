import { join } from 'node:path'
import type { Use } from '../server/runs/inUse.ts'
import { readRunsKey } from '../server/runs/keySource.ts'
import { openRunFolders, type RunStores } from '../server/runs/openRuns.ts'
import { stateFolder } from '../server/secret.ts'
import { fromThere, UsageError } from './command.ts'
import type { Options } from './options.ts'

/** Where runs are stored, for the server and for who looks after it. */
export const runsOptions = {
  runs: {
    type: 'string',
    value: 'DIR',
    about:
      'the folder of runs that clients hand over and come back for, sealed (default: blindscore/runs in $XDG_STATE_HOME, else in ' +
      '~/.local/state). Without a key for them none are stored',
  },
  'runs-keys': {
    type: 'string',
    value: 'DIR',
    about:
      'the folder of the runs’ own keys, wrapped; beside, never inside, that of the runs, and in no backup (default: the ' +
      'folder of the runs with "-keys" after its name)',
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
} as const satisfies Options

type Words = { readonly [Name in keyof typeof runsOptions]?: string | undefined }

export interface RunsPlace {
  readonly folder?: string
  readonly keysFolder?: string
  readonly keyFile?: string
  readonly keyCommand?: string
}

/** Throws {@link UsageError} where two sources of the key are named. */
export function runsPlace(values: Words): RunsPlace {
  if (values['runs-key'] !== undefined && values['runs-key-command'] !== undefined)
    throw new UsageError('--runs-key and --runs-key-command are two sources of one key.')
  return {
    ...(values.runs !== undefined && { folder: values.runs }),
    ...(values['runs-keys'] !== undefined && { keysFolder: values['runs-keys'] }),
    ...(values['runs-key'] !== undefined && { keyFile: values['runs-key'] }),
    ...(values['runs-key-command'] !== undefined && { keyCommand: values['runs-key-command'] }),
  }
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

/** Throws `server/store-gone` for folders that cannot be used, or not now for that. */
export function storesOfRuns({ folder, keysFolder }: RunsPlace, use?: Use): Promise<RunStores> {
  const place = folder === undefined ? join(stateFolder(process.env), 'runs') : fromThere(folder)
  return openRunFolders(place, keysFolder && fromThere(keysFolder), use)
}
