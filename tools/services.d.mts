export function findService(name: 'redis' | 'postgres' | 'nginx'): string | null
export function missingServices(): string[]
