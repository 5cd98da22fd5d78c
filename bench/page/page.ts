import { ckksJourney } from './ckksJourney.ts'
import type { Job, Results } from './jobs.ts'

/** Runs a job in a fresh worker, as the product's arithmetic runs in workers; a journey has workers of its own. */
async function run(job: Job): Promise<Results[keyof Results]> {
  if (job.kind === 'ckks') return ckksJourney(job)
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  try {
    return await new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message || 'The worker did not start.'))
      worker.onmessage = ({ data }: MessageEvent<Message>) => {
        if ('tell' in data) console.info(data.tell)
        else if ('error' in data) reject(new Error(data.error))
        else resolve(data.result)
      }
      worker.postMessage(job)
    })
  } finally {
    worker.terminate()
  }
}

export type Message =
  | { readonly tell: string }
  | { readonly error: string }
  | { readonly result: Results['compare'] | Results['multiply'] }

window.bench = run as Window['bench']
