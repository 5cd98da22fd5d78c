/**
 * Why a Redis or Valkey may not have later what it was told, by its `INFO` of persistence and memory: it does not write it down
 * (`appendonly`), or takes it away once there is little memory (`maxmemory-policy`). Null where it keeps all.
 */
export async function redisForgets(redis: {
  info(section: string): Promise<string>
}): Promise<'unwritten' | 'evicted' | null> {
  const [persistence, memory] = await Promise.all([redis.info('persistence'), redis.info('memory')])
  if (!/^aof_enabled:1\r?$/m.test(persistence)) return 'unwritten'
  return /^maxmemory_policy:noeviction\r?$/m.test(memory) ? null : 'evicted'
}
