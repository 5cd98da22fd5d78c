import { describe, expect, test } from 'vitest'
import { asBlindscoreError, type BlindscoreError } from '../../core/errors.ts'
import { concat, toHex } from '../../core/number/bytes.ts'
import { encodeChunk } from '../../core/protocol/wire.ts'
import { sha256 } from '../../platform/digest.ts'
import { frameOverhead } from '../frames.ts'
import { type RecordsBlock, readRecordsFile, verifyRecordsFile } from '../recordsFile.ts'
import { readScoresFile } from '../scoresFile.ts'
import { answerFramesOf, framesOf, headerOf, sender, signerOf, streamOf, vendor } from './sample.ts'

const slow = process.env.SLOW === '1'
/** For what is done to thousands of copies of a file, each with signatures to look at, in milliseconds. */
const patience = 600_000

/** What a reader gives out before it refuses, and what it refuses with. */
async function read(
  bytes: Uint8Array,
  piece?: number,
): Promise<{ blocks: RecordsBlock[]; error: BlindscoreError | null }> {
  const blocks: RecordsBlock[] = []
  try {
    await verifyRecordsFile(streamOf(bytes, piece), (block) => blocks.push(block))
    return { blocks, error: null }
  } catch (thrown) {
    return { blocks, error: asBlindscoreError(thrown) }
  }
}

async function readScores(bytes: Uint8Array) {
  const blocks: RecordsBlock[] = []
  try {
    const file = await readScoresFile(streamOf(bytes))
    for await (const block of file.blocks()) blocks.push(block)
    return { blocks, error: null, file }
  } catch (thrown) {
    return { blocks, error: asBlindscoreError(thrown), file: null }
  }
}

/** The frame that a byte is in, and where that begins. */
function frameAt(frames: readonly Uint8Array[], at: number): { index: number; start: number } {
  let start = 0
  for (const [index, frame] of frames.entries()) {
    if (at < start + frame.length) return { index, start: index === 0 ? 8 : start }
    start += frame.length
  }
  return { index: frames.length, start }
}

