import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { sha256Hex } from '../digest.ts'
import { errorOf } from '../faults.ts'
import type { Limits } from '../limits.ts'
import type { Log } from '../log.ts'
import { giveToOwnerOf } from '../ownedAs.ts'
import { defaultBudgetsFolder, type Environment, type Secret } from '../secret.ts'
import { besideBudgets, FileBudgets, openBudgets } from './fileBudgets.ts'
import { besideLedger, defaultLedgerFile, FileLedger, openLedger } from './fileLedger.ts'
import type { AnswerLedger, BudgetStore } from './state.ts'

/** Where a server of its own counts. What is not named is in the usual place. */
export interface OwnPlaces {
  readonly ledgerFile: string | undefined
  readonly budgetsFolder: string | undefined
  readonly env: Environment
}

interface Surroundings {
  readonly secret: Pick<Secret, 'kept' | 'nameOfStore' | 'nameOfClient'>
  readonly limits: Pick<Limits, 'chunksRemembered'>
  readonly log: Log
}

/**
 * What is counted on this machine's disk: answers in a ledger, budgets in a folder. Each remembers that it had the other beside it, so that
 * one of them that is gone is no fresh count by an accident. Throws `server/store-gone` for one that is, until it is there again or was begun
 * anew ({@link beginOwnState}), and what opening them throws.
 */
export async function openOwnState(
  places: OwnPlaces,
  { secret, limits, log }: Surroundings,
): Promise<{ readonly ledger: AnswerLedger; readonly budgets?: BudgetStore }> {
  const [file, folder] = placesOf(places)
  const named = { ledger: nameOf(file), budgets: nameOf(folder) }
  const remembered = await besideLedger(file)
  const inFolder = await besideBudgets(folder, named.ledger)
  const isMissed = { ledger: inFolder.remembers, budgets: remembered?.includes(named.budgets) ?? false }
  if (isMissed.ledger && remembered === null) gone(file, folder)
  if (isMissed.budgets && !inFolder.isThere) gone(folder, file)
  const ledger = await openLedger(places.ledgerFile && file, places.env, log)
  const isKept = ledger instanceof FileLedger
  if (!isKept && isMissed.ledger) gone(file, folder)
  if (!isKept) log.warn({}, 'it is not kept how often models were answered with: a restart begins to count anew')
  const options = { ...optionsOf(secret, limits), log }
  const budgets = await openBudgets(places.budgetsFolder && folder, defaultBudgetsFolder(places.env), options)
  if (!budgets && isMissed.budgets) gone(folder, file)
  if (!budgets) log.warn({}, 'it is not kept what clients use: a restart gives each a fresh hour')
  if (isKept && budgets) {
    await ledger.noteBeside(named.budgets)
    await budgets.noteBeside(named.ledger)
  }
  return { ledger, ...(budgets && { budgets }) }
}

/** Makes what is not there. Returns whether that was anything. Throws what opening does. */
export async function beginOwnState(
  places: OwnPlaces,
  { secret, limits }: Omit<Surroundings, 'log'>,
): Promise<boolean> {
  const [file, folder] = placesOf(places)
  const hasLedger = (await besideLedger(file)) !== null
  const { isThere: hasBudgets } = await besideBudgets(folder, '')
  await FileLedger.open(file)
  await (await FileBudgets.open(folder, optionsOf(secret, limits))).close()
  // An operator may be root, and the server somebody else.
  if (!hasLedger) await giveToOwnerOf(dirname(file), file)
  const made = hasBudgets ? [] : [folder, ...(await readdir(folder)).map((name) => join(folder, name))]
  for (const each of made) await giveToOwnerOf(dirname(folder), each)
  return !(hasLedger && hasBudgets)
}

function optionsOf({ kept, nameOfStore, nameOfClient }: Surroundings['secret'], limits: Surroundings['limits']) {
  const { chunksRemembered } = limits
  return { chunksRemembered, nameOf: nameOfClient, ...(kept && { secretName: nameOfStore }) }
}

function placesOf({ ledgerFile, budgetsFolder, env }: OwnPlaces): readonly [string, string] {
  return [resolve(ledgerFile ?? defaultLedgerFile(env)), resolve(budgetsFolder ?? defaultBudgetsFolder(env))]
}

/** A place's name in the other. Whoever counts in another place on purpose may: it is that very place that is missed. */
const nameOf = (place: string): string => sha256Hex(place)

function gone(what: string, beside: string): never {
  throw errorOf('server/store-gone', 'stateGone', { what, beside })
}
