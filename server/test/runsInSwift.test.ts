import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { S3Objects } from '../sealed/s3Objects.ts'
import type { Service } from './services/service.ts'
import { account, hasSwift, startSwift } from './services/swift.ts'
import { objectStoreContract, run } from './support/runStores.ts'

/** Objects of runs in OpenStack Swift, by its S3 interface. Run with SLOW=1 where it is installed. */

const slow = process.env.SLOW !== undefined
if (slow && !hasSwift()) console.warn('SKIPPED: OpenStack Swift is not installed (Debian: python3-swift)')

describe.runIf(slow && hasSwift())('a bucket of OpenStack Swift', () => {
  let swift: Service
  let buckets = 0
  const envOf = (more: Readonly<Record<string, string>> = {}) => ({
    AWS_ACCESS_KEY_ID: account.id,
    AWS_SECRET_ACCESS_KEY: account.secret,
    AWS_ENDPOINT_URL_S3: swift.url,
    ...more,
  })
  beforeAll(async () => {
    swift = await startSwift()
  })
  afterAll(() => swift.stop())

  async function newBucket(): Promise<string> {
    const name = `stored-runs-${++buckets}`
    const { id: accessKeyId, secret: secretAccessKey } = account
    const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1' })
    expect((await client.fetch(`${swift.url}/${name}`, { method: 'PUT' })).status).toBe(200)
    return name
  }
  const newStore = async () => S3Objects.open(`s3://${await newBucket()}`, envOf())

  objectStoreContract(newStore, { hasConditions: false })

  test('keeps the first of two answers, though it refuses conditions', async () => {
    const store = await newStore()
    const name = `${run()}/out/0`
    expect(await store.putNew(name, new Uint8Array(1))).toBe(true)
    expect(await store.putNew(name, new Uint8Array(2))).toBe(false)
    expect(await store.get(name)).toHaveLength(1)
  })

  test('lists more than it has on one page', async () => {
    const store = await S3Objects.open(`s3://${await newBucket()}/of/tests`, envOf())
    const own = run()
    const names = Array.from({ length: 1234 }, (_, i) => `${own}/out/${i}`)
    for (let at = 0; at < names.length; at += 32)
      await Promise.all(names.slice(at, at + 32).map((name) => store.put(name, new Uint8Array(0))))
    await store.put(`${own}/key`, new Uint8Array(1))
    expect(new Set(await store.list(`${own}/out/`))).toEqual(new Set(names))
    expect(await store.list('')).toHaveLength(names.length + 1)
  })

  test('says at the start why it refuses', async () => {
    const place = `s3://${await newBucket()}`
    const refused = (status: number, code: string) => ({ fault: 'runsBucketRefused', facts: { status, code } })
    for (const [at, env, said] of [
      ['s3://another-bucket', envOf(), refused(404, 'NoSuchBucket')],
      [place, envOf({ AWS_SECRET_ACCESS_KEY: 'another' }), refused(403, 'SignatureDoesNotMatch')],
      [place, envOf({ AWS_REGION: 'eu-west-1' }), refused(400, 'AuthorizationHeaderMalformed')],
    ] as const)
      await expect(S3Objects.open(at, env)).rejects.toMatchObject(said)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    try {
      await expect(S3Objects.open(place, envOf())).rejects.toMatchObject(refused(403, 'RequestTimeTooSkewed'))
    } finally {
      vi.useRealTimers()
    }
  })

  test('that is started anew goes on with what it has', async () => {
    const store = await newStore()
    const name = `${run()}/key`
    await store.put(name, new Uint8Array(7))
    await swift.kill()
    await expect(store.get(name)).rejects.toMatchObject({ code: 'server/store-gone' })
    await swift.restart()
    expect(await store.get(name)).toHaveLength(7)
  })
})
