import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { UsageError } from './command.ts'

export const usage = `Usage: blindscore demo --csv FILE --model ID --out FILE [options]
  --csv FILE          the records to score
  --model ID          the model to score them with
  --out FILE          where the scored rows go
  --models DIR        the folder of model files (default: the models that ship)
  --server URL        use a server that runs, instead of starting one
  --key-size BITS     2048, 3072 (default) or 4096
  --screenshots DIR   keep a picture of each step
  --headed            show the browser
  --help              this text`

export interface DemoOptions {
  /** Absolute paths. */
  readonly csv: string
  readonly model: string
  readonly out: string
  readonly models?: string
  readonly server?: string
  readonly keySize?: number
  readonly screenshots?: string
  readonly headed: boolean
}

/** The options. `folder` is where relative paths start. Throws {@link UsageError}. */
export function parseDemoOptions(argv: readonly string[], folder: string): DemoOptions {
  const { csv, model, out, ...values } = parse(argv)
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
  return {
    csv: resolve(folder, csv),
    model,
    out: resolve(folder, out),
    headed: values.headed ?? false,
    ...(values.models !== undefined && { models: resolve(folder, values.models) }),
    ...(values.server !== undefined && { server: new URL(values.server).href }),
    ...(keySize !== undefined && { keySize: Number(keySize) }),
    ...(values.screenshots !== undefined && { screenshots: resolve(folder, values.screenshots) }),
  }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        csv: { type: 'string' },
        model: { type: 'string' },
        out: { type: 'string' },
        models: { type: 'string' },
        server: { type: 'string' },
        'key-size': { type: 'string' },
        screenshots: { type: 'string' },
        headed: { type: 'boolean' },
      },
    }).values
  } catch (thrown) {
    throw new UsageError((thrown as Error).message)
  }
}
