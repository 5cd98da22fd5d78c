import { randomBytes } from 'node:crypto'
import { expect, test } from '@playwright/test'
import { findLeaks, needlesOf, type Secret } from './leaks.ts'

/** The checker that the privacy tests rely on: it finds what is planted, and only that. */

const text = 'Blödmann-Straße 17'
const number = 8_142_377.0625
const integer = 3_141_592_653_589_793n
const key = randomBytes(128)
const secrets: Secret[] = [
  { name: 'cell', text },
  { name: 'number', number },
  { name: 'integer', integer },
  { name: 'prime', bytes: key },
]

const noise = (length: number) => randomBytes(length)
const planted = (needle: Buffer | string) => Buffer.concat([noise(5000), Buffer.from(needle), noise(5001)])
const found = (haystack: Buffer) => new Set(findLeaks(haystack, secrets).map(({ name }) => name))

const double = (order: 'LE' | 'BE') => {
  const bytes = Buffer.alloc(8)
  bytes[`writeDouble${order}`](number)
  return bytes
}
const wide = Buffer.from(text, 'utf16le')
const big = Buffer.from('0b29430a256d21', 'hex')

for (const [what, name, bytes] of [
  ['UTF-8', 'cell', text],
  ['UTF-16 LE', 'cell', wide],
  ['UTF-16 BE', 'cell', Buffer.from(wide).swap16()],
  ['hexadecimal', 'cell', Buffer.from(text).toString('hex')],
  ['capital hexadecimal', 'cell', Buffer.from(text).toString('hex').toUpperCase()],
  ['base64', 'cell', Buffer.from(text).toString('base64')],
  ['base64 one byte on', 'cell', Buffer.from(`x${text} and more`).toString('base64')],
  ['base64 two bytes on', 'cell', Buffer.from(`xy${text} and more`).toString('base64')],
  ['base64url', 'cell', Buffer.from(`??>${text}`).toString('base64url')],
  ['float64 LE', 'number', double('LE')],
  ['float64 BE', 'number', double('BE')],
  ['base64 of float64', 'number', double('LE').toString('base64')],
  ['integer bytes BE', 'integer', big],
  ['integer bytes LE', 'integer', Buffer.from(big).reverse()],
  ['a wider integer', 'integer', Buffer.concat([Buffer.alloc(9), big])],
  ['key bytes', 'prime', key],
  ['key bytes reversed', 'prime', Buffer.from(key).reverse()],
  ['key hexadecimal', 'prime', key.toString('hex')],
  ['key base64url', 'prime', key.toString('base64url')],
  ['half of a key', 'prime', key.subarray(0, 64)],
  ['key in decimal', 'prime', BigInt(`0x${key.toString('hex')}`).toString()],
] as const) {
  test(`a planted ${what} is found`, () => {
    expect(found(planted(bytes))).toEqual(new Set([name]))
  })
}

test('nothing is found in noise', () => {
  expect(findLeaks(noise(2_000_000), secrets)).toEqual([])
})

test('a secret that chance could hold is not accepted', () => {
  expect(() => needlesOf({ name: 'short', text: '12.5' })).toThrow('too short')
})
