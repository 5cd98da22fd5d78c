import type { HandOverFaults } from '../../client/faults.ts'
import type { StoredRunFaults } from '../../server/faults.ts'
import type { HandedRunFaults } from '../../web/session/faults.ts'
import type { Sentences } from '../sentences.ts'

export const storedRuns: Sentences<StoredRunFaults & HandOverFaults & HandedRunFaults> = {
  handedOverPartly: ({ stored, chunks }) =>
    `This run was not handed over in whole: the server has ${stored} of ${chunks} parts of it.`,
  notScoredYet: ({ answered, chunks }) => `The server has scored ${answered} of ${chunks} parts of this run so far.`,
  chunkGivenUp: ({ chunk, reason }) => `The server gave up on part ${chunk + 1} of this run (${reason}).`,
  recordsOfAnother: () => 'These are not the records that were handed over, or they were read otherwise then.',
  recordsChanged: () => 'The file changed while it was read. Nothing was handed over.',
  runOfOtherKey: ({ found, own }) =>
    `This run was sealed with another key, ${found.slice(0, 16)}…; this one is ${own.slice(0, 16)}….`,
  runReceiptUnread: () => 'This is no receipt of a run that was handed over, or it is damaged.',
  runOfOtherServer: ({ server }) => `This run was handed over to ${server}, which is not this page’s server.`,
  runKeyOfTab: () => 'This key goes with this tab or window, and what is handed over now would never be opened.',
  runNeedsKey: () => 'This run needs its key, which is not open.',
  runsNotStored: () => 'This server stores no runs.',
  runUnknown: () => 'There is no such run here, or not for who asks.',
  runFrozen: () => 'The run was started: its chunks stay as they are.',
  runIncomplete: ({ missing }) => `Chunks of the run are missing: ${missing.join(', ')}.`,
  runUnanswered: () => 'The chunk has no answer yet.',
  runChunkFailed: ({ code }) => `The chunk will have no answer: ${code}.`,
  runsTooMany: ({ most }) => `A client has at most ${most} stored runs: discard one.`,
  runsTooLarge: ({ most }) => `A client’s stored runs have at most ${most} bytes: discard one.`,
  runDamaged: () => 'What is stored of the run is not what was written last.',
  runStoreGone: () => 'What the server stores cannot be read or written at the moment.',
  runChunkForeign: () => 'The chunk names another run, card, key or number.',
  runsKeyUnreadable: ({ from }) => `The key for stored runs cannot be had from ${from}.`,
  runsKeyShape: ({ from }) => `What ${from} gives is no key: that has 32 bytes, or 64 hexadecimal digits.`,
  runsKeyOther: ({ run }) => `${run} was stored under another key than the one that was given (--runs-key).`,
  runsInUse: ({ by, pid, host }) =>
    `${by === 'server' ? 'A server works on these runs' : 'The key of these runs is being changed'}: process ${pid} on ${host}.`,
  runsFolders: ({ folder }) => `The keys of runs must lie apart from the runs, not in ${folder}.`,
  runsKeysForgotten: () =>
    'This Redis may forget the keys of runs: it has to write down what it is told ("appendonly yes") and to drop nothing ("maxmemory-policy noeviction").',
  runsBucketKey: () => 'A bucket is opened with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment.',
  runsBucketRefused: ({ status, code }) =>
    `The bucket refuses: ${code ? `${code} (${status})` : `it answers ${status}`}.`,
  queueFileShape: ({ from }) => `The file ${from} holds no address of a queue, such as redis://127.0.0.1:6379/1.`,
  queueGone: () =>
    'The queue of stored runs cannot be used: there is nothing at the address of --queue, or it refuses.',
}
