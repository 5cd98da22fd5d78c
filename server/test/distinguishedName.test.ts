import { expect, test } from 'vitest'
import { readDistinguishedName } from '../access/distinguishedName.ts'

/** What a certificate's subject says, however a proxy writes it. */

test.each([
  ['letters that nginx escapes and Caddy does not', 'CN=J\\C3\\BCrgen Gro\\C3\\9F,C=AT', 'CN=Jürgen Groß,C=AT'],
  ['a separator that is escaped in two ways', 'CN=a\\,b\\+c\\"d', 'CN=a\\2Cb\\2bc\\22d'],
  ['spaces at the ends', 'CN=\\ a\\ ,C=AT', 'CN=\\20a\\20,C=AT'],
  ['a backslash before a space', 'CN=a\\\\\\ ', 'CN=a\\5C\\20'],
  ['types in small letters', 'cn=a,serialNumber=1', 'CN=a,SERIALNUMBER=1'],
  ['a part of two, whose order is none', 'CN=a+UID=b,C=AT', 'UID=b+CN=a,C=AT'],
  ['DER in small letters', '1.2.3=#0C0161', '1.2.3=#0c0161'],
])('is the same: %s', (_, one, other) => {
  expect(readDistinguishedName(one)).toEqual(expect.any(String))
  expect(readDistinguishedName(one)).toBe(readDistinguishedName(other))
})

test('is another wherever it says something else', () => {
  const all = [
    ...['CN=a,O=b', 'O=b,CN=a', 'CN=a+O=b', 'CN=a\\,O=b', 'CN=a\\+O=b', 'CN=A,O=b', 'CN=a', 'CN=a,O=', 'CN=a,O=b,O=b'],
    ...[
      'CN=',
      'CN=#61',
      'CN=\\#61',
      'CN=\\61',
      'CN=\\\\61',
      'CN=\\=\\#61',
      'CN=a\\ ',
      'CN=\\ a',
      'CN=a"'.replace('"', '\\"'),
    ],
    ...[
      '1.2=a',
      '12=a',
      'CN=\\22\\,\\22',
      'CN="\\,"'.replaceAll('"', '\\"').replace('\\,', '\\;'),
      'CN=ü',
      'CN=u\u0308',
    ],
  ]
  const read = all.map(readDistinguishedName)
  // `CN=\61` is `CN=a`.
  expect(read[all.indexOf('CN=\\61')]).toBe(read[all.indexOf('CN=a')])
  expect(read).not.toContain(null)
  expect(new Set(read).size).toBe(all.length - 1)
})

test.each([
  ...[
    '',
    'abc',
    '=a',
    'CN',
    'CN=a,',
    ',CN=a',
    'CN=a,,O=b',
    'CN=a+',
    'CN=a;O=b',
    'CN=a<b',
    'CN="a"',
    'CN=a\\',
    'CN=a\\g',
  ],
  ...[
    'CN=#',
    'CN=#0',
    'CN=#0g',
    'CN=\\C3',
    'CN=\\FF',
    'C = AT, CN = abc',
    'CN=a, O=b',
    'CN=a ,O=b',
    'CN=a\\\\ ',
    'CN=\ud800',
  ],
  ...['/C=AT/CN=abc', '1.=a', '.1=a', 'C N=a'],
])('is none: %s', (text) => {
  expect(readDistinguishedName(text)).toBeNull()
})

test('may have as many escapes as a subject is long', () => {
  expect(readDistinguishedName(`CN=${'\\\\'.repeat(990)}"`)).toBeNull()
  expect(readDistinguishedName(`CN=${'\\C3\\BC'.repeat(330)}`)).toBe(readDistinguishedName(`CN=${'ü'.repeat(330)}`))
})
