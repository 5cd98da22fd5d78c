import { open, readFile, rm, truncate } from 'node:fs/promises'
import { secureRandom } from '../platform/random.ts'
import { type Journal, journalHead, journalNote, readJournal } from '../study/pool/journal.ts'

/** The journal of a pooled study under way as a file, made where there is none. Throws `study/answered` for a file that is none. */
export async function journalAt(path: string): Promise<Journal> {
  const lines = await wholeLines(path)
  const seed = secureRandom(32)
  if (lines.length === 0) await append(path, journalHead(seed))
  const kept = lines.length === 0 ? { seed, said: new Map<string, string>() } : readJournal(lines)
  return {
    seed: kept.seed,
    said: (slot) => kept.said.get(slot) ?? null,
    note: async (slot, digest) => {
      await append(path, journalNote(slot, digest))
      kept.said.set(slot, digest)
    },
    end: () => rm(path, { force: true }),
  }
}

/** A line that a crash cut short goes: what it was to tell of was not said. */
async function wholeLines(path: string): Promise<readonly string[]> {
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'ENOENT') throw thrown
    return ''
  })
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) await truncate(path, Buffer.byteLength(whole))
  return whole.split('\n').slice(0, -1)
}

/** On disk before anything else is done. */
async function append(path: string, line: string): Promise<void> {
  const file = await open(path, 'a', 0o600)
  try {
    await file.writeFile(line)
    await file.sync()
  } finally {
    await file.close()
  }
}
