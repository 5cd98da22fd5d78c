import type { CardSummary } from '../../core/card/card.ts'

type Version = Pick<CardSummary, 'version' | 'hash'>

/** What two versions of a model are called, so that they can be told apart: where both have one name, with the beginnings of their hashes. */
export function versionNames(here: Version, there: Version): { readonly here: string; readonly there: string } {
  const same = here.version === there.version
  const name = ({ version, hash }: Version): string => (same ? `${version} (${hash.slice(0, 8)})` : version)
  return { here: name(here), there: name(there) }
}
