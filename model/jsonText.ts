/**
 * What of a JSON text its parser does not tell. One walk over the signs between strings, in time and memory that a text made
 * to be slow cannot stretch: a regular expression over whole strings runs out of stack where one is long.
 */

/** A member that stands twice in an object. */
export interface MemberTwice {
  readonly name: string
  /** From 1. */
  readonly line: number
}

/**
 * The first member that stands twice in an object of a valid text, or null. Parsers drop all but the last in silence (RFC 8259,
 * 4): of two weights of one name one would count, and nobody would know which.
 */
export function memberTwice(json: string): MemberTwice | null {
  // Of each object that is open the names so far; null for an array.
  const open: (Set<string> | null)[] = []
  let line = 1
  let isName = false
  for (const { sign, at, end } of signs(json, /["{}[\],:\n]/g)) {
    if (sign === '\n') line += 1
    else if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? new Set() : null)
      isName = sign === '{'
    } else if (sign === '}' || sign === ']') {
      open.pop()
      isName = false
    } else if (sign === ',') isName = open.at(-1) instanceof Set
    else if (sign === ':') isName = false
    else if (isName) {
      const name = JSON.parse(json.slice(at, end)) as string
      const names = open.at(-1)
      if (names?.has(name)) return { name, line }
      names?.add(name)
      isName = false
    }
  }
  return null
}

/** Where a number stands that JSON lacks but programs write, or undefined. */
export function foreignNumber(json: string): number | undefined {
  for (const { sign, at } of signs(json, /"|NaN|Infinity/g)) if (sign !== '"') return at
  return undefined
}

/** The signs of a text that stand outside its strings, in their order; a string is one sign, its quotation mark. */
function* signs(json: string, sign: RegExp): Generator<{ sign: string; at: number; end: number }> {
  for (let match = sign.exec(json); match; match = sign.exec(json)) {
    const [found] = match
    const end = found === '"' ? stringEnd(json, match.index) : match.index + found.length
    yield { sign: found, at: match.index, end }
    sign.lastIndex = end
  }
}

/** Where the string that begins at `at` is over: after its closing mark, or at the text's end. */
function stringEnd(json: string, at: number): number {
  for (let mark = json.indexOf('"', at + 1); mark >= 0; mark = json.indexOf('"', mark + 1)) {
    let slashes = 0
    while (json[mark - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return mark + 1
  }
  return json.length
}
