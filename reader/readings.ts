import { alphabets, frequent } from './alphabets.ts'
import type { Encoding } from './encodings.ts'

/**
 * How likely texts are: the bits that it takes to write down their characters beyond ASCII, each language's own ones being cheap, and
 * those dear that do not stand in words, change their script within one, or turn to capitals in its middle. Of several readings of
 * the same bytes the cheapest is the likeliest one (minimum description length).
 */

/** What an encoding costs before anything was read of it: rare ones have to explain more. Those that are a part of another are not there. */
export const readings: Readonly<Partial<Record<Encoding, number>>> = {
  'windows-1252': 0,
  'windows-1250': 1,
  'windows-1251': 1,
  shift_jis: 1,
  gb18030: 1,
  big5: 1,
  'euc-kr': 1,
  'euc-jp': 2,
  'windows-1253': 1,
  'windows-1254': 1,
  'windows-1255': 1,
  'windows-1256': 1,
  'windows-1257': 2,
  'windows-874': 1,
  'koi8-r': 2,
  'koi8-u': 3,
  'iso-8859-2': 2,
  'iso-8859-5': 5,
  'iso-8859-7': 2,
  'iso-8859-15': 3,
  macintosh: 5,
  ibm866: 6,
  'windows-1258': 5,
  'iso-8859-6': 4,
  'iso-8859-8': 3,
  'iso-8859-4': 5,
  'iso-8859-13': 4,
  'iso-8859-3': 6,
  'iso-8859-10': 6,
  'iso-8859-14': 6,
  'x-mac-cyrillic': 9,
}

/** A language's own characters with their bits, and the script that they are of. */
interface Language {
  readonly script: string
  readonly bits: ReadonlyMap<string, number>
  /** What any other character of the script costs. */
  readonly other: number
  /** What one that is not in ASCII costs beyond, where most are. */
  readonly more: number
}

/** The characters of a row of two-byte codes: those that a standard's first level holds, which are the common ones. */
function level(encoding: string, first: number, last: number): string {
  const bytes: number[] = []
  for (let lead = first; lead <= last; lead++) for (let trail = 0xa1; trail <= 0xfe; trail++) bytes.push(lead, trail)
  return new TextDecoder(encoding).decode(new Uint8Array(bytes)).replaceAll('\ufffd', '')
}

const kana = Array.from({ length: 0x30ff - 0x3041 }, (_, i) => String.fromCharCode(0x3041 + i)).join('')

function languages(): readonly Language[] {
  const small = Object.entries(alphabets).flatMap(([script, each]) =>
    Object.entries(each).map(([name, letters]): Language => {
      const bits = new Map<string, number>()
      let cost = 0
      for (const sign of letters) {
        if (/\d/.test(sign)) cost = Number(sign)
        else bits.set(sign, cost)
      }
      return { script, bits, other: 11, more: script !== 'latin' ? 0 : name === 'vi' ? 2 : 3 }
    }),
  )
  const large = (
    script: string,
    often: string,
    common: string,
    rest: number,
    ...more: [string, number][]
  ): Language => {
    const bits = new Map([...common].map((sign) => [sign, rest]))
    for (const [i, sign] of [...often].reverse().entries()) {
      const rank = often.length - i
      bits.set(sign, rank < 40 ? 6.5 : rank < 100 ? 8 : 9)
    }
    for (const [signs, cost] of more) for (const sign of signs) bits.set(sign, cost)
    return { script, bits, other: 16, more: 0 }
  }
  return [
    ...small,
    large('han', frequent['zh-Hans'], level('gbk', 0xb0, 0xd7), 12),
    large('han', frequent['zh-Hant'], level('big5', 0xa4, 0xc6), 12),
    large('han', frequent.ja, level('euc-jp', 0xb0, 0xcf), 12, [kana, 6.5]),
    large('hangul', frequent.ko, level('euc-kr', 0xb0, 0xc8), 11),
  ]
}

