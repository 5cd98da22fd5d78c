import { expect, test } from 'vitest'
import { BlindscoreError } from '../../../core/errors.ts'
import type { NextAct } from '../../session/nextAct.ts'
import { languages } from '../../words/languages.ts'
import { barText } from '../barTexts.ts'

const now = { offline: false, seconds: null }
const why = new BlindscoreError('file/empty', 'emptyFile')

test('what went wrong is said where it is always in sight', () => {
  const wrong: readonly NextAct[] = [
    { what: 'unreadable', why },
    { what: 'sealedFailed', why },
    { what: 'failed', why, scored: 3, total: 10 },
  ]
  for (const act of wrong) expect(barText(languages.en, act, now).join('')).toContain('The file is empty.')
})
