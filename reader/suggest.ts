import type { Card, Feature } from '../core/card/card.ts'
import type { Encoder } from '../core/card/encode.ts'
import type { FileFormat } from './format.ts'
import { thousands } from './markRepair.ts'
import { type NumberWay, numberWays } from './numberWays.ts'
import { strictEncoder } from './oneValue.ts'
import {
  isPlain,
  type Repair,
  readNumber,
  unitOf,
  withoutFlag,
  withoutQuotes,
  withoutSymbols,
  withPlainDigits,
} from './repairs.ts'
import { alikeness, bare, isTruth, mayMeanTheSame, plainText, sameMeaning } from './spelling.ts'

/**
 * What would mend the cells that the check refuses. Every refused cell is tried against the known ways of writing;
 * a way counts only where the cell, so read, is one that the card accepts.
 */

export interface Suggestion {
  readonly repair: Repair
  /** What makes this suggestion: ways of writing numbers, the same word spelt otherwise, a near word, a mark for missing. */
  readonly why: 'ways' | 'spelling' | 'nearest' | 'missing'
  /** Refused cells that it would mend. */
  readonly count: number
  /** Another suggestion reads some of the same cells as something else. */
  readonly contested?: boolean
  /** Cells, as they stand and as they would be read, with how many there are: a few, or all where each is to be looked at. */
  readonly examples: readonly (readonly [text: string, read: string, count: number])[]
}

