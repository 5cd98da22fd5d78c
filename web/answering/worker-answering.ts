import { productOr } from '../../kernel/products.ts'
import { publicArithmetic } from '../../kernel/scoringEngines.ts'
import { secureRandom } from '../../platform/random.ts'
import { serveIsolated } from '../../rpc/rpcWorker.ts'
import { productByIntegers } from '../../study/product.ts'
import { openPoolStore } from '../pool/poolStore.ts'
import { Answerer } from './answerer.ts'

/** The worker of who has the outcomes that sealed records are multiplied by: it has these outcomes, and no network. */

let opened: Promise<Answerer> | null = null

/** The one answerer of this worker. Throws `study/tab` and `storage/unavailable`; the next call tries again. */
function theAnswerer(): Promise<Answerer> {
  opened ??= openPoolStore().then(
    (store) =>
      new Answerer({
        ...{ store, arithmetic: publicArithmetic(), random: secureRandom },
        weightedProduct: productOr(productByIntegers),
      }),
  )
  opened.catch(() => {
    opened = null
  })
  return opened
}

type Args<Name extends 'check' | 'read' | 'offer' | 'answer' | 'takeLedger'> = Parameters<Answerer[Name]>

const api = {
  check: async (...args: Args<'check'>) => (await theAnswerer()).check(...args),
  read: async (...args: Args<'read'>) => (await theAnswerer()).read(...args),
  offer: async (...args: Args<'offer'>) => (await theAnswerer()).offer(...args),
  answer: async (...args: Args<'answer'>) => (await theAnswerer()).answer(...args),
  ledger: async () => (await theAnswerer()).ledger(),
  takeLedger: async (...args: Args<'takeLedger'>) => (await theAnswerer()).takeLedger(...args),
}

export type AnsweringApi = typeof api
serveIsolated(api)
