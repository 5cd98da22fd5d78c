import { resolve } from 'node:path'
import { unforeseen } from '../../core/errors.ts'
import type { Environment } from '../secret.ts'
import { serviceAt } from '../serviceAddress.ts'
import { FolderKeys } from './folderKeys.ts'
import { FolderObjects } from './folderObjects.ts'
import type { Use } from './inUse.ts'
import { openRunFolders, type RunStores } from './openRuns.ts'
import type { RunKeyStore } from './ports.ts'
import { postgresEngine } from './postgresEngine.ts'
import { PostgresKeys } from './postgresKeys.ts'
import { redisEngine } from './redisEngine.ts'
import { RedisKeys } from './redisKeys.ts'
import { isS3Address, S3Objects } from './s3Objects.ts'
import type { QueueEngine } from './sharedQueue.ts'

/** Where that is by its address what processes share. The packages that speak to it are loaded where it is asked for, and never else. */

interface Kind {
  readonly engine: (url: string) => Promise<QueueEngine>
  readonly keys: (url: string, use?: Use) => Promise<RunKeyStore>
}

const kinds: Readonly<Record<'redis' | 'postgres', Kind>> = {
  redis: { engine: redisEngine, keys: RedisKeys.open },
  postgres: { engine: postgresEngine, keys: PostgresKeys.open },
}

/** Throws `server/store-gone` where there is none at that address, or it refuses. */
export function openEngine(url: string): Promise<QueueEngine> {
  return kindOf(url).engine(url)
}

/**
 * The stores of runs: `objects` is a folder or an address such as `s3://bucket/prefix`, `keys` another folder or the address of a Redis or
 * PostgreSQL. Throws `server/store-gone` for one that cannot be used, and for two folders as {@link openRunFolders} does.
 */
export async function openRunStores(objects: string, keys: string, env: Environment, use?: Use): Promise<RunStores> {
  const [inBucket, inService] = [isS3Address(objects), serviceAt(keys) !== null]
  if (!inBucket && !inService) return openRunFolders(objects, keys, use)
  return {
    keys: inService ? await kindOf(keys).keys(keys, use) : await FolderKeys.open(resolve(keys), use),
    objects: inBucket ? await S3Objects.open(objects, env) : await FolderObjects.open(resolve(objects)),
  }
}

function kindOf(url: string): Kind {
  const service = serviceAt(url)
  return service === null ? unforeseen('no address of a service') : kinds[service]
}
