import { fail } from '../faults.ts'

/**
 * JSON in which numbers stay texts: Python writes integers of any size bare, and JavaScript's own parser makes the nearest
 * double of them, so that a modulus would come out as another. A member that stands twice is refused: the two programs might
 * believe different ones.
 */

/** A number as it is written. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Json = string | boolean | null | NumberText | readonly Json[] | ReadonlyMap<string, Json>

/** An object of lists of lists, and one list to spare: nothing that is read here is deeper. */
const deepest = 6

/** The values of a text, one after the other, with blanks between them. Throws `phe/syntax`. */
export function readJson(text: string): Json[] {
  const reader = new Reader(text)
  const values: Json[] = []
  for (reader.skipBlanks(); !reader.atEnd; reader.skipBlanks()) values.push(reader.value(0))
  return values
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const word = /true|false|null/y
const blanks = /[ \t\r\n]*/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  skipBlanks(): void {
    this.#match(blanks)
  }

  value(depth: number): Json {
    if (depth > deepest) fail('phe/syntax', 'pheNesting', { depth: deepest })
    this.skipBlanks()
    const sign = this.#text[this.#at]
    if (sign === '"') return this.#string()
    if (sign === '[') return this.#list(depth)
    if (sign === '{') return this.#object(depth)
    const constant = this.#match(word)
    if (constant !== null) return constant === 'null' ? null : constant === 'true'
    return new NumberText(this.#match(number) ?? this.#refuse())
  }

  #list(depth: number): Json[] {
    const list: Json[] = []
    this.#items(']', () => list.push(this.value(depth + 1)))
    return list
  }

  #object(depth: number): Map<string, Json> {
    const object = new Map<string, Json>()
    this.#items('}', () => {
      const name = this.#string()
      this.skipBlanks()
      this.#take(':')
      if (object.has(name)) fail('phe/syntax', 'pheMemberTwice', { member: name.slice(0, 40) })
      object.set(name, this.value(depth + 1))
    })
    return object
  }

  /** What stands between a bracket and its other half, with commas between. */
  #items(end: ']' | '}', item: () => void): void {
    this.#at += 1
    this.skipBlanks()
    if (this.#text[this.#at] === end) {
      this.#at += 1
      return
    }
    for (;;) {
      this.skipBlanks()
      item()
      this.skipBlanks()
      if (this.#text[this.#at] === end) break
      this.#take(',')
    }
    this.#at += 1
  }

  #string(): string {
    if (this.#text[this.#at] !== '"') this.#refuse()
    let end = this.#at + 1
    for (; this.#text[end] !== '"'; end++) {
      if (end >= this.#text.length) this.#refuse()
      if (this.#text[end] === '\\') end += 1
    }
    try {
      const string: unknown = JSON.parse(this.#text.slice(this.#at, end + 1))
      this.#at = end + 1
      return string as string
    } catch {
      return this.#refuse()
    }
  }

  #take(sign: string): void {
    if (this.#text[this.#at] !== sign) this.#refuse()
    this.#at += 1
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined) return null
    this.#at += found.length
    return found
  }

  #refuse(): never {
    return fail('phe/syntax', 'pheNotJson', { character: this.#at + 1 })
  }
}

/** An integer of at most so many digits, bare or as a text, or null. What it costs to read grows faster than its digits. */
export function integerOf(value: Json | undefined): bigint | null {
  const text = value instanceof NumberText ? value.text : value
  return typeof text === 'string' && /^-?[0-9]{1,2600}$/.test(text) ? BigInt(text) : null
}
