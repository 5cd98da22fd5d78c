import { setTimeout as sleep } from 'node:timers/promises'
import type { AwsClient } from 'aws4fetch'
import { unforeseen } from '../../core/errors.ts'
import { sha256Hex } from '../digest.ts'
import { errorOf } from '../faults.ts'
import type { Environment } from '../secret.ts'
import { inStore } from './durable.ts'
import { type ObjectStore, objectName } from './ports.ts'

/**
 * Milliseconds that a request may take with all its tries, how often one is sent again that the store could not answer, and the most
 * milliseconds before the first of those, of which each waits for up to twice as long as the one before.
 */
const requestMs = 30_000
const retries = 4
const firstPauseMs = 50
const usualRegion = 'us-east-1'

const notFound = 404
/** Another one writes there at this moment: it is asked again who was first. */
const conflict = 409
const preconditionFailed = 412
const tooMany = 429
const failed = 500
const notImplemented = 501

/** What a bucket answered, whole. */
interface Answer {
  readonly status: number
  readonly bytes: Uint8Array
}

/** A bucket, and what the names of all objects in it begin with: `s3://BUCKET` or `s3://BUCKET/PREFIX`. */
const address = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([A-Za-z0-9._/-]*?))?\/?$/

export function isS3Address(text: string): boolean {
  return address.test(text)
}

/**
 * Objects in a bucket of Amazon S3 or what speaks like it, addressed by path and signed by Signature Version 4. An object is put whole or
 * not at all there, and is had as it was put last. Where the store knows no `If-None-Match` (Amazon's does since 2024, OpenStack Swift's
 * refuses it) an answer that comes at the same time as the first one takes its place, which is as right.
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
   * listed, with what it says of that.
   */
  static async open(place: string, env: Environment): Promise<S3Objects> {
    const { AwsClient } = await import('aws4fetch')
    const [, bucket = '', prefix = ''] = address.exec(place) ?? unforeseen('no address of a bucket')
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env
    if (!accessKeyId || !secretAccessKey) throw errorOf('server/store-gone', 'runsBucketKey')
    const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || usualRegion
    const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || `https://s3.${region}.amazonaws.com`
    const session = token ? { sessionToken: token } : {}
    const client = new AwsClient({ accessKeyId, secretAccessKey, ...session, service: 's3', region, retries: 0 })
    const own = prefix === '' ? '' : `${prefix}/`
    const objects = new S3Objects(client, `${endpoint.replace(/\/+$/, '')}/${bucket}`, own)
    await inStore(async () => {
      const answer = await objects.#ask('GET', objects.#addressOfPage('', null))
      if (!isGood(answer)) throw errorOf('server/store-gone', 'runsBucketRefused', refusalOf(answer))
    })
    return objects
  }

  put(name: string, bytes: Uint8Array): Promise<void> {
    return inStore(async () => {
      good(await this.#ask('PUT', this.#urlOf(name), bytes))
    })
  }

  putNew(name: string, bytes: Uint8Array): Promise<boolean> {
    return inStore(async () => {
      const answer = await this.#ask('PUT', this.#urlOf(name), bytes, { 'If-None-Match': '*' })
      if (answer.status === preconditionFailed) return false
      if (answer.status !== notImplemented) good(answer)
      else if ((await this.#get(name)) !== null) return false
      else good(await this.#ask('PUT', this.#urlOf(name), bytes))
      return true
    })
  }

  get(name: string): Promise<Uint8Array | null> {
    return inStore(() => this.#get(name))
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
      const answer = await this.#ask('DELETE', this.#urlOf(name))
      if (answer.status !== notFound) good(answer)
    })
  }

  async #get(name: string): Promise<Uint8Array | null> {
    const answer = await this.#ask('GET', this.#urlOf(name))
    if (answer.status === notFound && refusalOf(answer).code !== 'NoSuchBucket') return null
    return good(answer)
  }

  #urlOf(name: string): string {
    return objectName.test(name) ? `${this.#bucket}/${this.#prefix}${name}` : unforeseen('an object without a name')
  }

  async #page(prefix: string, after: string | null) {
    const text = textOf(good(await this.#ask('GET', this.#addressOfPage(prefix, after))))
    // Nothing in the names of objects is written otherwise in XML.
    const names = textsOf('Key', text).map((key) => key.slice(this.#prefix.length))
    return { names: names.filter((name) => objectName.test(name)), next: nextOf(text) }
  }

  #addressOfPage(prefix: string, after: string | null): string {
    const asked = new URLSearchParams({ 'list-type': '2', prefix: `${this.#prefix}${prefix}` })
    if (after !== null) asked.set('continuation-token', after)
    return `${this.#bucket}?${asked}`
  }

  /** Asks until there is an answer that is not that of a busy or failing store. Each request is one that may be made twice. */
  async #ask(
    method: string,
    url: string,
    bytes: Uint8Array = new Uint8Array(0),
    more: Record<string, string> = {},
  ): Promise<Answer> {
    const headers = { ...more, 'X-Amz-Content-Sha256': sha256Hex(bytes) }
    const body = method === 'PUT' ? { body: new Uint8Array(bytes) } : {}
    const signal = AbortSignal.timeout(requestMs)
    for (let tried = 0; ; tried++) {
      const answer = await this.#client
        .fetch(url, { method, headers, ...body, redirect: 'manual', signal })
        .then(async (response) => ({ status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }))
        // A connection that the store closed meanwhile is none of its refusals.
        .catch(() => null)
      if (answer !== null && !isPassing(answer)) return answer
      if (tried === retries || signal.aborted) {
        if (answer === null) throw gone()
        return answer
      }
      await sleep(Math.random() * firstPauseMs * 2 ** tried)
    }
  }
}

const isPassing = ({ status }: Answer): boolean =>
  (status >= failed && status !== notImplemented) || status === tooMany || status === conflict
const isGood = ({ status }: Answer): boolean => status >= 200 && status < 300

/** Becomes `server/store-gone`. */
const gone = (): Error => new Error('the bucket is not there')

function good(answer: Answer): Uint8Array {
  if (!isGood(answer)) throw gone()
  return answer.bytes
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

/** What a bucket says of why it refuses: a code of Amazon's, such as `AccessDenied`, or an empty text. */
function refusalOf({ status, bytes }: Answer): { readonly status: number; readonly code: string } {
  return { status, code: /^[A-Za-z]{1,64}$/.exec(textsOf('Code', textOf(bytes))[0] ?? '')?.[0] ?? '' }
}

function nextOf(page: string): string | null {
  if (!page.includes('<IsTruncated>true</IsTruncated>')) return null
  return textsOf('NextContinuationToken', page)[0]?.replaceAll('&amp;', '&') ?? null
}

function textsOf(element: string, text: string): string[] {
  return [...text.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, found = '']) => found)
}
