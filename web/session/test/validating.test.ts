import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inspect } from '../../../reader/inspect.ts'
import type { RpcHost } from '../../../rpc/rpcHost.ts'
import { confusionAt } from '../../../stats/validation.ts'
import { figuresOf, type ScoredRows } from '../../../validation/compare.ts'
import { checkedPairs, outcomeFacts } from '../../../validation/readPairs.ts'
import type { ValidateApi } from '../../trainer/worker-validate.ts'
import { type ScoredFile, Validating } from '../validating.ts'

const r = JSON.parse(readFileSync(new URL('../../../stats/test/fixtures/validation.json', import.meta.url), 'utf8'))
const lines = r.scores.map(
  (score: number, i: number) => `${i + 1},${score},${r.events[i]},${r.events[i] ? 'bad' : 'good'},${r.amounts[i]},`,
)
const text = `id,score,one,status,amount,nothing\n${lines.join('\n')}\n`

/** The worker's functions in this process. */
class Worker {
  ended = false
  held: ScoredRows | null = null
  /** Is waited for by each call. */
  gate: Promise<void> = Promise.resolve()
  readonly api = {
    facts: async (...args: Parameters<typeof outcomeFacts>) => {
      await this.gate
      return outcomeFacts(...args)
    },
    compare: async (...args: Parameters<ValidateApi['compare']>) => {
      await this.gate
      const [file, columns, meaning, levels, threshold] = args
      const { rows, leftOut } = await checkedPairs(file, columns, meaning, levels)
      this.held = rows
      return { ...figuresOf(rows, meaning !== 'amounts', threshold ?? 0.5), leftOut }
    },
    at: (threshold: number) => this.held && confusionAt(threshold, this.held.scores, this.held.outcomes),
  }

  get host(): RpcHost<ValidateApi> {
    return {
      call: async (use: (api: ValidateApi) => unknown, signal?: AbortSignal) => {
        const result = await use(this.api as ValidateApi)
        signal?.throwIfAborted()
        return result
      },
      end: () => {
        this.ended = true
      },
    } as unknown as RpcHost<ValidateApi>
  }
}

async function opened(score: ScoredFile['score'] = 1) {
  const file = new Blob([text])
  const preview = await inspect(file)
  const worker = new Worker()
  const looked = { file, preview, table: null, said: {} }
  const scored = { file: looked, name: 'own.csv', score, scoreName: 'score', threshold: null }
  return { worker, validating: new Validating(worker.host, scored) }
}

test('an outcome without doubt is compared at once, and has R’s figures', async () => {
  const { validating } = await opened()
  await validating.choose(2)
  const { found, busy, meaning } = validating.store.getState()
  expect(busy).toBe(false)
  expect(meaning).toBe('ones')
  expect(found).toMatchObject({ outcome: 'one', event: '1', leftOut: 0, file: 'own.csv' })
  expect(Math.abs((found?.discrimination?.auc ?? 0) - r.auc)).toBeLessThan(1e-12)
})

test('an outcome in doubt waits for the person’s word', async () => {
  const { validating, worker } = await opened()
  await validating.choose(3)
  expect(validating.store.getState()).toMatchObject({ meaning: null, found: null, busy: false })
  expect(worker.held).toBeNull()
  await validating.mean({ event: 'bad' })
  expect(Math.abs((validating.store.getState().found?.discrimination?.auc ?? 0) - r.auc)).toBeLessThan(1e-12)
  await validating.mean({ event: 'good' })
  expect(Math.abs((validating.store.getState().found?.discrimination?.auc ?? 0) - (1 - r.auc))).toBeLessThan(1e-12)
})

test('scores that are known by row are compared with rows of the file, and what has no outcome is counted', async () => {
  const { validating } = await opened({ rows: Uint32Array.of(1, 2, 3), scores: Float64Array.of(1, 2, Number.NaN) })
  await validating.choose(4)
  expect(validating.store.getState().found).toMatchObject({ leftOut: 1, accuracy: { records: 2 } })
})

test('a threshold is moved without comparing anew', async () => {
  const { validating } = await opened()
  await validating.choose(2)
  const before = validating.store.getState().found
  await validating.decideBy(0.25)
  const { found } = validating.store.getState()
  expect(found?.discrimination).toBe(before?.discrimination)
  expect(found?.confusion).toEqual(confusionAt(0.25, Float64Array.from(r.scores), Float64Array.from(r.events)))
})

test('what comes of an outcome that is no longer chosen is dropped', async () => {
  const { validating, worker } = await opened()
  let open = (): void => {}
  worker.gate = new Promise((resolve) => {
    open = resolve
  })
  const first = validating.choose(4)
  const second = validating.choose(2)
  open()
  await Promise.all([first, second])
  expect(validating.store.getState().found?.outcome).toBe('one')
})

test('why nothing can be compared is said, and another outcome takes it away', async () => {
  const { validating, worker } = await opened()
  await validating.choose(3)
  await validating.mean({ event: 'ugly' })
  expect(validating.store.getState()).toMatchObject({ found: null, busy: false, error: { code: 'study/fit' } })
  await validating.choose(5)
  expect(validating.store.getState()).toMatchObject({ facts: { levels: [] }, error: null })
  validating.end()
  expect(worker.ended).toBe(true)
})
