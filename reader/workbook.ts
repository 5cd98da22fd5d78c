import { unzipSync } from 'fflate'
import { SaxesParser } from 'saxes'
import { builtInKind, type NumberKind, numberKind } from './numberFormats.ts'

/**
 * An .xlsx workbook's own parts (ECMA-376, part 1, chapter 18), with what its cells look like in it: percent formats, leading
 * zeros, dates, errors, formulas without a value; and what is hidden or merged.
 */

export interface Workbook {
  /** The worksheets in their order; chart sheets are none. */
  readonly sheets: readonly { readonly name: string; readonly hidden: boolean; readonly path: string }[]
  readonly parts: Parts
  readonly strings: readonly string[]
  /** By a cell's style, how its number is shown. */
  readonly kinds: readonly NumberKind[]
  readonly date1904: boolean
}

type Parts = Readonly<Record<string, Uint8Array>>

/** Parts that unpack to more than this would not fit into memory. */
const mostPartBytes = 512 * 1024 * 1024

/** Throws where the bytes are no workbook. */
export function openWorkbook(bytes: Uint8Array): Workbook {
  const parts = unzipSync(bytes, {
    filter: ({ name, originalSize }) => /\.(?:xml|rels)$/i.test(name) && originalSize <= mostPartBytes,
  })
  const root = relations(parts, '', '_rels/.rels').find(({ type }) => type.endsWith('/officeDocument'))
  const path = root?.path ?? 'xl/workbook.xml'
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const related = relations(parts, folder, `${folder}_rels/${path.slice(folder.length)}.rels`)
  const pathOf = (kind: string): string | undefined => related.find(({ type }) => type.endsWith(kind))?.path
  const listed: { name: string; hidden: boolean; id: string }[] = []
  let date1904 = false
  walk(partOf(parts, path), {
    open: (name, attributes) => {
      if (name === 'workbookPr') date1904 = isTrue(attributes.date1904)
      if (name !== 'sheet') return
      const { name: title = '', state = 'visible', id = '' } = attributes
      listed.push({ name: title, hidden: state !== 'visible', id })
    },
  })
  const sheets = listed.flatMap(({ name, hidden, id }) => {
    const part = related.find((relation) => relation.id === id)
    return part?.type.endsWith('/worksheet') ? [{ name, hidden, path: part.path }] : []
  })
  if (listed.length === 0) throw new Error('no sheets')
  const strings = pathOf('/sharedStrings') ?? `${folder}sharedStrings.xml`
  const styles = parts[pathOf('/styles') ?? `${folder}styles.xml`]
  return { sheets, parts, date1904, strings: stringsOf(parts[strings]), kinds: kindsOf(styles) }
}

interface Relation {
  readonly id: string
  readonly type: string
  readonly path: string
}

function relations(parts: Parts, folder: string, path: string): Relation[] {
  const found: Relation[] = []
  const part = parts[path]
  if (!part) return found
  walk(part, {
    open: (name, { Id = '', Type = '', Target = '' }) => {
      if (name !== 'Relationship') return
      const absolute = Target.startsWith('/') ? Target.slice(1) : new URL(Target, `file:///${folder}`).pathname.slice(1)
      found.push({ id: Id, type: Type, path: decodeURIComponent(absolute) })
    },
  })
  return found
}

function stringsOf(part: Uint8Array | undefined): string[] {
  const strings: string[] = []
  if (!part) return strings
  const text = new TextOf()
  walk(part, {
    open: (name) => {
      if (name === 'si') text.begin()
      text.open(name)
    },
    text: (more) => text.add(more),
    close: (name) => {
      text.close(name)
      if (name === 'si') strings.push(text.text)
    },
  })
  return strings
}

/** How the numbers of each cell style are shown. */
function kindsOf(part: Uint8Array | undefined): NumberKind[] {
  const kinds: NumberKind[] = []
  if (!part) return kinds
  const codes = new Map<number, string>()
  let inCells = false
  walk(part, {
    open: (name, { numFmtId = '0', formatCode = '' }) => {
      if (name === 'numFmt') codes.set(Number(numFmtId), formatCode)
      if (name === 'cellXfs') inCells = true
      if (name !== 'xf' || !inCells) return
      const code = codes.get(Number(numFmtId))
      kinds.push(code === undefined ? builtInKind(Number(numFmtId)) : numberKind(code))
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false
    },
  })
  return kinds
}

/** The text of a string item, which may be in runs; how it is pronounced (`rPh`) is no part of it. */
export class TextOf {
  text = ''
  #inText = false
  #aside = 0

  begin(): void {
    this.text = ''
  }

  open(name: string): void {
    if (name === 'rPh') this.#aside += 1
    if (name === 't') this.#inText = this.#aside === 0
  }

  add(more: string): void {
    if (this.#inText) this.text += more
  }

  close(name: string): void {
    if (name === 'rPh') this.#aside -= 1
    if (name === 't') this.#inText = false
  }
}

export type Attributes = Readonly<Record<string, string | undefined>>

interface Walker {
  readonly open: (name: string, attributes: Attributes) => void
  readonly text?: (text: string) => void
  readonly close?: (name: string) => void
}

const pieceBytes = 1024 * 1024

/** Walks over a part's elements by their local names. Throws where it is no XML. */
export function walk(part: Uint8Array, { open, text, close }: Walker): void {
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name, attributes }) => open(local(name), byLocalName(attributes as Record<string, string>)))
  if (text) {
    parser.on('text', text)
    parser.on('cdata', text)
  }
  if (close) parser.on('closetag', ({ name }) => close(local(name)))
  const decoder = new TextDecoder(part[0] === 0xff && part[1] === 0xfe ? 'utf-16le' : 'utf-8')
  for (let at = 0; at < part.length; at += pieceBytes) {
    parser.write(decoder.decode(part.subarray(at, at + pieceBytes), { stream: true }))
  }
  parser.write(decoder.decode()).close()
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function byLocalName(attributes: Readonly<Record<string, string>>): Attributes {
  const found: Record<string, string> = Object.create(null)
  for (const name in attributes) found[local(name)] = attributes[name] as string
  return found
}

export function isTrue(text: string | undefined): boolean {
  return text === '1' || text === 'true'
}

export function partOf(parts: Parts, path: string): Uint8Array {
  const part = parts[path]
  if (!part) throw new Error('a part is missing')
  return part
}
