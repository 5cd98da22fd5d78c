/** Sets of characters, which are Unicode code points. */

/** Whether a character is one of a set. */
export type Test = (character: number) => boolean

export const code = (character: string): number => character.codePointAt(0) ?? 0
export const between = (first: string, last: string): Test => {
  const [low, high] = [code(first), code(last)]
  return (c) => c >= low && c <= high
}
export const anyOf =
  (...tests: readonly Test[]): Test =>
  (c) =>
    tests.some((test) => test(c))
export const not =
  (test: Test): Test =>
  (c) =>
    !test(c)
export const oneOf = (characters: string): Test => {
  const codes = new Set(Array.from(characters, code))
  return (c) => codes.has(c)
}
/** General categories of Unicode, by what an engine's own regular expressions know of them. */
const property =
  (expression: RegExp): Test =>
  (c) =>
    expression.test(String.fromCodePoint(c))

const alpha = anyOf(between('a', 'z'), between('A', 'Z'))

/** What classes of characters hold: by ASCII, or by Unicode. */
export interface Classes {
  readonly d: Test
  readonly w: Test
  readonly s: Test
  readonly Alpha: Test
  readonly Punct: Test
}

export const ascii: Classes = {
  d: between('0', '9'),
  w: anyOf(alpha, between('0', '9'), oneOf('_')),
  s: oneOf(' \t\n\v\f\r'),
  Alpha: alpha,
  Punct: property(/[!-/:-@[-`{-~]/u),
}
export const unicode: Classes = {
  d: property(/\p{Nd}/u),
  w: property(/[\p{L}\p{N}\p{M}_]/u),
  s: property(/\s/u),
  Alpha: property(/\p{Alphabetic}/u),
  Punct: property(/\p{P}/u),
}
/** General categories that a pattern may name. */
export const properties: Readonly<Record<string, Test>> = {
  L: property(/\p{L}/u),
  Lu: property(/\p{Lu}/u),
  Ll: property(/\p{Ll}/u),
  N: property(/\p{N}/u),
  Nd: property(/\p{Nd}/u),
  P: property(/\p{P}/u),
  S: property(/\p{S}/u),
  Z: property(/\p{Z}/u),
}

/** A set with every character that differs from one of it in case alone. */
export function caseless(test: Test): Test {
  return (c) => test(c) || (alike().get(folded(c))?.some(test) ?? false)
}

/** Simple case folding: one character for all that differ in case, where case changes no length. */
function folded(c: number): number {
  const upper = single(String.fromCodePoint(c).toUpperCase()) ?? c
  return single(String.fromCodePoint(upper).toLowerCase()) ?? upper
}

function single(text: string): number | null {
  const first = code(text)
  return String.fromCodePoint(first) === text ? first : null
}

/** The scripts that have case end here. */
const lastCased = 0x1e943

let known: ReadonlyMap<number, readonly number[]> | undefined

/** Characters that differ in case alone, by what they are folded to. Three and more are not rare: K, k and the kelvin sign. */
function alike(): ReadonlyMap<number, readonly number[]> {
  if (known) return known
  const found = new Map<number, number[]>()
  for (let c = 0; c <= lastCased; c++) {
    if (c >= 0xd800 && c < 0xe000) continue
    const to = folded(c)
    if (to === c) continue
    const others = found.get(to) ?? [to]
    found.set(to, [...others, c])
  }
  known = found
  return found
}
