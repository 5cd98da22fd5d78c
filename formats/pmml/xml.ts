import { SaxesParser } from 'saxes'
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

interface Open extends XmlElement {
  readonly children: XmlElement[]
  text: string
}

/** The root element of a document. Throws `model/syntax` with the line for what is not XML or above a limit. */
export function parseXml(text: string): XmlElement {
  if (text.length > xmlLimits.characters) fail('model/syntax', 'tooManyCharacters', { most: xmlLimits.characters })
  const parser = new SaxesParser({ xmlns: true })
  const stack: Open[] = []
  let root: Open | undefined
  let rootSpace = ''
  let elements = 0
  let attributes = 0
  let startLine = 1
  let content = ''
  const refuse = <F extends keyof XmlFaults & string>(fault: F, ...[facts]: FactsOf<XmlFaults[F]>): never => {
    const { line } = parser
    throw makeError('model/syntax', fault, { line, ...facts }, { line })
  }
  const here = (): string | null => (stack.length === 0 ? null : clip(stack[stack.length - 1]?.name ?? ''))

  parser.on('error', (error) => refuse('notWellFormed', { message: clip(error.message.replace(/^\S*\d+:\d+: /, '')) }))
  parser.on('doctype', () => refuse('documentType'))
  parser.on('opentagstart', () => {
    startLine = parser.line
    attributes = 0
    if (++elements > xmlLimits.elements) refuse('tooManyElements', { most: xmlLimits.elements })
    if (stack.length >= xmlLimits.depth) refuse('elementsTooDeep', { most: xmlLimits.depth, inside: here() })
  })
  parser.on('attribute', (attribute) => {
    if (++attributes > xmlLimits.attributes) refuse('tooManyAttributes', { most: xmlLimits.attributes, inside: here() })
    if (attribute.name.length > xmlLimits.nameCharacters) refuse('nameTooLong', { what: 'attribute', inside: here() })
    if (attribute.value.length > xmlLimits.attributeCharacters)
      refuse('attributeTooLong', { attribute: clip(attribute.name), most: xmlLimits.attributeCharacters })
  })
  parser.on('opentag', (tag) => {
    flush()
    if (tag.name.length > xmlLimits.nameCharacters) refuse('nameTooLong', { what: 'element', inside: here() })
    if (root === undefined) rootSpace = tag.uri
    const plain = new Map<string, string>()
    for (const { prefix, name, value } of Object.values(tag.attributes))
      if (prefix === '' && name !== 'xmlns') plain.set(name, value)
    const element: Open = {
      name: tag.local,
      space: tag.uri,
      own: tag.uri === rootSpace,
      line: startLine,
      attributes: plain,
      children: [],
      text: '',
    }
    stack[stack.length - 1]?.children.push(element)
    root ??= element
    stack.push(element)
  })
  parser.on('closetag', () => {
    flush()
    stack.pop()
  })
  const collect = (piece: string): void => {
    content += piece
    if (content.length > xmlLimits.textCharacters)
      refuse('textTooLong', { most: xmlLimits.textCharacters, inside: here() })
  }
  const flush = (): void => {
    const open = stack[stack.length - 1]
    if (open !== undefined) open.text += content
    content = ''
  }
  parser.on('text', collect)
  parser.on('cdata', collect)
  parser.write(text.startsWith('\uFEFF') ? text.slice(1) : text).close()
  return root ?? refuse('noElement')
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
