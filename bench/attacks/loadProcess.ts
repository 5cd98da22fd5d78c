import { start } from './loads/all.ts'
import type { Target } from './target.ts'

/** A load in a process of its own: it starts with a message, tells what was answered with the next, and ends with its parent. */
const longestMs = 180_000

let answers = (): Record<string, number> => ({})
const stop = new AbortController()

process.on('message', async ({ id, target }: { id: string | null; target: Target }) => {
  if (id !== null) {
    answers = await start(id, target, stop.signal)
    process.send?.('started')
    return
  }
  process.send?.(answers(), () => process.exit(0))
})
process.on('disconnect', () => process.exit(0))
setTimeout(() => process.exit(1), longestMs)
