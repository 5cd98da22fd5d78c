import type { AwsClient } from 'aws4fetch'
import { unforeseen } from '../../core/errors.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf } from '../faults.ts'
import type { Environment } from '../secret.ts'
import { inStore } from './durable.ts'
import { type ObjectStore, objectName } from './ports.ts'

/** Milliseconds that a request may take, and how often one is sent again that the store could not answer. */
const requestMs = 30_000
const retries = 3
const usualRegion = 'us-east-1'

const conflict = 409
const preconditionFailed = 412

/** A bucket, and what the names of all objects in it begin with: `s3://BUCKET` or `s3://BUCKET/PREFIX`. */
const address = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]*?))?\/?$/

export function isS3Address(text: string): boolean {
  return address.test(text)
}

/**
 * Objects in a bucket of Amazon S3 or what speaks like it, addressed by path and signed by Signature Version 4. An object is put whole or
 * not at all there, and is had as it was put last. Where the store knows no `If-None-Match` (Amazon's does since 2024) an answer that
 * comes late takes the place of the first one, which is as right.
 */
export class S3Objects implements ObjectStore {
  readonly #client: AwsClient
  readonly #bucket: string
  readonly #prefix: string

  private constructor(client: AwsClient, bucket: string, prefix: string) {
    this.#client = client
    this.#bucket = bucket
    this.#prefix = prefix
  }

  /**
   * Whose it is and where follows from the environment, by Amazon's names for that: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
   * `AWS_SESSION_TOKEN`, `AWS_REGION`, `AWS_ENDPOINT_URL_S3` or `AWS_ENDPOINT_URL`. Throws `server/store-gone` for a bucket that cannot be
   * listed.
   */
  static async open(place: string, env: Environment): Promise<S3Objects> {
    const { AwsClient } = await import('aws4fetch')
    const [, bucket = '', prefix = ''] = address.exec(place) ?? unforeseen('no address of a bucket')
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env
    if (!accessKeyId || !secretAccessKey) throw errorOf('server/store-gone', 'runsBucketKey')
    const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || usualRegion
    const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`
    const session = token ? { sessionToken: token } : {}
    const client = new AwsClient({ accessKeyId, secretAccessKey, ...session, service: 's3', region, retries })
    const own = prefix === '' ? '' : `${prefix}/`
    const objects = new S3Objects(client, `${endpoint.replace(/\/+$/, '')}/${bucket}`, own)
    await inStore(() => objects.#page('', null))
    return objects
  }

  put(name: string, bytes: Uint8Array): Promise<void> {
    return inStore(async () => {
      await answered(await this.#ask('PUT', this.#urlOf(name), bytes))
    })
  }

  putNew(name: string, bytes: Uint8Array): Promise<boolean> {
    return inStore(async () => {
      const response = await this.#ask('PUT', this.#urlOf(name), bytes, { 'If-None-Match': '*' })
      if (response.status === preconditionFailed || response.status === conflict) return false
      await answered(response)
      return true
    })
  }

  get(name: string): Promise<Uint8Array | null> {
    return inStore(async () => {
      const response = await this.#ask('GET', this.#urlOf(name))
      if (response.ok) return new Uint8Array(await response.arrayBuffer())
      if (response.status !== 404 || (await response.text()).includes('NoSuchBucket')) throw gone()
      return null
    })
  }

  list(prefix: string): Promise<readonly string[]> {
    return inStore(async () => {
      const names: string[] = []
      let after: string | null = null
      do {
        const page = await this.#page(prefix, after)
        names.push(...page.names)
        after = page.next
      } while (after !== null)
      return names
    })
  }

  delete(name: string): Promise<void> {
    return inStore(async () => {
      const response = await this.#ask('DELETE', this.#urlOf(name))
      if (response.status !== 404) await answered(response)
    })
  }

  #urlOf(name: string): string {
    return objectName.test(name) ? `${this.#bucket}/${this.#prefix}${name}` : unforeseen('an object without a name')
  }

  async #page(prefix: string, after: string | null) {
    const asked = new URLSearchParams({ 'list-type': '2', prefix: `${this.#prefix}${prefix}` })
    if (after !== null) asked.set('continuation-token', after)
    const text = await (await answered(await this.#ask('GET', `${this.#bucket}?${asked}`))).text()
    // Nothing in the names of objects is written otherwise in XML.
    const names = textsOf('Key', text).map((key) => key.slice(this.#prefix.length))
    return { names: names.filter((name) => objectName.test(name)), next: nextOf(text) }
  }

  async #ask(method: string, url: string, bytes: Uint8Array = new Uint8Array(0), more: Record<string, string> = {}) {
    const headers = { ...more, 'X-Amz-Content-Sha256': sha256Hex(bytes) }
    const body = method === 'PUT' ? { body: new Uint8Array(bytes) } : {}
    return this.#client
      .fetch(url, { method, headers, ...body, signal: AbortSignal.timeout(requestMs) })
      .catch((): never => {
        throw gone()
      })
  }
}

/** Becomes `server/store-gone`. */
const gone = (): Error => new Error('the bucket is not there')

async function answered(response: Response): Promise<Response> {
  if (response.ok) return response
  await response.body?.cancel()
  throw gone()
}

function nextOf(page: string): string | null {
  if (!page.includes('<IsTruncated>true</IsTruncated>')) return null
  return textsOf('NextContinuationToken', page)[0]?.replaceAll('&amp;', '&') ?? null
}

function textsOf(element: string, text: string): string[] {
  return [...text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, found = '']) => found)
}
