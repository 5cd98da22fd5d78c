/** What a receipt tells of its run, as far as it says so. */
export interface ReceiptFacts {
  readonly model: string | null
  readonly version: string | null
  readonly server: string | null
  readonly records: number | null
  readonly key: string | null
  readonly sentAt: string | null
}

/** No receipt is longer: it lists a bounded number of chunks. */
const longest = 64 * 1024 * 1024

/** The facts of a receipt that anybody may have written; null for a text that is none. */
export async function readReceipt(file: Blob): Promise<ReceiptFacts | null> {
  if (file.size > longest) return null
  try {
    const read: unknown = JSON.parse(await file.text())
    const at = (...path: string[]): unknown =>
      path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), read)
    const text = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, 200) : null)
    const records = at('records', 'scorable')
    return {
      model: text(at('model', 'title')),
      version: text(at('model', 'version')),
      server: text(at('server')),
      records: typeof records === 'number' ? records : null,
      key: text(at('key', 'fingerprint')),
      sentAt: text(at('firstSentAt')),
    }
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
