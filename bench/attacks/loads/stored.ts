import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { toHex } from '../../../core/number/bytes.ts'
import { encodeChunk } from '../../../core/protocol/wire.ts'
import { FrameWriter } from '../../../files/frames.ts'
import { encodeBlock, encodeTrailer } from '../../../files/recordsFile.ts'
import { encodeRecordsHeader } from '../../../files/recordsHeader.ts'
import { type Signer, signedOf } from '../../../files/signature.ts'
import type { Caller } from '../caller.ts'
import type { Load } from '../load.ts'

/** What a server stores for a while: runs, sealed files, messages of studies. */

const [json, cbor, bytesType] = ['application/json', 'application/cbor', 'application/octet-stream']
const asJson = (value: object) => ({ type: json, body: Buffer.from(JSON.stringify(value)) })

/** A stored run, as its client has it. */
interface Run {
  readonly id: string
  readonly headers: Readonly<Record<string, string>>
  chunk(number: number): Uint8Array
}

const lanes = 24

/** Null where no more are let. */
async function makeRun(by: Caller, chunks: number, blocks = 1): Promise<Run | null> {
  const { card, key, model, inputs, slots, width } = by.target
  const run = randomBytes(16)
  const records = blocks * slots
  const asked = {
    v: 1,
    card: toHex(card),
    key: toHex(key.fingerprint),
    run: toHex(run),
    chunks,
    records: chunks * records,
  }
  const made = await by.prepare('POST', `/v1/models/${model}/runs`, asJson(asked))
  if (made === null) return null
  return {
    id: String(made.id),
    headers: { 'Blindscore-Run-Token': String(made.token) },
    chunk(number) {
      const ciphertexts = randomBytes(blocks * inputs * width)
      for (let i = 0; i < ciphertexts.length; i += width) ciphertexts[i] = 0
      return encodeChunk({ card, key: key.fingerprint, run, chunk: number, records, ciphertexts })
    },
  }
}

const put = (by: Caller, { id, headers, chunk }: Run, number: number, breaksOffAt?: number) =>
  by.ask('PUT', `/v1/runs/${id}/chunks/${number}`, {
    headers,
    type: cbor,
    body: chunk(number),
    ...(breaksOffAt !== undefined && { breaksOffAt }),
  })

/** A run of so many chunks that is worked on. */
async function startedRun(by: Caller, chunks: number): Promise<Run | null> {
  const run = await makeRun(by, chunks)
  if (run === null) return null
  let next = 0
  const one = async (): Promise<void> => {
    while (next < chunks) await put(by, run, next++)
  }
  await Promise.all(Array.from({ length: 8 }, one))
  await by.ask('POST', `/v1/runs/${run.id}/start`, { headers: run.headers })
  return run
}

function askingOf(path: (run: Run) => string, chunks: number) {
  return async (by: Caller): Promise<void> => {
    const run = await startedRun(by, chunks)
    if (run) by.keepAsking(lanes, () => by.ask('GET', path(run), { headers: run.headers }))
  }
}

/** Chunks of one run that take each other's place, so that there is always room. */
function uploads(blocks: number, chunks: number, breaksOffAt?: number) {
  return async (by: Caller): Promise<void> => {
    const run = await makeRun(by, chunks, blocks)
    let next = 0
    if (run) by.keepAsking(lanes, () => put(by, run, next++ % chunks, breaksOffAt))
  }
}

/** The same of as many runs as a client has, each in a lane: those of one run are listed one after the other. */
async function uploadsOfMany(by: Caller): Promise<void> {
  const runs = await Promise.all(Array.from({ length: 20 }, () => makeRun(by, 400)))
  const numbers = runs.map(() => 0)
  by.keepAsking(runs.length, async (lane) => {
    const run = runs[lane]
    const number = (numbers[lane] ?? 0) % 400
    numbers[lane] = number + 1
    if (run) await put(by, run, number)
  })
}

function madeAndTakenAway(by: Caller): void {
  by.keepAsking(8, async () => {
    const run = await makeRun(by, 4)
    if (run === null) return
    await put(by, run, 0)
    await by.ask('DELETE', `/v1/runs/${run.id}`, { headers: run.headers })
  })
}

/** Runs with their work, one after the other: each is started, and taken away once it is under way. */
function submitted(by: Caller): void {
  by.keepAsking(8, async () => {
    const run = await startedRun(by, 8)
    if (run) await by.ask('DELETE', `/v1/runs/${run.id}`, { headers: run.headers })
  })
}

