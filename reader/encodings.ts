/**
 * The encodings of text that a browser and Node both read, by the names that the WHATWG Encoding Standard gives them
 * (https://encoding.spec.whatwg.org/#names-and-labels), those first that files are written in most often.
 */
export const encodings = [
  'utf-8',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'macintosh',
  'shift_jis',
  'gb18030',
  'big5',
  'euc-kr',
  'euc-jp',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'iso-8859-15',
  'iso-8859-2',
  'iso-8859-5',
  'iso-8859-7',
  'koi8-r',
  'koi8-u',
  'ibm866',
  'iso-8859-3',
  'iso-8859-4',
  'iso-8859-6',
  'iso-8859-8',
  'iso-8859-10',
  'iso-8859-13',
  'iso-8859-14',
  'x-mac-cyrillic',
  'gbk',
  'iso-2022-jp',
  'utf-16le',
  'utf-16be',
] as const
export type Encoding = (typeof encodings)[number]

/**
 * The encoding that a label of the standard stands for ("latin1" is windows-1252, "sjis" Shift_JIS), or null where there is
 * none, or one that is not read here.
 */
export function encodingOf(label: string): Encoding | null {
  try {
    // The order in which Hebrew is shown changes nothing in a cell.
    const name = new TextDecoder(label.trim()).encoding.replace(/^(iso-8859-8)-[ei]$/, '$1')
    return encodings.find((each) => each === name) ?? null
  } catch {
    return null
  }
}
