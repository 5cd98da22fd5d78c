import { describe, expect, test } from 'vitest'
import { asBlindscoreError } from '../../core/errors.ts'
import { concat } from '../../core/number/bytes.ts'
import { FrameWriter } from '../frames.ts'
import { encodeBlock, encodeTrailer, verifyRecordsFile } from '../recordsFile.ts'
import { encodeRecordsHeader, type RecordsHeader } from '../recordsHeader.ts'
import { encodeScoresHeader, encodeScoresTrailer, readScoresFile } from '../scoresFile.ts'
import { answerFramesOf, framesOf, headerOf, sender, signerOf, streamOf, vendor } from './sample.ts'

/** Files that somebody signed who means no good: every seal is right, and what they say is not. */

const most = 2 ** 32 - 1

/** A file with such a header, soundly signed, and what it is refused with. */
async function refusalOf(change: Partial<RecordsHeader>, blocks: readonly Uint8Array[] = []): Promise<string> {
  const writer = new FrameWriter(sender)
  const frames = [await writer.frame('header', encodeRecordsHeader({ ...(await headerOf()), ...change }))]
  for (const block of blocks) frames.push(await writer.frame('block', block))
  frames.push(await writer.frame('trailer', encodeTrailer(blocks.length, change.records ?? 5)))
  return verifyRecordsFile(streamOf(concat(frames))).then(
    () => 'read',
    (thrown: unknown) => asBlindscoreError(thrown).code,
  )
}

describe('a signed header', () => {
  test.each<[string, Partial<RecordsHeader>]>([
    ['of no records', { records: 0 }],
    ['of blocks without records', { capacity: 0 }],
    ['of blocks that no memory holds', { records: most, capacity: most }],
    [
      'of blocks that no memory holds, with nothing beside',
      { records: most, capacity: most, tokens: false, columns: [] },
    ],
    ['of blocks that no memory holds for their fields', { capacity: 1_000_000, columns: Array(2000).fill('Name') }],
  ])('%s is refused at once', async (_, change) => {
    expect(await refusalOf(change)).toBe('sealed/format')
  })

  test('of more records than there are is refused where they end', async () => {
    expect(await refusalOf({ records: most })).toBe('sealed/damaged')
  })

  test('of one record more than a block’s chunk can hold is refused, however many it says', async () => {
    const [, frame = new Uint8Array()] = await framesOf({ tokens: false, columns: [] })
    const chunk = frame.subarray(5 + 8, -64)
    const bare = { tokens: false, columns: [] }
    for (const records of [1, 3, 4, 1000]) {
      const code = await refusalOf({ ...bare, records, capacity: records }, [
        encodeBlock(records, chunk, new Uint8Array()),
      ])
      // One of the sender's among three of the chunk's is what a file may be.
      expect([records, code]).toEqual([records, records <= 3 ? 'read' : 'sealed/damaged'])
    }
  })
})

describe('an answer', () => {
  const codeOf = async (frames: readonly Uint8Array[]): Promise<string> => {
    try {
      const file = await readScoresFile(streamOf(concat([...frames])))
      for await (const _ of file.blocks());
      return 'read'
    } catch (thrown) {
      return asBlindscoreError(thrown).code
    }
  }

  test('with blocks of an older answer, signed anew by its vendor, is refused', async () => {
    const header = await headerOf()
    const [asked = new Uint8Array()] = await framesOf()
    const old = await answerFramesOf(vendor, { file: 0x60 })
    const writer = new FrameWriter(vendor)
    const first = encodeScoresHeader({ vendor: vendor.publicKey, asked: asked.subarray(8) })
    const frames = [await writer.frame('header', first)]
    for (const frame of old.slice(1, -1)) frames.push(await writer.frame('block', frame.subarray(5, -64)))
    frames.push(await writer.frame('trailer', encodeScoresTrailer(3, header.records, new Uint8Array(32))))
    expect(await codeOf(frames)).toBe('sealed/damaged')
  })

  test('whose header holds records that nobody signed, or more than their header, is refused', async () => {
    const [asked = new Uint8Array(), block = new Uint8Array()] = await framesOf()
    const [forged = new Uint8Array()] = await framesOf({ signer: signerOf(9) })
    const held = asked.subarray(8)
    const unsigned = concat([held.subarray(0, -64), forged.subarray(-64)])
    for (const wrong of [unsigned, held.subarray(0, -1), concat([held, block])]) {
      const writer = new FrameWriter(vendor)
      const first = await writer.frame('header', encodeScoresHeader({ vendor: vendor.publicKey, asked: wrong }))
      expect(await codeOf([first])).toMatch(/^sealed\//)
    }
  })

  test('keeps no signature of a vendor that it is stripped of', async () => {
    const [asked = new Uint8Array()] = await framesOf()
    const signed = await answerFramesOf(vendor)
    const bare = await new FrameWriter(null).frame(
      'header',
      encodeScoresHeader({ vendor: null, asked: asked.subarray(8) }),
    )
    expect(await codeOf([bare, ...signed.slice(1)])).toBe('sealed/damaged')
  })
})
