/** Services that processes share, by the beginnings of their addresses. */
const services: Readonly<Record<string, 'redis' | 'postgres'>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
}

/** What is at an address; null for what is no address of a Redis or a PostgreSQL. */
export function serviceAt(address: string): 'redis' | 'postgres' | null {
  return (URL.canParse(address) && services[new URL(address).protocol]) || null
}
