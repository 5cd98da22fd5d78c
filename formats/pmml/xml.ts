import { SaxesParser, type SaxesTagNS } from 'saxes'
import { makeError } from '../../core/errors.ts'
import type { FactsOf } from '../faults.ts'
import { fail, type XmlFaults } from './faults.ts'
import { clip, refuseAt } from './refuse.ts'

/**
 * XML as a tree of plain elements. A file is hostile until read: no document type (so no entities but the five that
 * XML has), no processing beyond the grammar, and limits on everything that grows.
 */
export const xmlLimits = {
  /** UTF-16 units of the whole file. */
  characters: 32_000_000,
  elements: 400_000,
  depth: 64,
  attributes: 64,
  nameCharacters: 200,
  attributeCharacters: 20_000,
  /** Of one element's own text. */
  textCharacters: 4_000_000,
} as const

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string
  /** Its namespace; '' for none. */
  readonly space: string
  /** In the root's namespace. */
  readonly own: boolean
  readonly line: number
  /** Those without a prefix. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  readonly text: string
}

/** The root element of a document. Throws `model/syntax` with the line for what is not XML or above a limit. */
export function parseXml(text: string): XmlElement {
  if (text.length > xmlLimits.characters) fail('model/syntax', 'tooManyCharacters', { most: xmlLimits.characters })
  const parser = new SaxesParser({ xmlns: true })
  const tree = new Tree(() => parser.line)
  parser.on('error', ({ message }) => tree.refuse('notWellFormed', { message: clip(message.replace(position, '')) }))
  parser.on('doctype', () => tree.refuse('documentType'))
  parser.on('opentagstart', () => tree.begin())
  parser.on('attribute', (attribute) => tree.limitAttribute(attribute))
  parser.on('opentag', (tag) => tree.open(tag))
  parser.on('closetag', () => tree.close())
  parser.on('text', (piece) => tree.collect(piece))
  parser.on('cdata', (piece) => tree.collect(piece))
  parser.write(text.startsWith('\uFEFF') ? text.slice(1) : text).close()
  return tree.root ?? tree.refuse('noElement')
}

/** What the parser writes before its message. */
const position = /^\S*\d+:\d+: /

interface Open extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

/** The tree while it is built: its root, and the elements that are open. Refuses whatever grows past a limit. */
class Tree {
  root: XmlElement | undefined
  readonly #line: () => number
  readonly #open: Open[] = []
  #elements = 0
  /** Of the element whose tag is being read: where it begins, and how many attributes it has so far. */
  #start = 1
  #attributes = 0
  /** Text since the last tag. */
  #text = ''

  constructor(line: () => number) {
    this.#line = line
  }

  refuse<F extends keyof XmlFaults & string>(fault: F, ...[facts]: FactsOf<XmlFaults[F]>): never {
    const line = this.#line()
    throw makeError('model/syntax', fault, { line, ...facts }, { line })
  }

  /** A tag begins. */
  begin(): void {
    this.#start = this.#line()
    this.#attributes = 0
    if (++this.#elements > xmlLimits.elements) this.refuse('tooManyElements', { most: xmlLimits.elements })
    if (this.#open.length >= xmlLimits.depth)
      this.refuse('elementsTooDeep', { most: xmlLimits.depth, inside: this.#inside })
  }

  limitAttribute({ name, value }: { readonly name: string; readonly value: string }): void {
    if (++this.#attributes > xmlLimits.attributes)
      this.refuse('tooManyAttributes', { most: xmlLimits.attributes, inside: this.#inside })
    this.#limitName('attribute', name)
    if (value.length > xmlLimits.attributeCharacters)
      this.refuse('attributeTooLong', { attribute: clip(name), most: xmlLimits.attributeCharacters })
  }

  open(tag: SaxesTagNS): void {
    this.#flush()
    this.#limitName('element', tag.name)
    const element: Open = {
      name: tag.local,
      space: tag.uri,
      own: tag.uri === (this.root?.space ?? tag.uri),
      line: this.#start,
      attributes: plainAttributes(tag),
      children: [],
      text: '',
    }
    this.#open.at(-1)?.children.push(element)
    this.root ??= element
    this.#open.push(element)
  }

  close(): void {
    this.#flush()
    this.#open.pop()
  }

  collect(piece: string): void {
    this.#text += piece
    if (this.#text.length > xmlLimits.textCharacters)
      this.refuse('textTooLong', { most: xmlLimits.textCharacters, inside: this.#inside })
  }

  #flush(): void {
    const open = this.#open.at(-1)
    if (open !== undefined) open.text += this.#text
    this.#text = ''
  }

  #limitName(what: 'attribute' | 'element', name: string): void {
    if (name.length > xmlLimits.nameCharacters) this.refuse('nameTooLong', { what, inside: this.#inside })
  }

  /** The innermost element that is open. */
  get #inside(): string | null {
    const open = this.#open.at(-1)
    return open === undefined ? null : clip(open.name)
  }
}

/** The attributes without a prefix. */
function plainAttributes(tag: SaxesTagNS): ReadonlyMap<string, string> {
  const plain = new Map<string, string>()
  for (const { prefix, name, value } of Object.values(tag.attributes))
    if (prefix === '' && name !== 'xmlns') plain.set(name, value)
  return plain
}

/** The children of that name, in the root's namespace. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.own && child.name === name)
}

/** The one child of that name, or none. Throws `model/invalid` for a second. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  const [first, second] = childrenOf(element, name)
  if (second !== undefined) refuseAt('model/invalid', second, 'twiceIn', { parent: element.name })
  return first
}
