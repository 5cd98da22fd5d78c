import type { Card } from '../../core/card/card.ts'
import playwright from '../../examples/score.playwright.ts?raw'
import shell from '../../examples/score.sh?raw'
import typescript from '../../examples/score.ts?raw'
import { type ExampleSettings, withSettings } from './exampleSettings.ts'

/** The same run from code: the files of `examples/`, for the model and the mapping at hand. */

export type Language = 'shell' | 'typescript' | 'playwright'

const examples: Readonly<Record<Language, string>> = { shell, typescript, playwright }

export function exampleFor(language: Language, settings: ExampleSettings): string {
  return withSettings(examples[language], settings)
}

/** The page's address for a model on a server: what is after "#" names both and holds no data. */
export function deepLink(page: string, server: string, card: Pick<Card, 'id'>, sample?: string): string {
  const elsewhere = new URL(page).origin !== server
  const hash = new URLSearchParams({ ...(elsewhere && { server }), model: card.id, ...(sample && { sample }) })
  return `${page}#${hash}`
}