describe('a sealed file', () => {
  test('is read as it was written, in pieces of any length', async () => {
    const frames = await framesOf()
    for (const piece of [1, 7, 1000, 1e6]) {
      const { blocks, error } = await read(concat(frames), piece)
      expect(error).toBeNull()
      expect(blocks.map(({ index, records }) => [index, records])).toEqual([
        [0, 2],
        [1, 2],
        [2, 1],
      ])
    }
    // As Node's streams have it.
    expect((await read(Buffer.from(concat(frames)))).error).toBeNull()
    const file = await readRecordsFile(streamOf(concat(frames)))
    expect(file.header).toEqual(await headerOf())
    for await (const block of file.blocks()) expect(block.extras).toHaveLength(block.records)
  })

  test('has these very bytes', async () => {
    const frames = await framesOf()
    expect(toHex((frames[0] as Uint8Array).subarray(0, 48))).toBe(
      `89424c440d0a1a0a480000063d0101404142434445464748494a4b4c4d4e4f${toHex(sender.publicKey).slice(0, 34)}`,
    )
    expect(toHex(await sha256(concat(frames)))).toBe('258749bf0638e293cfabd4d44c24e2f87ba089d4331e58fb730479213714dbef')
    expect(toHex(await sha256(concat(await answerFramesOf(vendor))))).toBe(
      'ce6dbfd96e3de380b75c12d81e537411c80bd2a78308f7d380717bcd8fe66586',
    )
    expect(toHex(await sha256(concat(await answerFramesOf(null))))).toBe(
      '716c3f8e54ccf4544fd2773714d6e7517e9770b7483fce89a6aeba89a637d5f9',
    )
  })

  test('costs 77 bytes a block beside its chunk, and nothing more for what it does not hold', async () => {
    const frames = await framesOf({ tokens: false, columns: [] })
    const { blocks } = await read(concat(frames))
    expect(blocks).toHaveLength(3)
    for (const [i, { chunk }] of blocks.entries()) {
      expect((frames[i + 1] as Uint8Array).length).toBe(encodeChunk(chunk).length + 77)
    }
    expect(frameOverhead(true)).toBe(69)
  })

  test(
    'with any byte altered is refused at its frame, and nothing from there on is given out',
    async () => {
      const frames = await framesOf()
      const whole = concat(frames)
      for (let at = 0; at < whole.length; at += slow ? 1 : 5) {
        const altered = whole.slice()
        altered[at] = (altered[at] as number) ^ (1 << (at % 8))
        const { blocks, error } = await read(altered)
        const { index, start } = frameAt(frames, at)
        expect([at, blocks.length]).toEqual([at, Math.max(0, index - 1)])
        if (at < 8) expect(error?.fault).toBe('notASealedFile')
        else if (error?.code === 'sealed/format') expect(index).toBe(0)
        else expect([at, error?.code, error?.place.byte]).toEqual([at, 'sealed/damaged', start])
      }
    },
    patience,
  )

  test(
    'cut at any length is refused where it ends',
    async () => {
      const frames = await framesOf()
      const whole = concat(frames)
      for (let length = 0; length < whole.length; length += slow ? 1 : 5) {
        const { blocks, error } = await read(whole.subarray(0, length))
        const { index, start } = frameAt(frames, length)
        expect([length, blocks.length]).toEqual([length, Math.max(0, index - 1)])
        if (length < 8) expect(error?.fault).toBe('notASealedFile')
        else expect([error?.code, error?.facts.what, error?.place.byte]).toEqual(['sealed/damaged', 'ends', start])
      }
    },
    patience,
  )

  test('with frames swapped, left out, doubled, added or from another file is refused', async () => {
    const frames = await framesOf()
    const other = await framesOf({ file: 0x60 })
    const orders: number[][] = []
    for (let a = 1; a < frames.length; a++) {
      for (let b = a + 1; b < frames.length; b++) {
        const swapped = frames.map((_, i) => i)
        ;[swapped[a], swapped[b]] = [b, a]
        orders.push(swapped)
      }
      orders.push(frames.map((_, i) => i).filter((i) => i !== a))
      orders.push(frames.flatMap((_, i) => (i === a ? [i, i] : [i])))
    }
    for (const order of orders) {
      const { error } = await read(concat(order.map((i) => frames[i] as Uint8Array)))
      expect([order, error?.code]).toEqual([order, 'sealed/damaged'])
    }
    for (let i = 0; i < frames.length; i++) {
      const mixed = frames.map((frame, k) => (k === i ? (other[i] as Uint8Array) : frame))
      const { blocks, error } = await read(concat(mixed))
      expect([i, error?.code, blocks.length]).toEqual([i, 'sealed/damaged', Math.max(0, i - 1)])
    }
    const trailing = await read(concat([...frames, Uint8Array.of(0)]))
    expect([trailing.error?.code, trailing.error?.facts.what]).toEqual(['sealed/damaged', 'trailing'])
  })

  test('of another sender cannot take a frame’s place, whatever it says', async () => {
    const frames = await framesOf()
    const forged = await framesOf({ signer: signerOf(7) })
    const { error } = await read(concat([frames[0] as Uint8Array, ...forged.slice(1)]))
    expect([error?.code, error?.place]).toEqual(['sealed/damaged', { byte: frames[0]?.length, index: 0 }])
  })

  test('is not taken for scores, nor scores for it', async () => {
    const asScores = await readScores(concat(await framesOf()))
    expect([asScores.error?.code, asScores.error?.facts]).toEqual(['sealed/format', { holds: 'records' }])
    const asRecords = await read(concat(await answerFramesOf(vendor)))
    expect([asRecords.error?.code, asRecords.error?.facts]).toEqual(['sealed/format', { holds: 'scores' }])
  })
})

describe.each([
  ['signed', vendor],
  ['unsigned', null],
])('an answer, %s,', (_, signer) => {
  test('is read as it was written, and holds the header that it answers', async () => {
    const { blocks, error, file } = await readScores(concat(await answerFramesOf(signer)))
    expect(error).toBeNull()
    expect(blocks).toHaveLength(3)
    expect(file?.header).toEqual(await headerOf())
    expect(file?.vendor ?? null).toEqual(signer?.publicKey ?? null)
  })

  test(
    'with any byte altered is refused at its frame',
    async () => {
      const frames = await answerFramesOf(signer)
      const whole = concat(frames)
      for (let at = 0; at < whole.length; at += slow ? 1 : 11) {
        const altered = whole.slice()
        altered[at] = (altered[at] as number) ^ (1 << (at % 8))
        const { blocks, error } = await readScores(altered)
        const { index } = frameAt(frames, at)
        expect([at, blocks.length, error?.code.startsWith('sealed/')]).toEqual([at, Math.max(0, index - 1), true])
      }
    },
    patience,
  )

  test(
    'cut at any length is refused',
    async () => {
      const whole = concat(await answerFramesOf(signer))
      for (let length = 0; length < whole.length; length += slow ? 1 : 5) {
        const { error } = await readScores(whole.subarray(0, length))
        expect([length, error?.code.startsWith('sealed/')]).toEqual([length, true])
      }
    },
    patience,
  )
})
