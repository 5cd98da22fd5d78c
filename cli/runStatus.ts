import { setTimeout as sleep } from 'node:timers/promises'
import type { HandOverReceipt } from '../client/handOverReceipt.ts'
import type { ScoringServer } from '../client/server.ts'
import { type StoredRunStatus, StoredRuns } from '../client/storedRuns.ts'
import type { Command } from './command.ts'
import { type Options, optionLines, parseWords } from './options.ts'
import { readRunFile, runFileOf } from './runFile.ts'
import type { Say } from './say.ts'
import { serverAt } from './serverAt.ts'

const statusOptions = {
  json: { type: 'boolean', about: 'for programs' },
} as const satisfies Options

/** `blindscore status`: how far the server is with a run that was handed over. */
export const status: Command = {
  usage: `Usage: blindscore status RUN [options]

Says how far the server is with a run that "blindscore submit" handed over. No key is needed for it.
${optionLines(statusOptions)}`,
  async run(argv) {
    const { values, words } = parseWords(argv, statusOptions)
    const { server, stored } = await readRunFile(runFileOf(words))
    const found = await new StoredRuns(serverAt(server)).status(stored)
    process.stdout.write(`${values.json ? JSON.stringify(found) : statusText(found)}\n`)
    return 0
  },
}

/** `blindscore discard`: all that the server stores of a run, deleted. */
export const discard: Command = {
  usage: `Usage: blindscore discard RUN

Deletes a run that "blindscore submit" handed over, with all that the server stores of it. The file stays; nothing can be done with it
any more.
${optionLines({})}`,
  async run(argv) {
    const { words } = parseWords(argv, {})
    const { server, stored } = await readRunFile(runFileOf(words))
    await new StoredRuns(serverAt(server)).discard(stored)
    process.stderr.write('The run is deleted.\n')
    return 0
  },
}

function statusText({ state, stored, answered, chunks, failed, expires }: StoredRunStatus): string {
  const until = `It is stored until ${expires}.`
  switch (state) {
    case 'open':
      return `Not handed over in whole: ${stored} of ${chunks} parts are there. ${until}`
    case 'started':
      return `Under way: ${answered} of ${chunks} parts are scored. ${until}`
    case 'done':
      return `Done: all ${chunks} parts are scored. ${until}`
    case 'failed':
      return `Failed: ${failed.map(({ chunk, code }) => `part ${chunk + 1} (${code})`).join(', ')}. ${until}`
  }
}

/** Seconds between two looks, at first and at most. */
const first = 0.5
const most = 15

/** Waits until a run is under way no more. */
export async function untilDone(server: ScoringServer, { stored }: HandOverReceipt, say: Say): Promise<void> {
  const runs = new StoredRuns(server)
  for (let seconds = first; ; seconds = Math.min(2 * seconds, most)) {
    const found = await runs.status(stored)
    if (found.state !== 'started') return
    say(statusText(found))
    await sleep(1000 * seconds)
  }
}
