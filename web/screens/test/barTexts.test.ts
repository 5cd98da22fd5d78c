import { expect, test } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import { languages } from '../../words/languages.ts'
import { barText } from '../barTexts.ts'

const now = { offline: false, seconds: null }
const why = new BlindscoreError('file/empty', 'emptyFile')

test('what went wrong is said where it is always in sight', () => {
  const wrong: readonly Parameters<typeof barText>[1][] = [
    { what: 'unreadable', why },
    { what: 'sealedFailed', why },
    { what: 'failed', why, scored: 3, total: 10 },
  ]
  for (const act of wrong) expect(barText(languages.en, act, now).join('')).toContain('The file is empty.')
})

test('without a network nothing is tried again in a second', () => {
  const gone = new BlindscoreError('run/offline', 'serverUnreachable')
  const held: Parameters<typeof barText>[1] = { what: 'held', why: gone, until: 1 }
  expect(barText(languages.en, held, { offline: false, seconds: 3 }).join('')).toContain('trying again in 3 s')
  const offline = barText(languages.en, held, { offline: true, seconds: 3 }).join('')
  expect(offline).toContain(languages.en.bar.deviceOffline)
  expect(offline).not.toContain('again')
})
