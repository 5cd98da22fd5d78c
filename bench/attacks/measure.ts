import { fork } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import type { Card } from '../../core/card/card.ts'
import { fromBytes, fromHex, toBytes, toHex } from '../../core/number/bytes.ts'
import { makePrivateKey, proveKey } from '../../core/private/paillier/privateKey.ts'
import type { KeySize } from '../../core/protocol/paillier/layout.ts'
import { layoutOf } from '../../core/protocol/schemes.ts'
import { spawnServer } from '../journeys/server.ts'
import { inRoot } from '../root.ts'
import { type Seen, watch } from './honest.ts'
import { loads } from './loads.ts'
import type { PublicHalf, Target } from './target.ts'

/** An honest client under one load, and beside it alone: just before and just after. */
export interface Measured {
  readonly load: string
  readonly under: Seen
  readonly alone: Seen
  /** How the load was answered, by status; `closed`: not at all. */
  readonly answers: Readonly<Record<string, number>>
}

const model = 'credit-default'
const sha256 = async (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()

/** All loads in turn, each on a server of its own with the defaults of the command, on this machine's own addresses. */
export async function attack(bits: KeySize, quick: boolean, tell: (line: string) => void): Promise<Measured[]> {
  const forMs = quick ? 4000 : 15_000
  const [honestKey, loadKey, unheld] = [await makeKey(bits), await makeKey(bits), await makeKey(bits)]
  const measured: Measured[] = []
  for (const { name } of loads) {
    tell(`attacks: ${name}`)
    const server = await spawnServer()
    try {
      const shape = await shapeOf(server.url, bits)
      const of = (key: PublicHalf): Target => ({ ...shape, url: server.url, model, key, unheld })
      for (const key of [honestKey, loadKey]) await register(server.url, key)
      // Until the masks that a key gets are there, and the table of the honest one.
      await watch(of(honestKey), 1000)
      await new Promise((resolve) => setTimeout(resolve, quick ? 8000 : 20_000))
      const before = await watch(of(honestKey), forMs / 2)
      const load = await startLoad(name, of(loadKey))
      await new Promise((resolve) => setTimeout(resolve, 1000))
      const under = await watch(of(honestKey), forMs)
      const answers = await load.stop()
      await new Promise((resolve) => setTimeout(resolve, 3000))
      const after = await watch(of(honestKey), forMs / 2)
      measured.push({ load: name, under, alone: joined(before, after), answers })
    } finally {
      await server.close()
    }
  }
  return measured
}

const joined = (a: Seen, b: Seen): Seen => ({
  ms: [...a.ms, ...b.ms],
  failed: a.failed + b.failed,
  healthMs: [...a.healthMs, ...b.healthMs],
})

async function startLoad(name: string, target: Target): Promise<{ stop(): Promise<Record<string, number>> }> {
  const child = fork(inRoot('dist/bench/attacks/loadProcess.js'), { serialization: 'advanced' })
  const next = async () => (await once(child, 'message'))[0] as unknown
  child.send({ name, target })
  await next()
  return {
    async stop() {
      const exit = once(child, 'exit')
      child.send({ name: null, target })
      const answers = (await next()) as Record<string, number>
      await exit
      return answers
    },
  }
}

async function makeKey(bits: KeySize): Promise<PublicHalf> {
  const { p, q } = generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ format: 'jwk' })
  const prime = (text: string | undefined) => fromBytes(Buffer.from(text ?? '', 'base64url'))
  const key = makePrivateKey(prime(p), prime(q), bits)
  const n = toBytes(key.n, bits / 8)
  return { n, proof: await proveKey(key, sha256), fingerprint: await sha256(n) }
}

async function register(url: string, { n, proof, fingerprint }: PublicHalf): Promise<void> {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  const response = await fetch(new URL(`/v1/keys/${toHex(fingerprint)}`, url), {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ n: text(n), proof: text(proof) }),
  })
  if (!response.ok) throw new Error(`The key was answered ${response.status}.`)
}

async function shapeOf(url: string, bits: KeySize) {
  const card = (await (await fetch(new URL(`/v1/models/${model}`, url))).json()) as Card
  const { slots } = layoutOf(`paillier-${bits}`, card)
  return { card: fromHex(card.hash), inputs: card.inputs.length, slots, width: bits / 4 }
}
