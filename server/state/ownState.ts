import { readdir } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { sha256Hex } from '../digest.ts'
import { errorOf } from '../faults.ts'
import type { Limits } from '../limits.ts'
import type { Log } from '../log.ts'
import { giveToOwnerOf } from '../ownedAs.ts'
import { defaultBudgetsFolder, type Environment, type Secret } from '../secret.ts'
import { besideBudgets, FileBudgets, openBudgets } from './fileBudgets.ts'
import { besideLedger, defaultLedgerFile, FileLedger, openLedger } from './fileLedger.ts'
import { sealedUses } from './sealedUses.ts'
import type { AnswerLedger, BudgetStore } from './state.ts'

/** Where a server of its own counts. What is not named is in the usual place. */
export interface OwnPlaces {
  readonly ledgerFile: string | undefined
  readonly budgetsFolder: string | undefined
  readonly env: Environment
}

interface Surroundings {
  readonly secret: Pick<Secret, 'kept' | 'nameOfStore' | 'nameOfClient' | 'namesOfUses'>
  readonly limits: Pick<Limits, 'chunksRemembered'>
  readonly log: Log
}

/**
 * What is counted on this machine's disk: answers in a ledger, budgets in a folder. Each remembers that it had the other beside it, so that
 * one of them that is gone is no fresh count by an accident. Throws `server/store-gone` for one that is, until it is there again or was begun
 * anew ({@link beginOwnState}), and what opening them throws.
 *
 * The ledger remembers first, once the folder is there: so what a process that was killed left is never missed, and a ledger that does not
 * remember the folder by which it is remembered is another one.
 */
export async function openOwnState(
  places: OwnPlaces,
  { secret, limits, log }: Surroundings,
): Promise<{ readonly ledger: AnswerLedger; readonly budgets?: BudgetStore }> {
  const [file, folder] = placesOf(places)
  const { inLedger, inFolder, named } = await remembered(file, folder)
  if (inFolder.remembers && !inLedger.remembers) gone(file, folder)
  if (inLedger.remembers && !inFolder.isThere) gone(folder, file)
  if (inLedger.isThere && !inFolder.isThere)
    log.warn({}, 'there is a ledger of answers and no folder of budgets: each client begins a fresh hour')
  if (inFolder.isThere && !inLedger.isThere)
    log.warn(
      {},
      'there is a folder of budgets and no ledger of answers: how often models were answered with is counted anew',
    )
  const ledger = await openLedger(places.ledgerFile && file, places.env, log)
  const isKept = ledger instanceof FileLedger
  if (!isKept) log.warn({}, 'it is not kept how often models were answered with: a restart begins to count anew')
  const options = { ...optionsOf(secret, limits), log }
  const budgets = await openBudgets(places.budgetsFolder && folder, defaultBudgetsFolder(places.env), options)
  if (!budgets) log.warn({}, 'it is not kept what clients use: a restart gives each a fresh hour')
  if (isKept && budgets) {
    await ledger.noteBeside(named.budgets)
    await budgets.noteBeside(named.ledger)
  }
  return { ledger, ...(budgets && { budgets: secret.kept ? sealedUses(budgets, secret.namesOfUses, log) : budgets }) }
}

/** Makes what is missed, and nothing of what is not. Returns whether that was anything. Throws what opening does. */
export async function beginOwnState(
  places: OwnPlaces,
  { secret, limits }: Omit<Surroundings, 'log'>,
): Promise<boolean> {
  const [file, folder] = placesOf(places)
  const { inLedger, inFolder, named } = await remembered(file, folder)
  const isMissed = {
    budgets: !inFolder.isThere,
    ledger: !inLedger.isThere || (inFolder.remembers && !inLedger.remembers),
  }
  if (isMissed.budgets) {
    await (await FileBudgets.open(folder, optionsOf(secret, limits))).close()
    // An operator may be root, and the server somebody else.
    const made = (await readdir(folder)).map((name) => join(folder, name))
    for (const each of [folder, ...made]) await giveToOwnerOf(dirname(folder), each)
  }
  if (isMissed.ledger) await (await FileLedger.open(file)).noteBeside(named.budgets)
  return isMissed.budgets || isMissed.ledger
}

/** What each of both has of the other. */
async function remembered(file: string, folder: string) {
  const named = { ledger: nameOf(file, folder), budgets: nameOf(folder, dirname(file)) }
  const [inLedger, inFolder] = [await besideLedger(file, named.budgets), await besideBudgets(folder, named.ledger)]
  return { inLedger, inFolder, named }
}

function optionsOf(secret: Surroundings['secret'], { chunksRemembered }: Surroundings['limits']) {
  const { kept, nameOfStore, nameOfClient, namesOfUses } = secret
  return { chunksRemembered, nameOf: nameOfClient, ...(kept && { namesOfUses, secretName: nameOfStore }) }
}

function placesOf({ ledgerFile, budgetsFolder, env }: OwnPlaces): readonly [string, string] {
  return [resolve(ledgerFile ?? defaultLedgerFile(env)), resolve(budgetsFolder ?? defaultBudgetsFolder(env))]
}

/**
 * A place's name in the other: how one gets there, so that both may be moved together. Whoever counts in another place on purpose may: it
 * is that very place that is missed.
 */
const nameOf = (place: string, from: string): string => sha256Hex(relative(from, place))

function gone(what: string, beside: string): never {
  throw errorOf('server/store-gone', 'stateGone', { what, beside })
}
