import { argon2 } from '../../client/owner/argon2.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { answerDerivations } from './derivation.ts'

/**
 * The worker that derives keys from passphrases, for the vault: a key that is made for one tab needs none, so neither does a
 * page before its first score.
 */

const api = { connect: (port: MessagePort) => answerDerivations(port, argon2) }

export type PassphraseApi = typeof api
serveIsolated(api)
