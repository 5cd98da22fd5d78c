import { importer } from './en/importer.ts'
import type { LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** What is read only where a file is not as its model would have it: fetched with the parts of the page that say it. */
export const importerWords: Readonly<Record<LanguageId, typeof importer>> = { en: importer, 'en-XA': pseudo(importer) }
