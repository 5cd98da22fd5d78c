import { resolve } from 'node:path'
import { UsageError } from './command.ts'
import { type Options, optionLines, parseOptions } from './options.ts'

const options = {
  csv: { type: 'string', value: 'FILE', about: 'the records to score' },
  model: { type: 'string', value: 'ID', about: 'the model to score them with' },
  out: { type: 'string', value: 'FILE', about: 'where the scored rows go' },
  models: { type: 'string', value: 'DIR', about: 'the folder of model files (default: the models that ship)' },
  server: { type: 'string', value: 'URL', about: 'use a server that runs, instead of starting one' },
  static: { type: 'string', value: 'DIR', about: 'drive a page that has its server in it, such as dist/demo' },
  film: { type: 'string', value: 'FILE.webm', about: 'keep a film of what is on the screen' },
  'key-size': { type: 'string', value: 'BITS', about: '2048, 3072 (default) or 4096' },
  screenshots: { type: 'string', value: 'DIR', about: 'keep a picture of each step' },
  picture: { type: 'string', value: 'FILE.webp', about: 'keep one picture, of the scores as they stand in the window' },
  dark: { type: 'boolean', about: 'in the page’s dark colours' },
  headed: { type: 'boolean', about: 'show the browser' },
} as const satisfies Options

export const usage = `Usage: blindscore demo --csv FILE --model ID --out FILE [options]
${optionLines(options)}`

export interface DemoOptions {
  /** Absolute paths. */
  readonly csv: string
  readonly model: string
  readonly out: string
  readonly models?: string
  readonly server?: string
  readonly static?: string
  readonly film?: string
  readonly keySize?: number
  readonly screenshots?: string
  readonly picture?: string
  readonly dark: boolean
  readonly headed: boolean
}

/** The options. `folder` is where relative paths start. Throws {@link UsageError}. */
export function parseDemoOptions(argv: readonly string[], folder: string): DemoOptions {
  const { csv, model, out, ...values } = parseOptions(argv, options)
  if (csv === undefined || model === undefined || out === undefined) {
    throw new UsageError('--csv, --model and --out are needed.')
  }
  const keySize = values['key-size']
  if (keySize !== undefined && !['2048', '3072', '4096'].includes(keySize)) {
    throw new UsageError('--key-size is 2048, 3072 or 4096.')
  }
  if (values.server !== undefined && !/^https?:/.test(values.server)) {
    throw new UsageError('--server takes an address such as http://127.0.0.1:8787/.')
  }
  if (values.server !== undefined && values.models !== undefined) {
    throw new UsageError('--models is for the server that this command starts; with --server there is none.')
  }
  if (values.static !== undefined && (values.server !== undefined || values.models !== undefined)) {
    throw new UsageError(
      'With --static the page has its server and models in it: --server and --models are for others.',
    )
  }
  return {
    csv: resolve(folder, csv),
    model,
    out: resolve(folder, out),
    dark: values.dark ?? false,
    headed: values.headed ?? false,
    ...(values.models !== undefined && { models: resolve(folder, values.models) }),
    ...(values.server !== undefined && { server: new URL(values.server).href }),
    ...(values.static !== undefined && { static: resolve(folder, values.static) }),
    ...(values.film !== undefined && { film: resolve(folder, values.film) }),
    ...(keySize !== undefined && { keySize: Number(keySize) }),
    ...(values.picture !== undefined && { picture: resolve(folder, values.picture) }),
    ...(values.screenshots !== undefined && { screenshots: resolve(folder, values.screenshots) }),
  }
}
