import { resolve, sep } from 'node:path'
import { errorOf } from '../faults.ts'
import type { Environment } from '../secret.ts'
import { serviceAt } from '../serviceAddress.ts'
import { FolderKeys } from './folderKeys.ts'
import { FolderObjects } from './folderObjects.ts'
import type { Use } from './inUse.ts'
import type { KeyStore, Stores } from './ports.ts'
import { PostgresKeys } from './postgresKeys.ts'
import { RedisKeys } from './redisKeys.ts'
import { isS3Address, S3Objects } from './s3Objects.ts'

/** Where stores are by their address. The packages that speak to what is elsewhere are loaded where it is asked for, and never else. */

const keysIn: Readonly<Record<'redis' | 'postgres', (url: string, use?: Use) => Promise<KeyStore>>> = {
  redis: RedisKeys.open,
  postgres: PostgresKeys.open,
}

/**
 * Two folders, of objects and of keys, until their keys are closed; `use` says for what, where nobody else may come in between. Throws
 * `server/store-gone` where one is in the other, since what takes a copy of the objects would take the keys along, and for one that
 * cannot be used.
 */
export async function openFolders(folder: string, keysFolder = `${resolve(folder)}-keys`, use?: Use): Promise<Stores> {
  const [of, keysOf] = [resolve(folder) + sep, resolve(keysFolder) + sep]
  if (of.startsWith(keysOf) || keysOf.startsWith(of)) throw errorOf('server/store-gone', 'runsFolders', { folder })
  return { objects: await FolderObjects.open(resolve(folder)), keys: await FolderKeys.open(resolve(keysFolder), use) }
}

/**
 * Stores: `objects` is a folder or an address such as `s3://bucket/prefix`, `keys` another folder or the address of a Redis or
 * PostgreSQL. Throws `server/store-gone` for one that cannot be used, and for two folders as {@link openFolders} does.
 */
export async function openStores(objects: string, keys: string, env: Environment, use?: Use): Promise<Stores> {
  const [inBucket, inService] = [isS3Address(objects), serviceAt(keys)]
  if (!inBucket && inService === null) return openFolders(objects, keys, use)
  return {
    keys: inService === null ? await FolderKeys.open(resolve(keys), use) : await keysIn[inService](keys, use),
    objects: inBucket ? await S3Objects.open(objects, env) : await FolderObjects.open(resolve(objects)),
  }
}
