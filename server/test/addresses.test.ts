import { isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isIPv4, isIPv6 } from '../http/addresses.ts'

/** On any platform as Node has it. */

const kindOf = (text: string): number => (isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0)

test.each([
  '127.0.0.1',
  '127.0.0.01',
  '127.0.0.256',
  '127.0.0',
  '1.2.3.4.5',
  '127.1',
  '0x7f.0.0.1',
  '::',
  '::1',
  '::ffff:192.0.2.1',
  '2001:db8::1',
  '2001:db8:0:0:0:0:0:1',
  '2001:db8:0:0:0:0:0:0:1',
  '1::2::3',
  'fe80::1%eth0',
  'fe80::1%',
  '12345::',
  ':',
  '',
  'localhost',
  'a:b]/',
  '::1]@[::2',
])('%j', (text) => {
  expect(kindOf(text)).toBe(isIP(text))
})

test('addresses of both kinds, and such as are nearly ones', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended(), fc.string()), (text) => {
      expect(kindOf(text)).toBe(isIP(text))
    }),
  )
})
