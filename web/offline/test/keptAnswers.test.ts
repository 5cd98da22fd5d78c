import { afterEach, beforeEach, expect, it, vi } from 'vitest'

/** What the page keeps of its server's answers, and when it takes that for one. */

const models = 'https://scores.example/v1/models'
let stored: Map<string, Response>

beforeEach(() => {
  stored = new Map()
  const cache = {
    put: async (address: string, response: Response) => void stored.set(address, response),
    match: async (address: string) => stored.get(address)?.clone(),
  }
  vi.stubGlobal('caches', { open: async () => cache })
  vi.stubGlobal('navigator', { onLine: true })
})
afterEach(() => vi.unstubAllGlobals())

/** The module anew, on a network that answers so; null for no network. */
async function on(answer: (() => Response) | null) {
  vi.resetModules()
  vi.stubGlobal('fetch', async () => {
    if (answer === null) throw new TypeError('no network')
    return answer()
  })
  return import('../keptAnswers.ts')
}

const text = async (response: Response) => response.text()

async function visited(address: string, init: RequestInit, answer: () => Response): Promise<void> {
  const { fetchOrRecall } = await on(answer)
  await text(await fetchOrRecall(address, init))
  // Kept beside the answer's own way.
  await new Promise((resolve) => setTimeout(resolve, 20))
}

it('without a network gives what the last visit heard of the models, and says so', async () => {
  for (const address of [models, `${models}/salary`])
    await visited(address, { method: 'GET' }, () => new Response('heard'))
  const { fetchOrRecall, isFromEarlier } = await on(null)
  vi.stubGlobal('navigator', { onLine: false })
  expect(isFromEarlier()).toBe(false)
  for (const address of [models, `${models}/salary`]) {
    expect(await text(await fetchOrRecall(address, { method: 'GET' }))).toBe('heard')
  }
  expect(isFromEarlier()).toBe(true)
})

it('gives nothing of the kind while the device has a network: then the server is gone', async () => {
  await visited(models, { method: 'GET' }, () => new Response('heard'))
  const { fetchOrRecall } = await on(null)
  await expect(fetchOrRecall(models, { method: 'GET' })).rejects.toThrow('no network')
})

it.each([
  ['POST', `${models}/salary/scores`],
  ['PUT', 'https://scores.example/v1/keys/00'],
  ['POST', models],
  ['GET', 'https://scores.example/healthz'],
])('keeps nothing of %s %s', async (method, address) => {
  await visited(address, { method }, () => new Response('answer'))
  expect(stored.size).toBe(0)
})

it('keeps no answer that is an error, or has no end', async () => {
  await visited(models, { method: 'GET' }, () => new Response('gone', { status: 503 }))
  await visited(models, { method: 'GET' }, () => new Response(new Uint8Array(2 ** 21 + 1)))
  expect(stored.size).toBe(0)
})
