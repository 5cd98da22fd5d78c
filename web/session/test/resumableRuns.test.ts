import 'fake-indexeddb/auto'
import { createHash, randomBytes } from 'node:crypto'
import { deleteDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fileDigest } from '../../../platform/fileDigest.ts'
import { Checkpoint } from '../checkpoint.ts'
import type { RunNote } from '../runState.ts'
import { RunStore } from '../runStore.ts'

/** What of a run outlives its tab, on an IndexedDB in this process. */

const note: RunNote = {
  fileName: 'loans.csv',
  file: 'a'.repeat(64),
  plan: 'b'.repeat(64),
  cardHash: 'c'.repeat(64),
  modelTitle: 'Loans',
  key: { set: 'paillier-2048', fingerprint: 'd'.repeat(64) },
  own: { set: 'lattice-8192-40-39', id: new Uint8Array(16).fill(7) },
  capacity: 10,
  scorable: 25,
}
const answer = (byte: number) => ({
  run: new Uint8Array(16).fill(byte),
  seed: new Uint8Array(32).fill(byte),
  answer: new Uint8Array(40).fill(byte),
})

/** One lock: whoever asks waits until it is let go, or as long as they said. */
function oneLock() {
  let held = false
  return {
    request: async (_: string, { signal }: { signal: AbortSignal }, use: () => unknown) => {
      while (held) {
        signal.throwIfAborted()
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
      held = true
      await use()
      held = false
    },
  }
}

beforeEach(() => vi.stubGlobal('navigator', { locks: oneLock() }))
afterEach(async () => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  await deleteDB('blindscore run')
})

describe('the run that a device stores', () => {
  it('is there for the next tab, with its answers', async () => {
    const store = new RunStore()
    expect(await store.load()).toBeNull()
    expect(await store.begin(note)).toBe(true)
    await store.saveAnswer(0, answer(1))
    await store.saveAnswer(2, answer(2))
    store.release()

    const next = new RunStore()
    expect(await next.load()).toEqual({ note, chunks: [0, 2] })
    expect(await next.answer(2)).toEqual(answer(2))
    expect(await next.answer(1)).toBeNull()
    await next.discard()
    expect(await new RunStore().load()).toBeNull()
  })

  it('belongs to one tab at a time', async () => {
    const mine = new RunStore()
    await mine.begin(note)
    const other = new RunStore()
    expect(await other.load()).toBeNull()
    expect(await other.begin({ ...note, fileName: 'other.csv' })).toBe(false)
    mine.release()
    expect((await other.load())?.note.fileName).toBe('loans.csv')
    other.release()
  })

  it('leaves nothing of an earlier one behind', async () => {
    const store = new RunStore()
    await store.begin(note)
    await store.saveAnswer(0, answer(1))
    await store.begin({ ...note, fileName: 'next.csv' })
    expect(await store.load()).toEqual({ note: { ...note, fileName: 'next.csv' }, chunks: [] })
    store.release()
  })

  it('is not said to be stored where the browser stores nothing', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('blocked', 'SecurityError')
    })
    const store = new RunStore()
    expect(await store.begin(note)).toBe(false)
    expect(await store.load()).toBeNull()
    expect(await store.answer(0)).toBeNull()
    await store.discard()
  })
})

describe('a checkpoint', () => {
  const map = { run: '', key: note.key, capacity: 10, planted: 'verification' as const }

  it('writes answers once the note is there, and none where it is not', async () => {
    for (const begun of [true, false]) {
      const saveAnswer = vi.fn(async () => {})
      let write = (_: boolean): void => {}
      const written = new Promise<boolean>((resolve) => {
        write = resolve
      })
      const checkpoint = new Checkpoint(
        { saveAnswer, answer: async () => null },
        { capacity: null, write: () => written, onEnd: async () => {} },
      )
      const said = checkpoint.begin(map)
      checkpoint.save(0, answer(1))
      await new Promise((resolve) => setImmediate(resolve))
      expect(saveAnswer).not.toHaveBeenCalled()
      write(begun)
      expect(await said).toBe(begun)
      await new Promise((resolve) => setImmediate(resolve))
      expect(saveAnswer).toHaveBeenCalledTimes(begun ? 1 : 0)
    }
  })

  it('stops when the browser takes no more, and at 256 MiB', async () => {
    const full = vi.fn(async () => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    const stored = { capacity: null, write: async () => true, onEnd: async () => {} }
    const checkpoint = new Checkpoint({ saveAnswer: full, answer: async () => null }, stored)
    await checkpoint.begin(map)
    for (const chunk of [0, 1, 2]) {
      checkpoint.save(chunk, answer(1))
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(full).toHaveBeenCalledTimes(1)

    const saveAnswer = vi.fn(async () => {})
    const large = new Checkpoint({ saveAnswer, answer: async () => null }, stored)
    await large.begin(map)
    const half = { ...answer(1), answer: { length: 128 * 2 ** 20 } as Uint8Array }
    for (const chunk of [0, 1, 2, 3]) large.save(chunk, half)
    await new Promise((resolve) => setImmediate(resolve))
    expect(saveAnswer).toHaveBeenCalledTimes(2)
  })

  it('hears of the run’s end after its note, which it stops', async () => {
    const order: string[] = []
    const checkpoint = new Checkpoint(
      { saveAnswer: async () => {}, answer: async () => null },
      {
        capacity: null,
        write: async (_, signal) => {
          await new Promise((resolve) => setTimeout(resolve, 20))
          order.push(signal.aborted ? 'stopped' : 'written')
          return true
        },
        onEnd: async (ended) => void order.push(ended),
      },
    )
    void checkpoint.begin(map)
    await checkpoint.end('done')
    expect(order).toEqual(['stopped', 'done'])
  })
})

describe('a file’s digest', () => {
  const never = new AbortController().signal

  it('is that of its parts of 4 MiB', async () => {
    const bytes = randomBytes(9 * 2 ** 20 + 17)
    const part = 4 * 2 ** 20
    const digests = [0, part, 2 * part].map((at) =>
      createHash('sha256')
        .update(bytes.subarray(at, at + part))
        .digest(),
    )
    const expected = createHash('sha256').update(Buffer.concat(digests)).digest('hex')
    expect(await fileDigest(new Blob([bytes]), never)).toBe(expected)
    expect(await fileDigest(new Blob([]), never)).toMatch(/^[0-9a-f]{64}$/)
  })

  it('changes with any byte, and stops with the signal', async () => {
    const bytes = randomBytes(5 * 2 ** 20)
    const before = await fileDigest(new Blob([bytes]), never)
    bytes.writeUInt8(bytes.readUInt8(4_500_000) ^ 1, 4_500_000)
    expect(await fileDigest(new Blob([bytes]), never)).not.toBe(before)
    await expect(fileDigest(new Blob([bytes]), AbortSignal.abort())).rejects.toThrow()
  })
})