const mostExamples = 3
/** Different texts that are remembered for each feature. */
const mostTexts = 500
const missingMarks =
  /^(?:[-–—.:?*_]+|n\.?\s?\/?a\.?|#(?:n\/a|nv|n\/v)|#[¡¿]?[\p{L}\d/]+[!?]|\\n|nil|none|null|nan|missing|unknown|not available|\(?blank\)?|\(?empty\)?)$/iu

/** Collects refused cells and says at the end what would mend them. Bounded, however many there are. */
export class Mending {
  readonly #card: Card
  readonly #format: FileFormat
  readonly #encoders = new Map<number, Encoder>()
  readonly #texts = new Map<number, Map<string, number>>()
  readonly #spellings = new Map<number, ReadonlySet<string>>()

  constructor(card: Card, format: FileFormat) {
    this.#card = card
    this.#format = format
  }

  /** Takes note of a refused cell, as it stands after the repairs so far. */
  note(feature: number, text: string): void {
    const texts = this.#texts.get(feature) ?? new Map<string, number>()
    this.#texts.set(feature, texts)
    const known = texts.get(text)
    if (known !== undefined) texts.set(text, known + 1)
    else if (texts.size < mostTexts && text.length <= 200) texts.set(text, 1)
  }

  suggestions(): Suggestion[] {
    return [...this.#texts].flatMap(([f, texts]) => {
      const feature = this.#card.features[f]
      if (!feature) return []
      const rest = new Map(texts)
      const missing = this.#missing(f, feature, rest)
      return [...this.#readings(f, feature, rest), ...missing]
    })
  }

  /** Whether a cell may mean something: it is near a known value, or has digits where a number is wanted. */
  isNear(f: number, text: string): boolean {
    const feature = this.#card.features[f]
    if (feature === undefined || missingMarks.test(text.trim())) return false
    if (feature.type === 'number' ? /\p{N}/u.test(text) || isTruth(text) : this.#isDoubtful(f, feature, text))
      return true
    return text.length <= 200 && this.#readings(f, feature, new Map([[text, 1]])).length > 0
  }

  /** Whether a word is as near to several levels, or differs from one in its signs alone: nothing is offered then. */
  #isDoubtful(f: number, { levels }: Extract<Feature, { type: 'category' }>, text: string): boolean {
    let known = this.#spellings.get(f)
    if (!known) {
      known = new Set(levels.flatMap((level) => [plainText(level), bare(level)]))
      this.#spellings.set(f, known)
    }
    const word = withoutQuotes(text)
    if (known.has(plainText(word)) || (bare(word) !== '' && known.has(bare(word)))) return true
    return text.length <= 200 && ranked(word, levels).some(({ alike }) => alike >= leastAlike)
  }

  #readings(f: number, feature: Feature, texts: ReadonlyMap<string, number>): Suggestion[] {
    return feature.type === 'number' ? this.#numbers(f, feature, texts) : this.#levels(f, feature, texts)
  }

  /** The reading of a number as thousands, where the card takes it so. */
  asThousands(f: number, text: string): string | null {
    const own = this.#format.decimalMark
    const read = readNumber(text, thousands, own, undefined)
    return read !== text && this.#accepts(f, read) ? read : null
  }

  /** Texts that stand for a missing value; they are taken out of `texts`. */
  #missing(f: number, feature: Feature, texts: Map<string, number>): Suggestion[] {
    if (feature.missing.policy === 'refuse') return []
    const found = [...texts].filter(([text]) => missingMarks.test(text.trim()))
    for (const [text] of found) texts.delete(text)
    const marks = [...new Set(found.map(([text]) => text.trim()))]
    return this.#one(
      { feature: f, kind: 'missing', texts: marks },
      'missing',
      found.map(([text, n]) => [text, n, '']),
    )
  }

  /** Words for yes and no in a column of ones and zeros, as a spreadsheet's TRUE and FALSE are. */
  #indicators(
    f: number,
    { min, max }: Extract<Feature, { type: 'number' }>,
    texts: ReadonlyMap<string, number>,
  ): Suggestion[] {
    if (min !== '0' || max !== '1') return []
    const cells = [...trimmed(texts)].flatMap(([text, count]) => {
      const meant = ['0', '1'].find((number) => sameMeaning(text, number))
      return meant === undefined || !this.#accepts(f, meant) ? [] : [[text, count, meant] as const]
    })
    const pairs = cells.map(([text, , meant]) => [text, meant] as const)
    return this.#one({ feature: f, kind: 'levels', pairs }, 'spelling', cells)
  }

  #numbers(f: number, feature: Extract<Feature, { type: 'number' }>, texts: ReadonlyMap<string, number>): Suggestion[] {
    const own = this.#format.decimalMark
    const unit = unitOf(this.#card, f)
    const sets = new Map<string, { ways: readonly NumberWay[]; cells: [string, number, string][] }>()
    for (const [text, count] of texts) {
      for (const { ways, read } of this.#readAs(f, feature, text, unit)) {
        const key = ways.join()
        const set = sets.get(key) ?? { ways, cells: [] }
        sets.set(key, set)
        set.cells.push([text, count, read])
      }
    }
    // A column with "1,5" and "€ 1.234,50" is offered one reading that fits both.
    const all = [...sets.values()].sort((a, b) => b.ways.length - a.ways.length)
    const kept: typeof all = []
    for (const set of all) {
      const wider = kept.find(({ ways }) => set.ways.every((way) => ways.includes(way)))
      const fits = wider?.ways && set.cells.every(([text, , read]) => readNumber(text, wider.ways, own, unit) === read)
      if (wider && fits) {
        const known = new Set(wider.cells.map(([text]) => text))
        wider.cells.push(...set.cells.filter(([text]) => !known.has(text)))
      } else kept.push(set)
    }
    const readings = kept
      .flatMap((set) =>
        this.#one({ feature: f, kind: 'number', ways: set.ways }, 'ways', set.cells).map((one) =>
          kept.some((other) => other !== set && disagree(set.cells, other.cells)) ? { ...one, contested: true } : one,
        ),
      )
      .sort((a, b) => b.count - a.count || decimals(a) - decimals(b))
    return [...readings, ...this.#indicators(f, feature, texts)]
  }

  #levels(
    f: number,
    feature: Extract<Feature, { type: 'category' }>,
    texts: ReadonlyMap<string, number>,
  ): Suggestion[] {
    const same: [string, number, string][] = []
    const near: [string, number, string][] = []
    const plain = new Map<string, string[]>()
    for (const level of feature.levels) plain.set(plainText(level), [...(plain.get(plainText(level)) ?? []), level])
    for (const [text, count] of trimmed(texts)) {
      const spelt = plain.get(plainText(withoutQuotes(text))) ?? []
      if (spelt.length === 1) same.push([text, count, spelt[0] as string])
      else if (spelt.length === 0) {
        const level = nearest(text, feature.levels)
        if (level !== null) near.push([text, count, level])
      }
    }
    const pairs = (cells: typeof same) => cells.map(([text, , level]) => [text, level] as const)
    return [
      ...this.#one({ feature: f, kind: 'levels', pairs: pairs(same) }, 'spelling', same),
      ...this.#one({ feature: f, kind: 'levels', pairs: pairs(near) }, 'nearest', near),
    ]
  }

  #one(repair: Repair, why: Suggestion['why'], cells: readonly (readonly [string, number, string])[]): Suggestion[] {
    if (cells.length === 0) return []
    const count = cells.reduce((sum, [, n]) => sum + n, 0)
    const most = why === 'nearest' ? cells.length : mostExamples
    const examples = [...cells].sort((a, b) => b[1] - a[1]).slice(0, most)
    return [
      { repair, why, count, examples: examples.map(([text, n, read]) => [text, read.replace(/e-2$/, ' ÷ 100'), n]) },
    ]
  }

  /** What a number may be, written otherwise: what the card takes, else what its policy for numbers out of range takes. */
  #readAs(f: number, { outside }: Extract<Feature, { type: 'number' }>, text: string, unit: string | undefined) {
    const own = this.#format.decimalMark
    const all = waysOf(text, own, unit)
      .map((ways) => ({ ways, read: readNumber(text, ways, own, unit) }))
      .filter(({ read }) => read !== text)
    const taken = all.filter(({ read }) => this.#accepts(f, read))
    return taken.length > 0 || outside === 'refuse' ? taken : all
  }

  /** Whether the card takes `text` for this feature as it stands, whatever else is in the record. */
  #accepts(f: number, text: string): boolean {
    const feature = this.#card.features[f]
    if (!feature) return false
    let encoder = this.#encoders.get(f)
    if (!encoder) {
      encoder = strictEncoder(this.#card, feature, this.#format)
      this.#encoders.set(f, encoder)
    }
    return encoder.encode([text], new Float64Array(0), 1, 0).length === 0
  }
}

