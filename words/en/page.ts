import type { PlatformFaults } from '../../platform/faults.ts'
import type { RpcFaults } from '../../rpc/faults.ts'
import type { KeyFaults } from '../../web/keys/faults.ts'
import type { SessionFaults } from '../../web/session/faults.ts'
import type { Sentences } from '../sentences.ts'

export const page: Sentences<PlatformFaults & RpcFaults & KeyFaults & SessionFaults> = {
  noRandom: () => 'This browser has no secure random source, so no key can be made and nothing sealed.',
  workerEnded: () => 'A worker of this page ended before it answered.',
  workerNotStarted: () => 'A worker of this page could not be loaded or did not start.',
  workersKeepEnding: () => 'The workers of this page keep ending.',
  noSuchFunction: () => 'The worker offers no such function.',
  workerHasNetwork: () =>
    'This browser does not refuse this page’s workers the network, so they took no record and no key.',
  workersRefused: ({ fromDisk, directive }) =>
    directive !== null
      ? `A policy that this page’s host or an extension sets (${directive}) refuses the page its workers, in which alone records are read, sealed and scored.`
      : fromDisk
        ? 'This page was opened from a disk, and this browser starts no workers for such a page. In them alone records are read, sealed and scored.'
        : 'This browser starts none of this page’s workers, in which alone records are read, sealed and scored.',
  scriptGone: () => 'A part of this page is no longer where the page came from: the page is out of date.',
  passphraseWrong: () => 'This passphrase does not open the key.',
  noPassphrase: () => 'The key has no passphrase yet.',
  noOpenKey: () => 'There is no open key.',
  noNumbersKey: () => 'There is no private key for these numbers yet.',
  numbersTooMany: ({ mebibytes }) =>
    `The page opens files of up to ${mebibytes} MiB of numbers; blindscore phe open has no such limit.`,
  otherKeyRemembered: () => 'This device remembers another key. Reload the page and forget that one first.',
  storageTaken: () => 'Another tab of this page keeps the key that this device remembers.',
  storageUnavailable: () => 'This browser keeps nothing for this page, so the key is not remembered here.',
  noKeyHere: () => 'This page cannot make a key here.',
  runWaitsForKey: () => 'The key is locked, so the run waits.',
  runLostItsKey: () => 'The key that this run needs is gone from this tab.',
  sealedNeedsKey: () => 'A sealed file needs its key, which is not open.',
  deviceOffline: () => 'This device is offline, so the scoring server cannot be reached.',
  runKeyLost: () => 'The worker that held this run’s key has ended, and the key with it: start the run again.',
  runOfAnotherKey: () => 'This run was sealed with another key, so it cannot go on.',
  serverHasNoModels: () => 'This server has no models yet.',
  serverHasNoModel: ({ id }) => `The server has no model “${id}”.`,
  clipboardDeniedForScores: () => 'This browser did not give the clipboard to the page. Download the scores instead.',
  clipboardEmpty: () => 'The clipboard holds no cells.',
  sampleUnreachable: () => 'The sample could not be fetched from where this page is.',
  rangesAlone: () => 'A ranges file alone is no model. Drop it together with its model.',
}
