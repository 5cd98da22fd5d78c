import { refuseAt } from './refuse.ts'
import { childrenOf, type XmlElement } from './xml.ts'

/** A cell's name in a table, whatever prefix its namespace has. */
export function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** The rows of an InlineTable: cells by the names of their elements, whatever their namespace. */
export function rowsOf(table: XmlElement): { element: XmlElement; cells: Map<string, string> }[] {
  return childrenOf(table, 'row').map((element) => {
    const cells = new Map<string, string>()
    for (const child of element.children) {
      if (child.name === 'Extension' && child.own) continue
      if (cells.has(child.name)) refuseAt('model/invalid', child, 'cellTwice')
      cells.set(child.name, child.text)
    }
    return { element, cells }
  })
}
