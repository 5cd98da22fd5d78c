/** A workbook as spreadsheets write it, small enough to be made here: a ZIP archive, stored, of a few XML parts. */

type Cell = string | number | boolean | null

export function workbook(sheets: Readonly<Record<string, readonly (readonly Cell[])[]>>): Uint8Array<ArrayBuffer> {
  const names = Object.keys(sheets)
  const relation = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const parts: Record<string, string> = {
    '[Content_Types].xml': '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relation}"><sheets>${names
      .map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${names
      .map(
        (_, i) => `<Relationship Id="rId${i + 1}" Type="${relation}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
      )
      .join('')}</Relationships>`,
  }
  for (const [i, name] of names.entries()) {
    const rows = (sheets[name] ?? []).map(
      (row, r) => `<row r="${r + 1}">${row.map((cell, c) => cellXml(cell, r, c)).join('')}</row>`,
    )
    parts[`xl/worksheets/sheet${i + 1}.xml`] =
      `<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`
  }
  return zip(parts)
}

function cellXml(cell: Cell, r: number, c: number): string {
  const at = `${String.fromCharCode(65 + c)}${r + 1}`
  if (cell === null) return ''
  if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`
  if (typeof cell === 'boolean') return `<c r="${at}" t="b"><v>${Number(cell)}</v></c>`
  return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** APPNOTE.TXT 4.3: local headers with their stored data, the central directory, its end. */
export function zip(parts: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const local: Uint8Array[] = []
  const central: Uint8Array[] = []
  let offset = 0
  for (const [name, text] of Object.entries(parts)) {
    const [file, data] = [new TextEncoder().encode(name), new TextEncoder().encode(text)]
    const shared = [20, 0, 0, 0, 0, 0, 0, 0, 0, 0, ...u32(crc32(data)), ...u32(data.length), ...u32(data.length)]
    const head = [0x50, 0x4b, 3, 4, ...shared, ...u16(file.length), 0, 0]
    local.push(Uint8Array.from(head), file, data)
    const entry = [0x50, 0x4b, 1, 2, 20, 0, ...shared, ...u16(file.length), ...Array(12).fill(0), ...u32(offset)]
    central.push(Uint8Array.from(entry), file)
    offset += head.length + file.length + data.length
  }
  const size = central.reduce((sum, part) => sum + part.length, 0)
  const count = u16(Object.keys(parts).length)
  const end = [0x50, 0x4b, 5, 6, 0, 0, 0, 0, ...count, ...count, ...u32(size), ...u32(offset), 0, 0]
  return new Uint8Array(Buffer.concat([...local, ...central, Uint8Array.from(end)]))
}

const u16 = (value: number): number[] => [value & 255, value >>> 8]
const u32 = (value: number): number[] => [...u16(value & 0xffff), ...u16(value >>> 16)]

function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}
