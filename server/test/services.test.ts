import { Redis } from 'ioredis'
import { Client } from 'pg'
import { expect, test } from 'vitest'
import { startNginx } from './services/nginx.ts'
import { startPostgres } from './services/postgres.ts'
import { startRedis } from './services/redis.ts'
import { describeWith } from './services/service.ts'

/** What tests start is what they think it is: what was answered outlives a kill, and what is stopped is gone. */

describeWith(['redis', 'postgres', 'nginx'])('services that tests start', () => {
  test('Redis remembers over a kill', async () => {
    const service = await startRedis()
    const before = new Redis(service.url)
    await before.set('name', 'value')
    before.disconnect()
    await service.kill()
    await service.restart()
    const after = new Redis(service.url)
    expect(await after.get('name')).toBe('value')
    after.disconnect()
    await service.stop()
  })

  test('PostgreSQL remembers over a kill', async () => {
    const service = await startPostgres()
    const ask = async (text: string) => {
      const client = new Client({ connectionString: service.url })
      client.on('error', () => {})
      await client.connect()
      const { rows } = await client.query(text)
      await client.end()
      return rows
    }
    await ask("CREATE TABLE told AS SELECT 'value' AS text")
    await service.kill()
    await service.restart()
    expect(await ask('SELECT text FROM told')).toEqual([{ text: 'value' }])
    await service.stop()
  })

  test('nginx answers as its lines say, and not once it is stopped', async () => {
    const service = await startNginx((port) => `server { listen 127.0.0.1:${port}; return 200 "there"; }`)
    expect(await (await fetch(service.url)).text()).toBe('there')
    await service.stop()
    await expect(fetch(service.url)).rejects.toThrow()
  })
})
