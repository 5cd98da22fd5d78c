import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { S3Objects } from '../sealed/s3Objects.ts'
import { hasCeph, startCeph } from './services/ceph.ts'
import type { Service } from './services/service.ts'
import { account, hasSwift, startSwift } from './services/swift.ts'
import { objectStoreContract, run } from './support/runStores.ts'

/** Objects of runs in stores that others wrote, by their S3 interfaces. Run with SLOW=1 where they are installed. */

const slow = process.env.SLOW !== undefined

interface Store {
  readonly name: string
  readonly packages: string
  readonly isThere: () => boolean
  readonly start: () => Promise<Service>
  /** Whether it knows `If-None-Match`. */
  readonly hasConditions: boolean
  /** Whether it looks at the region of a signature. */
  readonly hasRegion: boolean
  /** Whether what it stores outlives a kill. */
  readonly keeps: boolean
}

const stores: readonly Store[] = [
  {
    name: 'OpenStack Swift',
    packages: 'python3-swift',
    isThere: hasSwift,
    start: startSwift,
    ...{ hasConditions: false, hasRegion: true, keeps: true },
  },
  {
    name: 'Ceph',
    packages: 'ceph-mon ceph-osd radosgw',
    isThere: hasCeph,
    start: () => startCeph(account),
    ...{ hasConditions: true, hasRegion: false, keeps: false },
  },
]
const there = slow ? stores.filter(({ isThere }) => isThere()) : []
for (const { name, packages } of slow ? stores : [])
  if (!there.some((each) => each.name === name)) console.warn(`SKIPPED: ${name} is not installed (Debian: ${packages})`)

// Where there is none, all are told of as skipped: a file without a test is a failure.
const [none, tried] = [there.length === 0, there.length === 0 ? stores : there]
describe.skipIf(none).each(tried)('a bucket of $name', ({ start, hasConditions, hasRegion, keeps }) => {
  let service: Service
  let buckets = 0
  const envOf = (more: Readonly<Record<string, string>> = {}) => ({
    AWS_ACCESS_KEY_ID: account.id,
    AWS_SECRET_ACCESS_KEY: account.secret,
    AWS_ENDPOINT_URL_S3: service.url,
    ...more,
  })
  beforeAll(async () => {
    service = await start()
  })
  afterAll(() => service?.stop())

  async function newBucket(): Promise<string> {
    const name = `stored-runs-${++buckets}`
    const { id: accessKeyId, secret: secretAccessKey } = account
    const client = new AwsClient({ accessKeyId, secretAccessKey, service: 's3', region: 'us-east-1' })
    expect((await client.fetch(`${service.url}/${name}`, { method: 'PUT' })).status).toBe(200)
    return name
  }
  const newStore = async () => S3Objects.open(`s3://${await newBucket()}`, envOf())

  objectStoreContract(newStore, { hasConditions })

  test('keeps the first of two answers, whether it knows conditions or not', async () => {
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
    const otherRegion = [
      place,
      envOf({ AWS_REGION: 'eu-west-1' }),
      refused(400, 'AuthorizationHeaderMalformed'),
    ] as const
    for (const [at, env, said] of [
      ['s3://another-bucket', envOf(), refused(404, 'NoSuchBucket')],
      [place, envOf({ AWS_SECRET_ACCESS_KEY: 'another' }), refused(403, 'SignatureDoesNotMatch')],
      ...(hasRegion ? [otherRegion] : []),
    ] as const)
      await expect(S3Objects.open(at, env)).rejects.toMatchObject(said)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
    try {
      await expect(S3Objects.open(place, envOf())).rejects.toMatchObject(refused(403, 'RequestTimeTooSkewed'))
    } finally {
      vi.useRealTimers()
    }
  })

  test.runIf(keeps)('that is started anew goes on with what it has', async () => {
    const store = await newStore()
    const name = `${run()}/key`
    await store.put(name, new Uint8Array(7))
    await service.kill()
    await expect(store.get(name)).rejects.toMatchObject({ code: 'server/store-gone' })
    await service.restart()
    expect(await store.get(name)).toHaveLength(7)
  })
})
