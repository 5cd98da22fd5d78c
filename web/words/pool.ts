import { pool } from './en/pool.ts'
import type { LanguageId } from './language.ts'
import { pseudo } from './pseudo.ts'

/** What only those read who pool rows: fetched with that part of the page. */
export const poolWords: Readonly<Record<LanguageId, typeof pool>> = { en: pool, 'en-XA': pseudo(pool) }