type Reading = readonly (readonly [text: string, count: number, read: string])[]

/** Whether two readings make different things of a cell. */
function disagree(a: Reading, b: Reading): boolean {
  const others = new Map(b.map(([text, , read]) => [text, read]))
  return a.some(([text, , read]) => (others.get(text) ?? read) !== read)
}

/** Readings as thousands come before those as decimals, where as many cells fit. */
function decimals({ repair }: Suggestion): number {
  return repair.kind === 'number' && repair.ways.includes('other-decimal') && !repair.ways.includes('group-own') ? 1 : 0
}

/** The sets of ways in which a text can be read as a number, the fewest ways for each reading. */
function waysOf(text: string, own: '.' | ',', unit: string | undefined): NumberWay[][] {
  const around: NumberWay[] = []
  let inner = text.trim()
  const strip = (way: NumberWay, stripped: string): void => {
    if (stripped === inner) return
    around.push(way)
    inner = stripped.trim()
  }
  strip('digits', withPlainDigits(inner))
  strip('quotes', withoutQuotes(inner))
  strip('flag', withoutFlag(inner))
  const bare = withoutSymbols(inner, unit)
  const percentOnly = /[%\uff05]$/u.test(inner) && /^[+-]?[\d.,]/.test(inner)
  if (bare !== inner && !percentOnly) {
    around.push('symbols')
    inner = bare
  }
  const percents: NumberWay[][] = /[%\uff05]$/u.test(inner) ? [['percent'], ['percent-fraction']] : [[]]
  inner = inner.replace(/\s*[%\uff05]$/u, '')
  const marks: NumberWay[][] = [
    [],
    ['other-decimal'],
    ['group-other'],
    ['group-space'],
    ['group-own', 'other-decimal'],
    ['group-space', 'other-decimal'],
    ['noise'],
  ]
  const seen = new Set<string>()
  const found: NumberWay[][] = []
  for (const mark of marks) {
    const read = readNumber(inner, mark, own, undefined)
    if (!isPlain(read, own) || seen.has(read)) continue
    seen.add(read)
    for (const percent of percents) found.push([...around, ...percent, ...mark])
  }
  return found.map((ways) => numberWays.filter((way) => ways.includes(way)))
}

/** Texts without the blanks around them, which count for nothing in a level. */
function trimmed(texts: ReadonlyMap<string, number>): Map<string, number> {
  const found = new Map<string, number>()
  for (const [text, count] of texts) found.set(text.trim(), (found.get(text.trim()) ?? 0) + count)
  return found
}

/** Words that are less alike are two. */
const leastAlike = 0.7

/** The levels that may be meant by a text, the most alike first. */
function ranked(text: string, levels: readonly string[]): { level: string; alike: number }[] {
  if (levels.length > 2000) return []
  return levels
    .filter((level) => mayMeanTheSame(text, level))
    .map((level) => ({ level, alike: alikeness(text, level) }))
    .sort((a, b) => b.alike - a.alike)
}

/** The one level that a text most likely means, or null when none or several are near. */
function nearest(text: string, levels: readonly string[]): string | null {
  const meant = levels.filter((level) => sameMeaning(text, level))
  if (meant.length === 1 && levels.length <= 2000) return meant[0] as string
  const [best, second] = ranked(text, levels)
  if (!best || best.alike < leastAlike || (second && second.alike > best.alike - 0.1)) return null
  return best.level
}
