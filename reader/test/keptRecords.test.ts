import { describe, expect, it } from 'vitest'
import { type Block, readBlocks } from '../blocks.ts'
import { checkFile } from '../check.ts'
import { KeptRecords } from '../keptRecords.ts'
import { allBlocks } from './blocks.ts'
import { card, errorOf, fileOf, pieceBytes, planFor } from './files.ts'

/** Rows of which every seventh cannot be scored, over several pieces of the file. */
function longText(rows: number, note: number): string {
  const line = (i: number) =>
    `${i % 7 === 3 ? 'x' : (i % 100) + 0.25},${(i % 21) - 10},${['x', 'y', 'other'][i % 3]},${'n'.repeat(note)}`
  return ['a,b,c,note', ...Array.from({ length: rows }, (_, i) => line(i))].join('\n')
}

const header = ['a', 'b', 'c', 'note']
const plan = planFor(4)

async function keptOf(file: Blob, most?: number): Promise<KeptRecords> {
  const kept = new KeptRecords(card, most)
  await checkFile(file, plan, header, () => {}, kept)
  return kept
}

async function blocksOf(file: Blob, capacity: number, from: number, kept: KeptRecords): Promise<Block[]> {
  const blocks: Block[] = []
  for await (const block of readBlocks(file, plan, capacity, from, { kept })) blocks.push(block)
  return blocks
}

describe('what a check keeps for the run', () => {
  it('is what reading the file again gives, whatever the blocks, also where only the first records were kept', async () => {
    const file = fileOf(longText(5000, 600))
    expect(file.size).toBeGreaterThan(2 * pieceBytes)
    for (const most of [undefined, 4000, 0]) {
      const kept = await keptOf(file, most)
      expect(kept.next === null).toBe(most === undefined)
      for (const capacity of [1, 100, 1024, 3000, 10_000]) {
        const read = await allBlocks(file, plan, capacity)
        expect(await blocksOf(file, capacity, 0, kept)).toEqual(read)
        expect(await blocksOf(file, capacity, 2 * capacity, kept)).toEqual(read.slice(2))
      }
    }
  })

  it('takes the place of the file’s rows: they are not read again', async () => {
    const text = longText(2000, 1000)
    let bytes = 0
    const counted = {
      size: text.length,
      slice: (from: number, to: number) => {
        bytes += Math.min(to, text.length) - from
        return new Blob([text.slice(from, to)])
      },
    }
    const kept = new KeptRecords(card)
    await checkFile(counted, plan, header, () => {}, kept)
    expect(bytes).toBe(text.length)
    const blocks: Block[] = []
    for await (const block of readBlocks(counted, plan, 512, 0, { kept })) blocks.push(block)
    expect(blocks.reduce((sum, { records }) => sum + records, 0)).toBe(kept.records)
    expect(bytes).toBe(text.length + 1)
  })

  it('is of no use once the file is another one', async () => {
    const file = fileOf(longText(10, 1))
    const kept = await keptOf(file)
    const gone = { size: file.size, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('changed')) }) }
    const read = async () => {
      for await (const block of readBlocks(gone, plan, 8, 0, { kept })) expect(block).toBeNull()
    }
    expect((await errorOf(read())).code).toBe('file/unreadable')
  })

  it('refuses an integer that is more than its input’s range says, rather than change it', () => {
    const kept = new KeptRecords({ inputs: [{ kind: 'number', column: 0, max: 255 }] } as unknown as typeof card)
    kept.integers[0] = 256
    kept.add(1)
    expect(() => kept.end()).toThrow()
  })
})
