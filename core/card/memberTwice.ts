/**
 * A member that stands twice in an object of a JSON text, which parsers drop in silence but for the last (RFC 8259, 4): of two
 * weights of one name, say, one would count and nobody would know which.
 */

export interface MemberTwice {
  readonly name: string
  /** From 1. */
  readonly line: number
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|\n/gs

/** The first member of that kind, or null; of a text that is valid JSON. */
export function memberTwice(json: string): MemberTwice | null {
  // Of each object that is open the names so far; null for an array.
  const open: (Set<string> | null)[] = []
  let line = 1
  let isName = false
  for (const [token] of json.matchAll(tokens)) {
    if (token === '\n') line += 1
    else if (token === '{' || token === '[') {
      open.push(token === '{' ? new Set() : null)
      isName = token === '{'
    } else if (token === '}' || token === ']') {
      open.pop()
      isName = false
    } else if (token === ',') isName = open.at(-1) instanceof Set
    else if (token === ':') isName = false
    else if (isName) {
      const name = JSON.parse(token) as string
      const names = open.at(-1)
      if (names?.has(name)) return { name, line }
      names?.add(name)
      isName = false
    }
  }
  return null
}