/** A sealed file of so many blocks. `spoiled`: its last seal is wrong, which only who has read all of it finds. */
async function fileOf({ target }: Caller, blocks: number, perBlock: number, spoiled: boolean): Promise<Buffer> {
  const { key, wholeCard, card, slots, inputs, width } = target
  const file = randomBytes(16)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const sender = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url')
  const signer: Signer = { publicKey: sender, sign: (chain) => sign(null, signedOf(chain), privateKey) }
  const writer = new FrameWriter(signer)
  const capacity = perBlock * slots
  const records = blocks * capacity
  const bytes = { set: key.set, fingerprint: toHex(key.fingerprint), bytes: key.n, proof: key.proof }
  const head = { file, sender, source: randomBytes(32), records, capacity, tokens: false, columns: [], key: bytes }
  const pieces = [await writer.frame('header', encodeRecordsHeader({ ...head, card: wholeCard }))]
  const ciphertexts = randomBytes(perBlock * inputs * width)
  for (let i = 0; i < ciphertexts.length; i += width) ciphertexts[i] = 0
  for (let block = 0; block < blocks; block++) {
    const chunk = encodeChunk({ card, key: key.fingerprint, run: file, chunk: block, records: capacity, ciphertexts })
    pieces.push(await writer.frame('block', encodeBlock(capacity, chunk, new Uint8Array(0))))
  }
  pieces.push(await writer.frame('trailer', encodeTrailer(blocks, records)))
  const whole = Buffer.concat(pieces)
  if (spoiled) whole[whole.length - 1] = (whole.at(-1) ?? 0) ^ 1
  return whole
}

function files(blocks: number, perBlock: number, spoiled: boolean) {
  return async (by: Caller): Promise<void> => {
    const path = `/v1/models/${by.target.model}/files`
    const body = await fileOf(by, blocks, perBlock, spoiled)
    by.keepAsking(lanes, () => by.ask('POST', path, { type: bytesType, body }))
  }
}

/** A study in which much was said, and who asks again and again what. */
async function studies(by: Caller): Promise<void> {
  const made = await by.prepare('POST', '/v1/studies', asJson({ v: 1, owners: 3, study: '{}' }))
  if (made === null) return
  const headers = { 'Blindscore-Study-Token': String((made.invitations as string[])[0]) }
  const path = `/v1/studies/${String(made.id)}`
  const body = randomBytes(1000)
  const say = (slot: number) => by.ask('PUT', `${path}/messages/said-${slot}`, { headers, type: bytesType, body })
  for (let slot = 0; slot < 400; slot += 20) await Promise.all(Array.from({ length: 20 }, (_, i) => say(slot + i)))
  by.keepAsking(lanes, () => by.ask('GET', path, { headers }))
}

const needs = ['runs'] as const

export const storedLoads: readonly Load[] = [
  { id: 'runs', name: '8 × stored runs of 8 chunks, started and taken away', needs, start: submitted },
  { id: 'runs-deleted', name: '8 × stored runs of a chunk, taken away', needs, start: madeAndTakenAway },
  { id: 'run-uploads', name: '24 chunks of a block for a stored run', needs, start: uploads(1, 400) },
  { id: 'runs-uploads', name: 'chunks of a block for 20 stored runs at once', needs, start: uploadsOfMany },
  { id: 'run-large-uploads', name: '24 chunks of 124 blocks for a stored run', needs, start: uploads(124, 24) },
  { id: 'run-broken', name: '24 chunks for a stored run, broken off', needs, start: uploads(124, 24, 500_000) },
  {
    id: 'run-state',
    name: '24 × GET of a stored run without pause',
    needs,
    start: askingOf(({ id }) => `/v1/runs/${id}`, 400),
  },
  {
    id: 'run-answers',
    name: '24 × GET of an answer of a stored run without pause',
    needs,
    start: askingOf(({ id }) => `/v1/runs/${id}/answers/399`, 400),
  },
  { id: 'files', name: '24 sealed files of one block', start: files(1, 1, false) },
  { id: 'files-large', name: '24 sealed files of 16 × 16 blocks', start: files(16, 16, false) },
  { id: 'files-spoiled', name: '24 sealed files of 16 × 16 blocks, the last seal wrong', start: files(16, 16, true) },
  { id: 'studies', name: '24 × GET of a study with 400 messages without pause', needs: ['studies'], start: studies },
]