const scripts: readonly (readonly [script: string, signs: RegExp])[] = [
  ['cyrillic', /\p{sc=Cyrillic}/u],
  ['greek', /\p{sc=Greek}/u],
  ['hebrew', /\p{sc=Hebrew}/u],
  ['arabic', /[\p{sc=Arabic}\u064b-\u0654\u200c]/u],
  ['thai', /\p{sc=Thai}/u],
  ['han', /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}ー々]/u],
  ['hangul', /\p{sc=Hangul}/u],
  // Last: marks of no script of their own stand above and below its letters.
  ['latin', /\p{sc=Latin}|\p{sc=Zinh}/u],
]

interface Sign {
  readonly text: string
  readonly lower: string
  readonly script: string | null
  readonly isAscii: boolean
  readonly isCapital: boolean
  readonly bits: number
}

/** What a character costs that is no letter: those that stand in tables are cheap. */
function signBits(text: string): number {
  if (/[\u0080-\u009f\ue000-\uf8ff\ufffd]|[\u{f0000}-\u{10ffff}]/u.test(text)) return 24
  if (/[€£°]/.test(text)) return 6
  if (/[\u00a0\u00ad–—’‘“”„«»…•§·№ªº½²³、。・（）「」〜－：，　]/u.test(text)) return 8
  if (/[\u2500-\u259f]/.test(text)) return 15
  return 12
}

const known = new Map<string, Sign>()
function signOf(text: string): Sign {
  const found = known.get(text)
  if (found) return found
  const script = scripts.find(([, signs]) => signs.test(text))?.[0] ?? null
  const lower = text === 'İ' ? 'i' : text.toLowerCase()
  const isAscii = text < '\u0080'
  const sign = { text, lower, script, isAscii, isCapital: text !== lower, bits: isAscii ? 0 : signBits(text) }
  known.set(text, sign)
  return sign
}

/** What a word's characters cost beside their letters: how it is written. */
function shapeBits(word: readonly Sign[]): number {
  let bits = 0
  for (const [i, sign] of word.entries()) {
    const [before, after] = [word[i - 1], word[i + 1]]
    if (sign.script === null) {
      // Signs stand around words, but for an apostrophe.
      if (before?.script && after?.script && !/[’·・\u00ad]/.test(sign.text)) bits += 8
      continue
    }
    if (!before?.script) continue
    // Marks of their own stand above and below vowels.
    if (/[\u0300-\u036f]/.test(sign.text) && !/[aeiouyăâêôơư]/.test(before.lower)) bits += 10
    if (before.script !== sign.script) bits += before.script === 'han' || sign.script === 'han' ? 5 : 9
    else if (sign.isCapital && !before.isCapital && !/[\u0300-\u036f]/.test(before.text)) bits += sign.isAscii ? 2 : 6
    else if (!sign.isCapital && before.isCapital && !sign.isAscii && word[i - 2]?.isCapital) bits += 5
  }
  return bits
}

function letterBits(word: readonly Sign[], { script, bits, other, more }: Language): number {
  let sum = 0
  for (const sign of word) {
    if (sign.isAscii) continue
    if (sign.script === null) sum += sign.bits
    else if (sign.script !== script) sum += 18
    else sum += (bits.get(sign.lower) ?? other) + more
  }
  return sum
}

/** The words of a text that have something beyond ASCII. */
const inWords = /[A-Za-z\u0080-\u{10ffff}]*[\u0080-\u{10ffff}][A-Za-z\u0080-\u{10ffff}]*/gu

/** Made once they are needed. */
let every: readonly Language[] | undefined

/** What a text costs in bits: in the language that it costs least in, or word by word in any, at a price for each. */
export function bitsOf(text: string): number {
  const words = [...new Set(text.match(inWords) ?? [])].map((word) => [...word].map(signOf))
  every ??= languages()
  const all = every
  const sums = all.map(() => 0)
  let shapes = 0
  let mixed = 0
  for (const word of words) {
    shapes += shapeBits(word)
    let least = Number.POSITIVE_INFINITY
    for (const [i, language] of all.entries()) {
      const bits = letterBits(word, language)
      sums[i] = (sums[i] as number) + bits
      if (bits < least) least = bits
    }
    mixed += least + 2
  }
  return shapes + Math.min(mixed, ...sums)
}
