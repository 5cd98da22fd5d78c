import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Card } from '../../core/card/card.ts'
import { parameterSet, schemeOf } from '../../core/protocol/schemes.ts'
import { readRows, shippedIds } from '../../core/test/shipped.ts'
import { readRecordsFile } from '../../files/recordsFile.ts'
import { readScoresFile } from '../../files/scoresFile.ts'
import { type RunningServer, startServer } from '../../server/listen.ts'
import { secretOf } from '../../server/secret.ts'
import type { EncodedBlock } from '../block.ts'
import { type Connection, connect, Key } from '../node.ts'
import { checkOwner, openFile } from '../openFile.ts'
import { threadSealers } from '../owner/threadSealers.ts'
import { RecordBlocks } from '../records.ts'
import { runSetFor } from '../schemeChoice.ts'
import { fileCapacity, sealFile, usualLimits } from '../sealFile.ts'

/** Every family of models by file: what comes back is what a live run gives, beside the names that went along. */

const serverThread = new URL('../../dist/server/compute/worker.js', import.meta.url)
const sealerThread = new URL('../../dist/client/owner/sealerThread.js', import.meta.url)
const models = fileURLToPath(new URL('../../server/models/', import.meta.url))
const fixtures = fileURLToPath(new URL('../../formats/test/fixtures/exporters/', import.meta.url))

/** One of each family beside those that ship: offsets, classes, hazards, distances, ordered classes, several outputs, splines, amounts. */
const chosen = [
  'exposure',
  'gaussian-bayes',
  'hazards-survival',
  'k-means-label',
  'r-polr-probit',
  'several-outputs',
  'splines',
  'statsmodels-glm-gamma',
]
const families = [...shippedIds, ...chosen]
const some = 5

let folder = ''
let server: RunningServer
let key: Key
const connections: Record<'paillier' | 'lattice', Connection | null> = { paillier: null, lattice: null }

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'families-'))
  for (const id of shippedIds) copyFileSync(join(models, `${id}.json`), join(folder, `${id}.json`))
  for (const id of chosen) copyFileSync(join(fixtures, `${id}.json`), join(folder, `${id}.json`))
  server = await startServer({
    port: 0,
    page: null,
    threads: 2,
    workerFile: serverThread,
    models: folder,
    secret: secretOf(new Uint8Array(32).fill(7), true),
  })
  key = await Key.generate('paillier-2048')
  for (const scheme of ['paillier', 'lattice'] as const) {
    connections[scheme] = connect(server.url, { key, scheme, threads: 1, workerFile: sealerThread })
  }
}, 120_000)
afterAll(async () => {
  for (const connection of Object.values(connections)) await connection?.close()
  key.dispose()
  await server.close()
  rmSync(folder, { recursive: true })
})

/** The first records of the file that goes with a model, as texts in the order of its features. */
function recordsOf(id: string, card: Card): string[][] {
  const sample = (shippedIds as readonly string[]).includes(id)
  const samples: Readonly<Record<string, string>> = { 'credit-default': 'credit', 'concrete-strength': 'concrete' }
  const path = sample
    ? `../../public/samples/${samples[id] ?? id}.csv`
    : `../../formats/test/fixtures/exporters/${id}.csv`
  const rows = readRows(path).map((row) => card.features.map(({ name }) => row[name] ?? ''))
  return rows.slice(0, some)
}

async function collected(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  for await (const piece of pieces) parts.push(piece)
  return new Uint8Array(Buffer.concat(parts))
}

async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** Sealed, scored by upload, and opened: predictors and names in the records' order. */
async function byFile(card: Card, records: readonly string[][], set: string | null) {
  const signal = new AbortController().signal
  const file = new Uint8Array(16).fill(records.length + card.heads.length)
  const keeper = key.fileKeys()
  const own = set === null ? key : await key.forFile(set, file)
  const sealers = await threadSealers(own, { threads: 1, workerFile: sealerThread })
  try {
    const along = { tokens: true, columns: ['Name'] }
    const capacity = Math.min(2, fileCapacity(card, own.publicKey.set, records.length, along))
    const header = { file, sender: keeper.publicKey, source: new Uint8Array(32), records: records.length, capacity }
    const blocks = new RecordBlocks(card, records, capacity)
    const named = async (block: EncodedBlock | null): Promise<EncodedBlock | null> =>
      block && {
        ...block,
        texts: Array.from(block.rows.subarray(0, block.records), (row) => [`Person ${row}`, `${row % 2}`]),
      }
    const pieces = sealFile(
      {
        header: { ...header, ...along, key: own.publicKey, card },
        link: { name: 'xyz', from: 1 },
        sealers,
        keeper,
        begun: null,
        blocks: { next: async () => named(await blocks.next()) },
      },
      signal,
    )
    const sealed = await collected(pieces)
    const address = `${server.url}v1/models/${card.id}/files`
    const headers = { 'content-type': 'application/octet-stream' }
    const response = await fetch(address, { method: 'POST', headers, body: sealed })
    expect([card.id, response.status]).toEqual([card.id, 200])
    const scored = await readScoresFile(streamOf(new Uint8Array(await response.arrayBuffer())))
    checkOwner(scored.header, keeper, key.publicKey.fingerprint)
    const predictors: number[] = []
    const names: string[] = []
    for await (const block of openFile(scored, { keeper, sealers }, signal)) {
      predictors.push(...block.predictors)
      names.push(...block.texts.map(([name]) => name as string))
    }
    const tokens: string[] = []
    const asked = await readRecordsFile(streamOf(sealed))
    for await (const { extras } of asked.blocks()) {
      for (const { token } of extras) tokens.push(Buffer.from(token ?? []).toString('hex'))
    }
    return { predictors, names, tokens }
  } finally {
    keeper.dispose()
    await sealers.end()
    if (own !== key) own.dispose()
  }
}

describe.each(['paillier', 'lattice'] as const)('by file under %s', (scheme) => {
  test.each(families)('%s comes back as from a live run', async (id) => {
    const connection = connections[scheme] as Connection
    const card = await connection.model(id)
    const records = recordsOf(id, card)
    const set =
      scheme === 'paillier' ? null : (runSetFor({ card, limits: usualLimits, lanes: 1, records: some })?.id ?? '')
    // A model too wide for the scheme is not served under it.
    if (set === '') return expect(schemeOf(parameterSet('lattice-8192-40-39')).setsFor(card)).toEqual([])
    const live = await connection.scoreAll(id, records)
    const { predictors, names, tokens } = await byFile(card, records, set)
    const heads = card.heads.length
    expect(predictors).toHaveLength(heads * records.length)
    // Under either scheme the same number, and under Paillier the same to the last bit.
    const most = scheme === 'paillier' ? 0 : card.tolerance
    for (const [i, { predictors: expected }] of live.entries()) {
      for (const [h, value] of expected.entries()) {
        expect(Math.abs((predictors[heads * i + h] as number) - value)).toBeLessThanOrEqual(most)
      }
    }
    expect(names).toEqual(records.map((_, i) => `Person ${i}`))
    expect(tokens.map((token) => tokens.indexOf(token))).toEqual(records.map((_, i) => i % 2))
  })
})
