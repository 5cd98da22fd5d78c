import { type Words, wordSplitter } from '../../core/card/words.ts'
import { optionalInteger, optionalText, optionalTruth } from './attributes.ts'
import { constantOf } from './constants.ts'
import type { ElementFaults } from './faults.ts'
import { clip, refuseAt } from './refuse.ts'
import type { Scope } from './scope.ts'
import { localName, rowsOf } from './tables.ts'
import { checkedPattern, replacementParts } from './textFunctions.ts'
import { apply, grown, numberValue, type Typed } from './typed.ts'
import { childOf, childrenOf, type XmlElement } from './xml.ts'

/**
 * TextIndex: how often a term is in a text. The text is normalised once, in a column of its own, which all terms count in.
 * Where the standard is silent this is as JPMML has it: regular expressions of a normalisation match anywhere in the
 * text, and punctuation round a word is none of it.
 */
export function textIndex(element: XmlElement, field: string, text: Typed, term: Typed, scope: Scope): Typed {
  const words = wordsOf(element)
  const split = wordSplitter(words) ?? unread(element, 'words')
  const sensitive = optionalTruth(element, 'isCaseSensitive') ?? false
  if ((optionalInteger(element, 'maxLevenshteinDistance') ?? 0) !== 0) unread(element, 'distance')
  const wanted = constantOf(term) ?? unread(element, 'term')
  const list = split(sensitive ? wanted : wanted.toLowerCase())
  // A term of no word is in no text.
  if (list === null || list.length === 0) return apply('multiply', numberValue(0), apply('length', text))
  if (list.length > 100) unread(element, 'term')
  const prepared = normalised(element, text, sensitive)
  const column = prepared === text ? text : scope.columns.derive(element, prepared, { hint: `${field} (words)` }).typed
  const count = grown({ op: 'countTerm', args: [column.expression], term: list, words }, 'number', text.mayMiss, [
    column,
  ])
  return weighted(element, count)
}

function wordsOf(element: XmlElement): Words {
  if (optionalTruth(element, 'tokenize') === false) unread(element, 'words')
  // Exporters that know words by what they are made of write it as an extension.
  const word = optionalText(element, 'wordRE') ?? optionalText(element, 'x-wordRE')
  const pattern = word ?? optionalText(element, 'wordSeparatorCharacterRE') ?? '\\s+'
  checkedPattern(pattern, element)
  return { by: word === undefined ? 'separators' : 'words', pattern }
}

/** The text after its normalisations, in lower case unless case counts. */
function normalised(element: XmlElement, text: Typed, sensitive: boolean): Typed {
  const replaced = childrenOf(element, 'TextIndexNormalization').reduce(
    (typed, table) => normalisedBy(table, typed, sensitive),
    text,
  )
  if (sensitive) return replaced
  // Words are told apart before their case is dropped: a pattern that tells capitals would see none.
  const { pattern } = wordsOf(element)
  if (/[A-Z]/.test(pattern.replace(/\\./g, ''))) unread(element, 'words')
  return isLower(replaced) ? replaced : apply('lowercase', replaced)
}

function isLower({ expression }: Typed): boolean {
  return typeof expression === 'object' && 'op' in expression && expression.op === 'lowercase'
}

function normalisedBy(table: XmlElement, text: Typed, outer: boolean): Typed {
  const inline = childOf(table, 'InlineTable') ?? refuseAt('model/unsupported', table, 'tableOutside')
  const sensitive = optionalTruth(table, 'isCaseSensitive') ?? outer
  if ((optionalInteger(table, 'maxLevenshteinDistance') ?? 0) !== 0) unread(table, 'distance')
  const name = (attribute: string, otherwise: string): string => localName(optionalText(table, attribute) ?? otherwise)
  const [from, to, kind] = [name('inField', 'string'), name('outField', 'stem'), name('regexField', 'regex')]
  const rows = rowsOf(inline)
  const repeat = optionalTruth(table, 'recursive') ?? false
  if (repeat && rows.length > 1) unread(table, 'recursion')
  return rows.reduce((typed, { element, cells }) => {
    const cell = (column: string): string =>
      cells.get(column) ?? refuseAt('model/invalid', element, 'rowLacks', { column: clip(column) })
    // Whether a plain string stands for whole words or for any part of the text is read in two ways.
    if (cells.get(kind)?.trim().toLowerCase() !== 'true') unread(element, 'strings')
    const pattern = `${sensitive || cell(from).startsWith('(?') ? '' : '(?i)'}${cell(from)}`
    const by = replacementParts(cell(to), checkedPattern(pattern, element), element)
    const expression = { op: 'replace', args: [typed.expression], pattern, by, ...(repeat && { repeat }) } as const
    return grown(expression, 'text', true, [typed])
  }, text)
}

/** A count as the index's weight of the term in this text. */
function weighted(element: XmlElement, count: Typed): Typed {
  switch (optionalText(element, 'localTermWeights') ?? 'termFrequency') {
    case 'termFrequency':
      return count
    case 'binary':
      return apply('min', count, numberValue(1))
    case 'logarithmic':
      return apply('log10', apply('add', numberValue(1), count))
    default:
      return unread(element, 'weights')
  }
}

function unread(element: XmlElement, why: ElementFaults['textIndexUnread']['why']): never {
  return refuseAt('model/unsupported', element, 'textIndexUnread', { why })
}
