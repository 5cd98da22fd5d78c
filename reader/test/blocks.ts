import { type Block, readBlocks } from '../blocks.ts'
import type { Plan } from '../plan.ts'

export async function allBlocks(file: Blob, plan: Plan, capacity: number): Promise<Block[]> {
  const blocks: Block[] = []
  for await (const block of readBlocks(file, plan, capacity)) blocks.push(block)
  return blocks
}
