/**
 * A language that nobody speaks: another one with an accent on every letter, so that a text which does not come from the
 * words stands out. What a text is given to say (a name, a cell, a code) keeps its letters, and stands between isolates.
 */
export function pseudo<Words>(words: Words): Words {
  const speaking: Change<Call> =
    (call) =>
    (...args: readonly unknown[]) =>
      mapped(isolating(call, args), accented)
  return mapped(words, accented, speaking) as Words
}

type Call = (...args: readonly unknown[]) => unknown
type Change<T> = (value: T) => unknown

const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const accents = 'åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ'

/** A text without what stands between isolates. */
export function withoutIsolated(text: string): string {
  return text.replace(/\u2068[^\u2069]*\u2069/g, '')
}

function accented(text: string): string {
  return text.replace(/\u2068[^\u2069]*\u2069|[a-z]/gi, (found) =>
    found.length === 1 ? accents.charAt(plain.indexOf(found)) : found,
  )
}

function isolated(text: string): string {
  return /[a-z]/i.test(withoutIsolated(text)) ? `\u2068${text}\u2069` : text
}

/**
 * What a function says, with isolates around the texts that it was given. A text that it does not insert but chooses by
 * has to stay as it is: isolates that would change what is said are left out, which halving finds.
 */
function isolating(call: Call, args: readonly unknown[]): unknown {
  let texts: string[] = []
  mapped(args, (text) => texts.push(text))
  let said = call(...args)
  const meant = withoutIsolates(said)
  const isolate = (from: number, to: number): void => {
    const next = texts.map((text, i) => (i >= from && i < to ? isolated(text) : text))
    const result = sayingOf(call, args, next)
    if (withoutIsolates(result) === meant) {
      texts = next
      said = result
    } else if (to - from > 1) {
      const middle = (from + to) >> 1
      isolate(from, middle)
      isolate(middle, to)
    }
  }
  if (texts.length > 0) isolate(0, texts.length)
  return said
}

/** What a function says of its arguments with other texts in them, or undefined where it cannot. */
function sayingOf(call: Call, args: readonly unknown[], texts: readonly string[]): unknown {
  let at = 0
  try {
    return call(...(mapped(args, () => texts[at++]) as unknown[]))
  } catch {
    return undefined
  }
}

function withoutIsolates(said: unknown): string | undefined {
  return JSON.stringify(said)?.replace(/[\u2068\u2069]/g, '')
}

/** A value with each of its texts changed, however deep in objects and arrays, and its functions too where that is told. */
function mapped(value: unknown, text: Change<string>, call: Change<Call> = (same) => same): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'function') return call(value as Call)
  if (Array.isArray(value)) return value.map((each) => mapped(each, text, call))
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapped(each, text, call)]))
}
