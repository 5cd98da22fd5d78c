import { expect, test } from 'vitest'
import { shortestPassphrase } from '../passphrase.ts'
import { generatedPassphrase, roughBits, strengthOf } from '../passphraseStrength.ts'

test('words that are made up are proquints of the bytes that they are of', () => {
  // The examples of the proposal: 127.0.0.1 and 63.84.220.193.
  expect(generatedPassphrase(Uint8Array.of(127, 0, 0, 1))).toBe('lusab babad')
  expect(generatedPassphrase(Uint8Array.of(63, 84, 220, 193))).toBe('gutih tugad')
})

test('every one is long enough, good, and another one', () => {
  const made = Array.from({ length: 50 }, () => generatedPassphrase())
  expect(new Set(made).size).toBe(made.length)
  for (const each of made) {
    expect(each).toMatch(
      /^([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]( ([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz]){5}$/,
    )
    expect(each.length).toBeGreaterThanOrEqual(shortestPassphrase)
    expect(strengthOf(each)).toBe('good')
  }
})

test.each([
  ['password', 'weak'],
  ['password1234!', 'weak'],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', 'weak'],
  ['summer summer summer summer summer', 'weak'],
  ['31.12.1999 31.12.1999', 'weak'],
  ['correct horse battery staple', 'fair'],
  ['correct horse battery staple under clouds', 'good'],
  ['v7#Kq!2w$Zp9&x', 'good'],
])('%s is %s', (passphrase, strength) => {
  expect(strengthOf(passphrase)).toBe(strength)
})

test('more of it never makes it weaker', () => {
  let text = ''
  let before = 0
  for (const sign of 'Wolkenkuckucksheim im Zahnrad 2026, and more!') {
    text += sign
    expect(roughBits(text)).toBeGreaterThanOrEqual(before)
    before = roughBits(text)
  }
})
