import { engines } from '../../client/owner/browserEngines.ts'
import { platform } from '../../client/owner/platform.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { NumbersKey } from './numbersKey.ts'

/** The worker that holds a private key of python-paillier: it alone reads the key's file, and no call returns any of it. */

const key = new NumbersKey(engines, platform)

const api = { takeIn: (file: Blob) => key.takeIn(file) }

export type NumbersApi = typeof api
serveIsolated(api)
