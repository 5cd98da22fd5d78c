import { SaxesParser } from 'saxes'
import type { ErrorCode } from '../core/errors.ts'
import { fail } from './faults.ts'

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
  if (text.length > xmlLimits.characters)
    fail('model/syntax', `The file has more than ${xmlLimits.characters} characters.`)
  const parser = new SaxesParser({ xmlns: true })
  const stack: Open[] = []
  let root: Open | undefined
  let rootSpace = ''
  let elements = 0
  let attributes = 0
  let startLine = 1
  let content = ''
  const refuse = (message: string, line = parser.line): never =>
    fail('model/syntax', `Line ${line}: ${message}`, { line })
  const here = (): string => (stack.length === 0 ? 'the document' : `<${clip(stack[stack.length - 1]?.name ?? '')}>`)

  parser.on('error', (error) => refuse(`not well-formed XML: ${clip(error.message.replace(/^\S*\d+:\d+: /, ''))}`))
  parser.on('doctype', () =>
    refuse('a document type (<!DOCTYPE>) is not allowed: it could define entities. Remove it.'),
  )
  parser.on('opentagstart', () => {
    startLine = parser.line
    attributes = 0
    if (++elements > xmlLimits.elements) refuse(`more than ${xmlLimits.elements} elements.`)
    if (stack.length >= xmlLimits.depth)
      refuse(`elements are nested deeper than ${xmlLimits.depth} levels, in ${here()}.`)
  })
  parser.on('attribute', (attribute) => {
    if (++attributes > xmlLimits.attributes)
      refuse(`an element in ${here()} has over ${xmlLimits.attributes} attributes.`)
    if (attribute.name.length > xmlLimits.nameCharacters) refuse(`an attribute's name is too long, in ${here()}.`)
    if (attribute.value.length > xmlLimits.attributeCharacters)
      refuse(`the attribute "${clip(attribute.name)}" is longer than ${xmlLimits.attributeCharacters} characters.`)
  })
  parser.on('opentag', (tag) => {
    flush()
    if (tag.name.length > xmlLimits.nameCharacters) refuse(`an element's name is too long, in ${here()}.`)
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
      refuse(`the text of ${here()} is longer than ${xmlLimits.textCharacters} characters.`)
  }
  const flush = (): void => {
    const open = stack[stack.length - 1]
    if (open !== undefined) open.text += content
    content = ''
  }
  parser.on('text', collect)
  parser.on('cdata', collect)
  parser.write(text.startsWith('\uFEFF') ? text.slice(1) : text).close()
  return root ?? refuse('the file holds no element.')
}

/** The children of that name, in the root's namespace. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.own && child.name === name)
}

/** The one child of that name, or none. Throws `model/invalid` for a second. */
export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  const [first, second] = childrenOf(element, name)
  if (second !== undefined) refuseAt('model/invalid', second, `stands twice in ${element.name}.`)
  return first
}

/** Refuses a file at an element: every message names it and its line. */
export function refuseAt(code: ErrorCode, element: XmlElement, message: string): never {
  fail(code, `Line ${element.line}, ${clip(element.name)}: ${message}`, { line: element.line })
}

/** A name of the file as a message may show it. */
export function clip(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}
