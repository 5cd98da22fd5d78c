import type { Card, Feature } from '../core/card/card.ts'
import { type Encoder, makeEncoder } from '../core/card/encode.ts'
import type { FileFormat } from './format.ts'
import {
  isPlain,
  type NumberWay,
  numberWays,
  type Repair,
  readNumber,
  unitOf,
  withoutFlag,
  withoutQuotes,
  withoutSymbols,
  withPlainDigits,
} from './repairs.ts'
import { alikeness, mayMeanTheSame, plainText, sameMeaning } from './spelling.ts'

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
  /** Cells, as they stand and as they would be read, with how many there are: a few, or all where each is to be looked at. */
  readonly examples: readonly (readonly [text: string, read: string, count: number])[]
}

/** Reads the file's own mark as one of thousands. */
const thousands: readonly NumberWay[] = ['group-own', 'other-decimal']

/** What a person may say of a column whose mark nothing proves. */
export type MarkWay = 'thousands' | 'decimals'

/** The same as a repair. */
export function markRepair(feature: number, way: MarkWay): Repair {
  return way === 'thousands' ? { feature, kind: 'number', ways: thousands } : { feature, kind: 'decimals' }
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

  /** Whether a cell may be read as something that the card takes: it is near a known value, or a number written otherwise. */
  isNear(f: number, text: string): boolean {
    const feature = this.#card.features[f]
    return (
      feature !== undefined &&
      text.length <= 200 &&
      !missingMarks.test(text.trim()) &&
      this.#readings(f, feature, new Map([[text, 1]])).length > 0
    )
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
      for (const ways of waysOf(text, own, unit)) {
        const read = readNumber(text, ways, own, unit)
        if (read === text || !this.#accepts(f, read)) continue
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
      .flatMap(({ ways, cells }) => this.#one({ feature: f, kind: 'number', ways }, 'ways', cells))
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

  /** Whether the card takes `text` for this feature, whatever else is in the record. */
  #accepts(f: number, text: string): boolean {
    const feature = this.#card.features[f]
    if (!feature) return false
    let encoder = this.#encoders.get(f)
    if (!encoder) {
      // No policy makes a cell acceptable here.
      const strict: Feature =
        feature.type === 'number'
          ? { ...feature, invalid: 'refuse', outside: 'refuse' }
          : { ...feature, unknown: 'refuse' }
      encoder = makeEncoder({ ...this.#card, features: [strict], derived: [], inputs: [] }, this.#format)
      this.#encoders.set(f, encoder)
    }
    return encoder.encode([text], new Float64Array(0), 1, 0).length === 0
  }
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

/** The one level that a text most likely means, or null when none or several are near. */
function nearest(text: string, levels: readonly string[]): string | null {
  if (levels.length > 2000) return null
  const meant = levels.filter((level) => sameMeaning(text, level))
  if (meant.length === 1) return meant[0] as string
  const ranked = levels
    .filter((level) => mayMeanTheSame(text, level))
    .map((level) => ({ level, alike: alikeness(text, level) }))
    .sort((a, b) => b.alike - a.alike)
  const [best, second] = ranked
  if (!best || best.alike < 0.7 || (second && second.alike > best.alike - 0.1)) return null
  return best.level
}
