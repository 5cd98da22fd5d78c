import type { SharedFaults } from '../../server/faults.ts'
import type { Sentences } from '../sentences.ts'

/** What a server refuses that is one of several. */
export const shared: Sentences<SharedFaults> = {
  keyTokenForeign: () => 'The header Blindscore-Key-Token is not that of the key which the body names.',
  stateWiped: () =>
    'The state that the servers share is not the one that they began with, so nothing is scored until an operator has looked.',
  stateDamaged: ({ what }) =>
    `What the servers share was altered or put back (${what}), and is not believed: an operator has to look.`,
  stateUnreachable: ({ at }) => `The shared state at ${at} does not answer, or not to who asks.`,
  stateGone: ({ what, beside }) =>
    `${what} is not there any more, is another one, or cannot be used, and ${beside} remembers it. Put it back; or begin to count anew by \`blindscore state begin\`.`,
  stateNotBegun: ({ at }) =>
    `The shared state at ${at} holds nothing. If it is new, begin it by \`blindscore state begin\`; if not, it lost what it held.`,
  stateOfOtherSecret: ({ at }) =>
    `The shared state at ${at} is that of servers with another secret: clients have other names under it (--secret-file).`,
  stateOfOtherRelease: ({ at }) => `The shared state at ${at} was begun by another release, which keeps it otherwise.`,
  stateNotWritten: ({ at }) =>
    `The Redis at ${at} forgets with its process. Set "appendonly yes", so that nobody gets a fresh budget by its restart.`,
  stateEvicted: ({ at }) =>
    `The Redis at ${at} drops what it has no room for. Set "maxmemory-policy noeviction", so that it refuses instead.`,
  stateReadOnly: ({ at }) => `The PostgreSQL at ${at} is a copy that cannot be written to.`,
  stateFileShape: ({ file }) =>
    `${file} holds no address of a shared state, such as redis://:PASSWORD@10.0.0.5:6379/0.`,
}
