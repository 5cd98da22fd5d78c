import { errorOf } from '../server/faults.ts'
import { type RunVault, rotatedRuns, runKind } from '../server/runs/manifest.ts'
import { readRunsKey } from '../server/sealed/keySource.ts'
import { idPattern } from '../server/sealed/ports.ts'
import { type Rotation, rotate } from '../server/sealed/rotate.ts'
import { sealingKey } from '../server/sealed/seal.ts'
import { Vault } from '../server/sealed/vault.ts'
import { rotatedStudies, studyKind } from '../server/studies/manifest.ts'
import { type Command, fromThere, UsageError } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { keyOfRuns, type RunsPlace, runsOptions, runsPlace, storesOfRuns, storesOfStudies } from './runsOptions.ts'

const options = {
  ...runsOptions,
  'new-key': { type: 'string', value: 'FILE', about: 'rotate: the key that takes the place of --runs-key' },
  studies: {
    type: 'string',
    value: 'DIR',
    about: 'rotate --reencrypt: where the server’s studies lie, if it has any, as in its own --studies',
  },
  reencrypt: {
    type: 'boolean',
    about:
      'rotate: give each run and study a data key of its own anew, and seal all that is stored with it, for when a key leaked',
  },
} as const satisfies Options

const usage = `Usage: blindscore runs list [options]
       blindscore runs delete RUN [options]
       blindscore runs rotate --new-key FILE [--reencrypt] [options]

Looks after the runs that a server stores. The server must be stopped for rotate, which is of studies as well, and be started with the new key.
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
      if (!idPattern.test(word)) throw new UsageError('A run has 32 hexadecimal digits.')
      const vault = new Vault(runKind, await storesOfRuns(place), [])
      if (!(await vault.isThere(word))) throw errorOf('run/unknown', 'runUnknown')
      await vault.remove(word)
      return 0
    }
    const isList = verb === 'list' && word === undefined
    const newKey = values['new-key']
    if (!isList && (verb !== 'rotate' || word !== undefined || newKey === undefined))
      throw new UsageError('It takes list, delete RUN, or rotate --new-key FILE.')
    const key = await keyOfRuns(place)
    if (key === null) throw new UsageError('It needs the key that the runs are stored under: --runs-key.')
    if (newKey === undefined) {
      const vault = new Vault(runKind, await storesOfRuns(place), [sealingKey(key)])
      for (const run of await vault.ids()) process.stdout.write(`${await lineOf(vault, run)}\n`)
      return 0
    }
    const becomes = await readRunsKey({ file: fromThere(newKey) }, {})
    if (becomes === null) throw errorOf('server/store-gone', 'runsKeyUnreadable', { from: newKey })
    await rotateAll(place, values.studies, { was: key, becomes, reencrypt: values.reencrypt ?? false })
    return 0
  },
}

/** Runs and studies have their keys in one place, under one key. */
async function rotateAll(place: RunsPlace, studies: string | undefined, rotation: Rotation): Promise<void> {
  const stores = await storesOfRuns(place, 'rotation')
  try {
    // Without their objects, the keys of studies can be wrapped anew, but not replaced.
    const ofStudies = studies === undefined ? stores : await storesOfStudies(place, studies)
    const areThere = (await new Vault(studyKind, stores, []).ids()).length > 0
    if (rotation.reencrypt && studies === undefined && areThere)
      throw new UsageError('There are studies, too: --studies says where they lie.')
    const counts = [await rotate(rotatedRuns, stores, rotation), await rotate(rotatedStudies, ofStudies, rotation)]
    process.stderr.write(`${counts[0]} runs and ${counts[1]} studies are under the new key.\n`)
  } finally {
    await stores.keys.close?.()
  }
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
