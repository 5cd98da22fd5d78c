import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { FolderKeys } from '../sealed/folderKeys.ts'
import { FolderObjects } from '../sealed/folderObjects.ts'
import type { Use } from '../sealed/inUse.ts'
import { PostgresKeys } from '../sealed/postgresKeys.ts'
import { RedisKeys } from '../sealed/redisKeys.ts'
import { S3Objects } from '../sealed/s3Objects.ts'
import { type SharedMark, type SharedMarks, useShared } from '../sealed/sharedUse.ts'
import { startPostgres } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'
import { account, bucket, isSigned, type S3Service, startS3 } from './services/s3.ts'
import { describeWith, type Service } from './services/service.ts'
import { keyStoreContract, objectStoreContract, run } from './support/runStores.ts'

const folders: string[] = []
async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'stores-'))
  folders.push(made)
  return made
}
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true }))))

describe('folders', () => {
  objectStoreContract(async () => FolderObjects.open(await folder()))
  keyStoreContract(async () => FolderKeys.open(await folder()))
})

const keyStores = {
  redis: { start: () => startRedis(), open: (url: string, use?: Use) => RedisKeys.open(url, use) },
  postgres: { start: () => startPostgres(), open: (url: string, use?: Use) => PostgresKeys.open(url, use) },
} as const

for (const kind of ['redis', 'postgres'] as const)
  describeWith([kind])(`keys of runs in ${kind}`, () => {
    const { start, open } = keyStores[kind]
    let service: Service
    beforeAll(async () => {
      service = await start()
    })
    afterAll(() => service?.stop())

    keyStoreContract(() => open(service.url))

    test('they are not rotated while a server works on the runs, and none is begun while they are', async () => {
      const inUse = expect.objectContaining({ code: 'server/store-gone', fault: 'runsInUse' })
      const servers = [await open(service.url, 'server'), await open(service.url, 'server')]
      await expect(open(service.url, 'rotation')).rejects.toEqual(inUse)
      for (const each of servers) await each.close()
      const rotation = await open(service.url, 'rotation')
      await expect(open(service.url, 'server')).rejects.toEqual(inUse)
      await expect(open(service.url, 'rotation')).rejects.toEqual(inUse)
      await (await open(service.url)).close()
      await rotation.close()
      await (await open(service.url, 'server')).close()
    })

    test('what was put outlives a kill, and what is asked for meanwhile is answered "server/store-gone"', async () => {
      const name = run()
      const [store, late] = await Promise.all([open(service.url), open(service.url)])
      const bytes = Uint8Array.from({ length: 600 }, (_, i) => i)
      expect(await store.put(name, bytes, null)).toBe(true)
      await service.kill()
      await expect(store.get(name)).rejects.toMatchObject({ code: 'server/store-gone' })
      await expect(open(service.url)).rejects.toMatchObject({ code: 'server/store-gone' })
      await service.restart()
      const again = await open(service.url)
      expect(await again.get(name)).toEqual({ bytes, revision: 1 })
      await Promise.all([store, late, again].map((each) => each.close()))
    })
  })

describe('a use of keys that processes share', () => {
  /** A store whose clock is the test's. */
  function marksAt(clock: { seconds: number }): SharedMarks {
    const all = new Map<string, SharedMark & { last: number }>()
    return {
      async enter(id, mark, seconds) {
        const others = [...all].filter(([each, { last }]) => each !== id && last > clock.seconds)
        const other = others.find(([, { use }]) => use === 'rotation' || mark.use === 'rotation')?.[1]
        if (!other) all.set(id, { ...mark, last: clock.seconds + seconds })
        return other ?? null
      },
      leave: async (id) => void all.delete(id),
    }
  }

  test('lasts as long as its process makes it younger, and a minute after it was killed', async () => {
    vi.useFakeTimers()
    try {
      const clock = { seconds: 0 }
      const marks = marksAt(clock)
      const end = await useShared(marks, 'server')
      clock.seconds = 50
      await vi.advanceTimersByTimeAsync(10_000)
      clock.seconds = 109
      await expect(useShared(marks, 'rotation')).rejects.toMatchObject({ fault: 'runsInUse' })
      clock.seconds = 111
      await (await useShared(marks, 'rotation'))()
      await end()
    } finally {
      vi.useRealTimers()
    }
  })
})

describeWith(['redis'])('a Redis that may forget', () => {
  for (const settings of [{ appendonly: 'no' }, { 'maxmemory-policy': 'allkeys-lru' }])
    test(`is refused for keys of runs: ${JSON.stringify(settings)}`, async () => {
      const service = await startRedis(settings)
      await expect(RedisKeys.open(service.url)).rejects.toMatchObject({ fault: 'runsKeysForgotten' })
      await service.stop()
    })
})

