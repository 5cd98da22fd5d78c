import { expect, test } from 'vitest'
import { encodings } from '../../../reader/encodings.ts'
import { importerWords } from '../importer.ts'

test('every encoding that is read has a name, in one place of the list', () => {
  const named = Object.values(importerWords.en.encodings).flatMap(({ names }) => Object.keys(names))
  expect(named.sort()).toEqual([...encodings].sort())
})
