import { concat, fromHex, toHex } from '../../core/number/bytes.ts'
import { fail } from '../faults.ts'
import { digestOf, type Message, signerOf } from './messages.ts'
import { bytesOf, checkRoom, numberBytes, numbersOf, signed } from './numbers.ts'
import { openSeed, padOf, sealSeed, seedBytes } from './pads.ts'
import { exchanged, type Roster, type Voice } from './roster.ts'

/**
 * Sums of all owners' numbers, one round after the other. A round has three messages of each owner: `ready`, a fresh nonce over
 * all that was opened before, by which the last sums are confirmed; `sealed`, its numbers under the pads; `reveal`, the seed of
 * its own pad for each of the others, bound to the list of all that was sealed. Whoever was told something else stops here.
 */
export class SumChannel {
  readonly #voice: Voice
  readonly #roster: Roster
  readonly #self: string
  #transcript: string
  #round = 0

  constructor(voice: Voice, roster: Roster) {
    this.#voice = voice
    this.#roster = roster
    this.#self = signerOf(voice.seed)
    this.#transcript = roster.digest
  }

  /** Σ over all owners of each number; `what` names the round's question. Throws `study/…`, after which nothing more is said. */
  async open(what: string, values: readonly bigint[]): Promise<readonly bigint[]> {
    checkRoom(values)
    const context = await this.#begin(what)
    const seed = this.#voice.random(seedBytes)
    const sealed = await this.#say('sealed', context, bytesOf(this.#padded(values, seed, fromHex(context))))
    if (sealed.some(({ body }) => body.length !== values.length * numberBytes)) fail('study/disagree', 'poolDisagree')
    const list = digestOf(context, ...sealed.map(({ body }) => toHex(body)))
    const seeds = await this.#seeds(seed, list)
    const sums = values.map(() => 0n)
    for (const { body } of sealed) add(sums, numbersOf(body), 1n)
    for (const each of seeds) add(sums, padOf(each, fromHex(context), values.length), -1n)
    const opened = signed(sums)
    this.#transcript = digestOf(list, ...opened.map(String))
    return opened
  }

  /** All owners confirm the sums that were opened last. Throws `study/disagree` where they were told others. */
  async confirm(): Promise<void> {
    await this.#begin('confirmed')
  }

  async #begin(what: string): Promise<string> {
    this.#round += 1
    const context = digestOf(this.#transcript, what)
    const nonces = await this.#say('ready', context, this.#voice.random(32))
    return digestOf(context, ...nonces.map(({ body }) => toHex(body)))
  }

  #say(kind: string, context: string, body: Uint8Array): Promise<readonly Message[]> {
    return exchanged(this.#voice, `${this.#round}-${kind}`, context, body, this.#roster.owners)
  }

  #padded(values: readonly bigint[], seed: Uint8Array, context: Uint8Array): bigint[] {
    const sums = [...values]
    for (const [other, secret] of this.#roster.secrets) {
      add(sums, padOf(secret, context, values.length), this.#self < other ? 1n : -1n)
    }
    add(sums, padOf(seed, context, values.length), 1n)
    return sums
  }

  /** Tells everybody the seed of the own pad, and hears theirs. */
  async #seeds(own: Uint8Array, list: string): Promise<readonly Uint8Array[]> {
    const { owners, secrets } = this.#roster
    const contextOf = (from: string, to: string): Uint8Array => fromHex(digestOf(list, from, to))
    const body = concat(
      owners.map((to) => {
        const secret = secrets.get(to)
        return secret ? sealSeed(secret, contextOf(this.#self, to), own) : new Uint8Array(2 * seedBytes)
      }),
    )
    const place = owners.indexOf(this.#self) * 2 * seedBytes
    const told = await this.#say('reveal', list, body)
    return told.map(({ from, body: seeds }) => {
      const secret = secrets.get(from)
      if (!secret) return own
      return openSeed(secret, contextOf(from, this.#self), seeds.subarray(place, place + 2 * seedBytes))
    })
  }
}

function add(sums: bigint[], values: readonly bigint[], sign: bigint): void {
  for (const [i, value] of values.entries()) sums[i] = (sums[i] as bigint) + sign * value
}
