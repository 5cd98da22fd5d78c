import { x25519 } from '@noble/curves/ed25519.js'
import { concat, equalBytes, fromHex, toHex } from '../../core/number/bytes.ts'
import type { RandomBytes } from '../../core/number/random.ts'
import { fail } from '../faults.ts'
import { type Introduction, introductionBytes, readIntroduction } from './introduction.ts'
import { type Board, digestOf, type Message, read, signerOf, written } from './messages.ts'
import { mostOwners } from './numbers.ts'
import { sharedSecret } from './pads.ts'

/**
 * Who takes part. Each owner first commits to its keys and only then opens them: whoever stands between could otherwise look
 * for keys with which two owners see the same code, which for 60 bits takes 2^30 tries. As it is, it has one.
 */
export interface Roster {
  /** Public keys of signatures, in their order. */
  readonly owners: readonly string[]
  readonly digest: string
  /** 60 bits for people to compare by telephone, say. */
  readonly code: string
  /** What each owner says of itself, by public key. */
  readonly introductions: ReadonlyMap<string, Introduction>
  /** What this owner shares with each other one. */
  readonly secrets: ReadonlyMap<string, Uint8Array>
}

/** An owner's side of everything it says. */
export interface Voice {
  readonly board: Board
  /** The seed of its signatures. */
  readonly seed: Uint8Array
  readonly random: RandomBytes
  readonly introduction?: Introduction
}

const commitmentBytes = 32

/** Sums of fewer than three are no secret among them. */
export const leastOwners = 3
const codeDigits = 15

/** What all owners say in a slot, by owner; its own is among them unaltered. Throws `study/…`. */
export async function exchanged(
  { board, seed }: Voice,
  slot: string,
  context: string,
  body: Uint8Array,
  owners?: readonly string[],
): Promise<readonly Message[]> {
  const own = written({ slot, context, body }, seed)
  await board.post(slot, own)
  const texts = await board.all(slot)
  const told = texts.map((text) => read(text, slot, context)).sort((a, b) => (a.from < b.from ? -1 : 1))
  const names = told.map(({ from }) => from)
  if (!texts.includes(own) || new Set(names).size !== names.length) fail('study/roster', 'poolNotAmong')
  if (owners && names.join() !== owners.join()) fail('study/roster', 'poolNotAmong')
  return told
}

/** Agrees on who takes part in the study of this digest. Throws `study/pool`, `study/roster`, `study/message`. */
export async function agreeOnRoster(voice: Voice, study: string): Promise<Roster> {
  const { seed, random, introduction } = voice
  const secret = random(32)
  const opened = concat([x25519.getPublicKey(secret), random(32)])
  const commitment = fromHex(commitmentOf(study, signerOf(seed), opened))
  const named = concat([commitment, introduction ? introductionBytes(introduction) : new Uint8Array()])
  const committed = await exchanged(voice, 'commit', study, named)
  if (committed.length < leastOwners || committed.length > mostOwners) {
    fail('study/pool', 'poolOwners', { least: leastOwners, most: mostOwners })
  }
  const owners = committed.map(({ from }) => from)
  const locked = digestOf(study, ...committed.flatMap(({ from, body }) => [from, toHex(body)]))
  const keys = await exchanged(voice, 'keys', locked, opened, owners)
  for (const [i, { from, body }] of keys.entries()) {
    const promised = committed[i]?.body.subarray(0, commitmentBytes) as Uint8Array
    if (body.length !== 64 || !equalBytes(promised, fromHex(commitmentOf(study, from, body)))) {
      fail('study/roster', 'poolCommitment')
    }
  }
  const digest = digestOf(locked, ...keys.map(({ body }) => toHex(body)))
  const others = keys.filter(({ from }) => from !== signerOf(seed))
  const secrets = new Map(
    others.map(({ from, body }) => [from, sharedSecret(secret, body.subarray(0, 32), fromHex(digest))]),
  )
  secret.fill(0)
  const code = (digestOf('code', digest).slice(0, codeDigits).match(/.{5}/g) ?? []).join('-')
  const introductions = new Map(
    committed.map(({ from, body }) => [from, readIntroduction(body.subarray(commitmentBytes))]),
  )
  return { owners, digest, code, introductions, secrets }
}

const commitmentOf = (study: string, from: string, opened: Uint8Array): string =>
  digestOf('blindscore pool commitment 1', study, from, toHex(opened))
