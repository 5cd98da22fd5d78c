import { plainPredictor } from '../ckks/records.ts'
import type { Answer, Ask } from './ckksWorker.ts'
import type { CkksJob, CkksJourney } from './jobs.ts'

/** Chunks per worker that are under way at once, so that one travels while another is sealed. */
const lanesPerWorker = 3

/**
 * The journey of the product, with CKKS: sealed in workers, sent, scored by the server’s threads, opened in workers.
 * It starts from records that are already read and encoded, which spares it the product's CSV. A chunk is a block: as
 * many records as a ciphertext has slots. Every worker has a key of its own and opens what it sealed.
 */
export async function ckksJourney({ material, parameters, records, workers }: CkksJob): Promise<CkksJourney> {
  const remotes = await Promise.all(
    Array.from({ length: workers }, async () => {
      const worker = new Remote()
      const started = await worker.ask({ kind: 'start', material, parameters })
      if (started.kind !== 'started') throw new Error('A worker did not start.')
      const keyId = await post('/ckks/keys', started.publicKey)
      return { worker, slots: started.slots, path: `/ckks/scores/${new TextDecoder().decode(keyId)}` }
    }),
  )
  const slots = remotes[0]?.slots ?? 0
  const work = { seal: 0, open: 0 }
  let [bytesUp, bytesDown] = [0, 0]
  const predictors = new Float64Array(records)
  let next = 0

  const lane = async (worker: Remote, path: string): Promise<void> => {
    while (next < records) {
      const from = next
      next += slots
      const sealed = await worker.ask({ kind: 'seal', from })
      if (sealed.kind !== 'sealed') throw new Error('A worker did not seal.')
      const answer = await post(path, sealed.body)
      const opened = await worker.ask({ kind: 'open', answer })
      if (opened.kind !== 'opened') throw new Error('A worker did not open.')
      work.seal += sealed.took
      work.open += opened.took
      bytesUp += sealed.body.length
      bytesDown += answer.length
      predictors.set(opened.predictors.subarray(0, Math.min(slots, records - from)), from)
    }
  }
  const started = performance.now()
  await Promise.all(
    remotes.flatMap(({ worker, path }) => Array.from({ length: lanesPerWorker }, () => lane(worker, path))),
  )
  const elapsed = performance.now() - started
  for (const { worker } of remotes) worker.end()
  const error = predictors.reduce((most, score, r) => Math.max(most, Math.abs(score - plainPredictor(material, r))), 0)
  return { elapsed, work, bytesUp, bytesDown, records, error }
}

async function post(path: string, body: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const response = await fetch(path, { method: 'POST', body })
  if (!response.ok) throw new Error(`The server answered ${response.status}: ${await response.text()}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** A worker that answers in the order in which it is asked. */
class Remote {
  readonly #worker = new Worker(new URL('./ckksWorker.ts', import.meta.url), { type: 'module' })
  readonly #waiting: { resolve: (answer: Answer) => void; reject: (error: Error) => void }[] = []

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.shift()
      if (data.kind === 'failed') waiting?.reject(new Error(data.message))
      else waiting?.resolve(data)
    }
    this.#worker.onerror = (event) => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(event.message || 'A worker ended.'))
    }
  }

  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker.postMessage(ask)
    })
  }

  end(): void {
    this.#worker.terminate()
  }
}
