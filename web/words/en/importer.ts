import type { Encoding } from '../../../reader/encodings.ts'
import { counted } from './numbers.ts'

/** The encodings of text by where they are used, the usual ones of each place first. */
const encodings = {
  unicode: { title: 'All languages', names: { 'utf-8': 'UTF-8', 'utf-16le': 'UTF-16 LE', 'utf-16be': 'UTF-16 BE' } },
  western: {
    title: 'Western Europe, Americas',
    names: {
      'windows-1252': 'Windows-1252',
      macintosh: 'Mac Roman',
      'iso-8859-15': 'ISO 8859-15',
      'iso-8859-14': 'ISO 8859-14 (Celtic)',
    },
  },
  central: { title: 'Central Europe', names: { 'windows-1250': 'Windows-1250', 'iso-8859-2': 'ISO 8859-2' } },
  cyrillic: {
    title: 'Cyrillic',
    names: {
      'windows-1251': 'Windows-1251',
      'koi8-r': 'KOI8-R',
      'koi8-u': 'KOI8-U (Ukrainian)',
      'iso-8859-5': 'ISO 8859-5',
      ibm866: 'DOS 866',
      'x-mac-cyrillic': 'Mac Cyrillic',
    },
  },
  greek: { title: 'Greek', names: { 'windows-1253': 'Windows-1253', 'iso-8859-7': 'ISO 8859-7' } },
  turkish: {
    title: 'Turkish, Maltese',
    names: { 'windows-1254': 'Windows-1254', 'iso-8859-3': 'ISO 8859-3 (Maltese)' },
  },
  northern: {
    title: 'Baltic, Nordic',
    names: {
      'windows-1257': 'Windows-1257',
      'iso-8859-13': 'ISO 8859-13',
      'iso-8859-4': 'ISO 8859-4',
      'iso-8859-10': 'ISO 8859-10',
    },
  },
  middleEast: {
    title: 'Hebrew, Arabic',
    names: {
      'windows-1255': 'Windows-1255 (Hebrew)',
      'iso-8859-8': 'ISO 8859-8 (Hebrew)',
      'windows-1256': 'Windows-1256 (Arabic)',
      'iso-8859-6': 'ISO 8859-6 (Arabic)',
    },
  },
  eastAsia: {
    title: 'Chinese, Japanese, Korean',
    names: {
      gb18030: 'GB 18030 (simplified Chinese)',
      gbk: 'GBK (simplified Chinese)',
      big5: 'Big5 (traditional Chinese)',
      shift_jis: 'Shift_JIS (Japanese)',
      'euc-jp': 'EUC-JP (Japanese)',
      'iso-2022-jp': 'ISO-2022-JP (Japanese)',
      'euc-kr': 'EUC-KR (Korean)',
    },
  },
  southEastAsia: {
    title: 'Thai, Vietnamese',
    names: { 'windows-874': 'Windows-874 (Thai)', 'windows-1258': 'Windows-1258 (Vietnamese)' },
  },
} satisfies Record<string, { readonly title: string; readonly names: Partial<Record<Encoding, string>> }>

/** What is read only where a file is not as its model would have it. */
export const importer = {
  encodings,
  likely: 'By its letters',
  letters: (certain: boolean) =>
    certain
      ? 'The file is not UTF-8. By its letters it is written as the first of these. Do they read right?'
      : 'The file is not UTF-8, and its letters may be read in several ways. Which is right? If none is, choose another encoding above.',
  lettersRight: 'These letters are right',
  readSo: 'Read it so',
  answer: (answer: string, encoding: string) => `${answer}: ${encoding}`,
  asItStands: 'A line of the file',
  kept: (columns: number) =>
    `${counted(columns, 'column')} ${columns === 1 ? 'is' : 'are'} matched as you chose for an earlier file. This device remembers the names alone.`,
  keptValues: (values: number) =>
    values === 1
      ? '1 value is read as you said for an earlier file. This device remembers the word and what it means, and nothing else of the file.'
      : `${counted(values, 'value')} are read as you said for an earlier file. This device remembers the words and what they mean, and nothing else of the file.`,
  forgetValues: 'Forget it, and read the cells as they stand',
  oneValue: (feature: string) => `One value for ${feature} in every record`,
  orOneValue: 'or one value for all:',
  value: (text: string) => (text === '' ? 'Missing in every record' : `“${text}” in every record`),
  allMissing: (as: string | null) => (as === null ? 'Leave it missing' : `Count it as ${as}`),
  allMissingOf: (feature: string, said: string) => `${said}: ${feature}`,
  notAllowed: (text: string) => `The model does not take “${text}” here.`,
  forget: 'Match by the names of this file',
}
