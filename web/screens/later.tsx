import { type ComponentType, type LazyExoticComponent, lazy } from 'react'
import { useWords } from './useWords.ts'

/**
 * A part of the page that comes once it is wanted: what leads to the first scores is not made larger by it. One that cannot come, its
 * host being out of reach, says so in its place, and the rest of the page stays as it is. It stands in a `Suspense` of its own.
 */
export function later<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(async () => ({ default: await load().catch((): ComponentType<Props> => Missing) }))
}

function Missing() {
  return <p role="alert">{useWords().page.partMissing}</p>
}
