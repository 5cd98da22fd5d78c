import type { LanguageId } from './language.ts'
import { languages } from './languages.ts'
import { pseudo } from './pseudo.ts'
import { sayAlso } from './sentenceOf.ts'

const english = async () => (await import('../../words/en/modelFiles.ts')).modelFileSentences

/** The sentences of faults of other people's model files, fetched when a person has such a file. */
const sentences: Readonly<Record<LanguageId, typeof english>> = {
  en: english,
  'en-XA': async () => pseudo(await english()),
}

/** Does something with a model file, and settles when the page can also say what is wrong with it. */
export async function withWordsOfModelFiles<T>(language: LanguageId, work: () => Promise<T>): Promise<T> {
  const known = sentences[language]().then(
    (more) => sayAlso(languages[language], more),
    // Without them a fault is said by its code.
    () => {},
  )
  try {
    return await work()
  } finally {
    await known
  }
}