describe('a bucket', () => {
  let s3: S3Service
  beforeAll(async () => {
    s3 = await startS3()
  })
  afterAll(() => s3.stop())

  objectStoreContract(async () => {
    s3.objects.clear()
    return S3Objects.open(`s3://${bucket}`, s3.env)
  })

  test('stands for the real one as far as signatures go: Amazon’s own example is right, and no other', () => {
    // Amazon S3 API reference, "Authenticating requests: Examples", GET object.
    const signed = (signature: string, method = 'GET') => ({
      ...{ method, url: '/test.txt' },
      headers: {
        ...{ host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9', 'x-amz-date': '20130524T000000Z' },
        'x-amz-content-sha256': 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        authorization: `AWS4-HMAC-SHA256 Credential=${account.id}/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=${signature}`,
      },
    })
    const right = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41'
    expect(isSigned(signed(right), new Uint8Array(0))).toBe(true)
    expect(isSigned(signed(right, 'DELETE'), new Uint8Array(0))).toBe(false)
    expect(isSigned(signed(right), new Uint8Array(1))).toBe(false)
    expect(isSigned(signed(right.replace('f', 'e')), new Uint8Array(0))).toBe(false)
  })

  test('is shared by name: what is below another prefix is not seen', async () => {
    const [one, other] = await Promise.all(
      ['a/b', 'a'].map((prefix) => S3Objects.open(`s3://${bucket}/${prefix}`, s3.env)),
    )
    const name = `${run()}/key`
    await one?.put(name, new Uint8Array(3))
    expect(await other?.list('')).toEqual([])
    expect(await one?.list('')).toEqual([name])
    expect(s3.objects.has(`a/b/${name}`)).toBe(true)
  })

  test.each(['busy', 'conflict', 'closed'] as const)('that fails in passing is asked again: %s', async (failure) => {
    const store = await S3Objects.open(`s3://${bucket}`, s3.env)
    const name = `${run()}/key`
    s3.failure = failure
    const failed = async <T>(work: () => Promise<T>): Promise<T> => {
      s3.failing = 2
      return work()
    }
    await failed(() => store.put(name, new Uint8Array(3)))
    expect(await failed(() => store.get(name))).toHaveLength(3)
    expect(await failed(() => store.putNew(`${name}/1`, new Uint8Array(3)))).toBe(true)
    expect(await failed(() => store.list(`${name}/`))).toEqual([`${name}/1`])
    await failed(() => store.delete(name))
    expect(s3.failing).toBe(0)
    s3.failing = Number.POSITIVE_INFINITY
    await expect(store.get(name)).rejects.toMatchObject({ code: 'server/store-gone', fault: 'runStoreGone' })
    s3.failing = 0
    s3.failure = 'busy'
  })

  describe('that knows no conditions', () => {
    beforeAll(() => {
      s3.knowsConditions = false
    })
    afterAll(() => {
      s3.knowsConditions = true
    })

    test('keeps what is there by a look before', async () => {
      const store = await S3Objects.open(`s3://${bucket}`, s3.env)
      const name = `${run()}/out/0`
      expect(await store.putNew(name, new Uint8Array(1))).toBe(true)
      expect(await store.putNew(name, new Uint8Array(2))).toBe(false)
      expect(await store.get(name)).toHaveLength(1)
    })
  })

  test('that refuses at the start says why, and none is told from an object that is not', async () => {
    const store = await S3Objects.open(`s3://${bucket}`, s3.env)
    expect(await store.get(`${run()}/key`)).toBeNull()
    const { AWS_ENDPOINT_URL_S3, ...nowhere } = s3.env
    const refused = (status: number, code: string) => ({ fault: 'runsBucketRefused', facts: { status, code } })
    for (const [place, env, said] of [
      ['s3://another-bucket', s3.env, refused(404, 'NoSuchBucket')],
      [`s3://${bucket}`, { ...s3.env, AWS_SECRET_ACCESS_KEY: 'another' }, refused(403, 'SignatureDoesNotMatch')],
      [`s3://${bucket}`, { ...nowhere, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }, { fault: 'runStoreGone' }],
      [`s3://${bucket}`, { AWS_ENDPOINT_URL_S3 }, { fault: 'runsBucketKey' }],
    ] as const)
      await expect(S3Objects.open(place, env)).rejects.toMatchObject({ code: 'server/store-gone', ...said })
  })
})
