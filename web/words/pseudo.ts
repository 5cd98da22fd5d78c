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

const [open, close] = ['\u2068', '\u2069']
const plain = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
const accents = 'åƀçðéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÅƁÇÐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ'

/** A text without what stands between isolates. */
export function withoutIsolated(text: string): string {
  const shorter = text.replace(/\u2068[^\u2068\u2069]*\u2069/g, '')
  return shorter === text ? text : withoutIsolated(shorter)
}

function accented(text: string): string {
  let depth = 0
  return text.replace(/[a-z\u2068\u2069]/gi, (letter) => {
    if (letter === open) depth += 1
    else if (letter === close) depth -= 1
    else if (depth === 0) return accents.charAt(plain.indexOf(letter))
    return letter
  })
}

/**
 * What a function says, with isolates around the texts that it was given. A text that it does not insert but chooses by
 * has to stay as it is: isolates that would change what is said are left out, which halving finds.
 */
function isolating(call: Call, args: readonly unknown[]): unknown {
  let texts: readonly string[] = textsIn(args)
  let said = call(...args)
  const meant = withoutIsolates(said)
  const isolate = (from: number, to: number): void => {
    const next = texts.map((text, i) => (i >= from && i < to && hasLetters(text) ? `${open}${text}${close}` : text))
    const result = attempt(() => call(...withTexts(args, next)))
    if (withoutIsolates(result) === meant) {
      texts = next
      said = result
    } else if (to - from > 1) {
      const middle = (from + to) >> 1
      isolate(from, middle)
      isolate(middle, to)
    }
  }
  if (texts.some(hasLetters)) isolate(0, texts.length)
  return said
}

function hasLetters(text: string): boolean {
  return /[a-z]/i.test(withoutIsolated(text))
}

function withoutIsolates(result: unknown): string | undefined {
  return JSON.stringify(result)?.replace(/[\u2068\u2069]/g, '')
}

function attempt(work: () => unknown): unknown {
  try {
    return work()
  } catch {
    return undefined
  }
}

function textsIn(values: readonly unknown[]): string[] {
  const texts: string[] = []
  mapped(values, (text) => texts.push(text))
  return texts
}

function withTexts(values: readonly unknown[], texts: readonly string[]): unknown[] {
  let at = 0
  return mapped(values, () => texts[at++]) as unknown[]
}

/** A value with each of its texts changed, however deep in objects and arrays, and its functions too where that is told. */
function mapped(value: unknown, text: Change<string>, call: Change<Call> = (same) => same): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'function') return call(value as Call)
  if (Array.isArray(value)) return value.map((each) => mapped(each, text, call))
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, mapped(each, text, call)]))
}
