import { type Block, readBlocks } from '../inside/blocks.ts'
import type { Plan } from '../inside/plan.ts'

export async function allBlocks(file: Blob, plan: Plan, capacity: number): Promise<Block[]> {
  const blocks: Block[] = []
  for await (const block of readBlocks(file, plan, capacity)) blocks.push(block)
  return blocks
}
