import { errorOf } from '../server/faults.ts'
import { readRunsKey } from '../server/runs/keySource.ts'
import { runName } from '../server/runs/ports.ts'
import { rotate } from '../server/runs/rotate.ts'
import { sealingKey } from '../server/runs/seal.ts'
import { RunVault } from '../server/runs/vault.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { keyOfRuns, runsOptions, runsPlace, storesOfRuns } from './runsOptions.ts'

const options = {
  ...runsOptions,
  'new-key': { type: 'string', value: 'FILE', about: 'rotate: the key that takes the place of --runs-key' },
  reencrypt: {
    type: 'boolean',
    about:
      'rotate: give each run a data key of its own anew, and seal all that is stored with it, for when a key leaked',
  },
} as const satisfies Options

const usage = `Usage: blindscore runs list [options]
       blindscore runs delete RUN [options]
       blindscore runs rotate --new-key FILE [--reencrypt] [options]

Looks after the runs that a server stores. The server must be stopped for rotate, and be started with the new key.
${optionLines(options)}`

/** `blindscore runs`: the stored runs, for who runs the server. */
export const runs: Command = {
  usage,
  async run(argv) {
    const { values, words } = parseWords(argv, options)
    const [verb, word, ...more] = words
    if (more.length > 0) throw new UsageError('There is a word too many.')
    const place = runsPlace(values)
    if (verb === 'delete' && word !== undefined) {
      if (!runName.test(word)) throw new UsageError('A run has 32 hexadecimal digits.')
      const { objects, keys } = await storesOfRuns(place)
      if ((await keys.get(word)) === null) throw errorOf('run/unknown', 'runUnknown')
      await new RunVault(objects, keys, []).remove(word)
      return 0
    }
    const isList = verb === 'list' && word === undefined
    const newKey = values['new-key']
    if (!isList && (verb !== 'rotate' || word !== undefined || newKey === undefined))
      throw new UsageError('It takes list, delete RUN, or rotate --new-key FILE.')
    const key = await keyOfRuns(place)
    if (key === null) throw new UsageError('It needs the key that the runs are stored under: --runs-key.')
    const stores = await storesOfRuns(place, newKey === undefined ? undefined : 'rotation')
    if (newKey === undefined) {
      const vault = new RunVault(stores.objects, stores.keys, [await sealingKey(key)])
      for (const run of await stores.keys.list()) process.stdout.write(`${await lineOf(vault, run)}\n`)
      return 0
    }
    const becomes = await readRunsKey({ file: fromThere(newKey) }, {})
    if (becomes === null) throw errorOf('server/store-gone', 'runsKeyUnreadable', { from: newKey })
    const count = await rotate(stores, key, becomes, values.reencrypt ?? false).finally(() => stores.keys.close?.())
    process.stderr.write(`${count} runs are under the new key.\n`)
    return 0
  },
}

/** A run in a line, its columns told apart by tabs. */
async function lineOf(vault: RunVault, run: string): Promise<string> {
  const open = await vault.open(run).catch(() => null)
  if (open === null) return `${run}\tdamaged`
  const { manifest, entry } = open
  const until = new Date(entry.expires).toISOString()
  const counts = `${Object.keys(manifest.stored).length} of ${manifest.chunks} chunks`
  return [run, entry.who, manifest.model, manifest.state, counts, `${entry.bytes} bytes`, `until ${until}`].join('\t')
}
