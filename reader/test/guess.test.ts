import { describe, expect, it } from 'vitest'
import type { Encoding } from '../encodings.ts'
import { guessEncoding } from '../guess.ts'
import { inspect } from '../inspect.ts'
import { tables } from './encodedTables.ts'
import { fileOf } from './files.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const named = Object.keys(tables) as Encoding[]

describe('the encoding of a file that is not UTF-8 is guessed from its letters', () => {
  it.each(named)('%s, from a few lines', async (encoding) => {
    const [bytes, text = ''] = tables[encoding] ?? []
    const file = fileOf(Buffer.from(bytes ?? '', 'base64'))
    const guess = await guessEncoding(file)
    const [first] = guess?.readings ?? []
    // Another encoding that makes the same text of it is as right.
    const { header, rows } = await inspect(file, { encoding: first?.encoding ?? 'utf-8' })
    expect([header, ...rows].map((row) => row.join(',')).join('\n')).toBe(text.trimEnd())
    expect(text).toContain(first?.line)
  })

  it('shows one line of the file as each likely encoding reads it', async () => {
    const guess = await guessEncoding(fileOf('id,name\n1,Smith\n', latin1('2,M\xfcller\n')))
    expect(guess?.certain).toBe(true)
    expect(guess?.readings[0]).toEqual({ encoding: 'windows-1252', line: '2,Müller' })
    expect(guess?.readings).toContainEqual({ encoding: 'windows-1251', line: '2,Mьller' })
    expect(new Set(guess?.readings.map(({ line }) => line)).size).toBe(guess?.readings.length)
  })

  it('is not certain where other letters are nearly as likely', async () => {
    // "Grün" of a DOS code page that no browser reads: whatever is said of it is no more than a guess.
    expect((await guessEncoding(fileOf('name\n', latin1('Gr\x81n\n'))))?.certain).toBe(false)
    // Many such names: they read as Macintosh's letters, which are as wrong.
    const dos = 'M\x81ller\nSchr\x94der\nGr\x94\xe1er\nStra\xe1e\nJ\x84ger\n\x99lm\x81hle\n\x8epfel\n'
    expect((await guessEncoding(fileOf('name\n', latin1(dos))))?.certain).toBe(false)
    expect((await guessEncoding(fileOf('nom\n', latin1('H\x82l\x8ane\nFran\x87ois\nc\x93t\x82\n'))))?.certain).toBe(
      false,
    )
    const polish = 'imi\xa9\n\x9dukasz\nZi\xa2\x88kowski\nW\xa5grzyn\nG\xa2\xabd\xab\n'
    expect((await guessEncoding(fileOf(latin1(polish))))?.certain).toBe(false)
    // One sign, a degree or something else.
    expect((await guessEncoding(fileOf('at\n', latin1('5 \xb0C\n'))))?.certain).toBe(false)
  })

  it('finds the letters wherever they stand', async () => {
    const rows = 'x'.repeat(2047).concat('\n').repeat(1024)
    const guess = await guessEncoding(fileOf(rows, latin1('J\xf3zsef \xd5sz F\xfbz\xf5\n'), rows))
    expect(guess?.readings[0]).toEqual({ encoding: 'windows-1250', line: 'József Ősz Fűző' })
  })

  it('says nothing of UTF-8, whole or damaged, and of what is plain ASCII', async () => {
    const whole = 'name\nMüller\nŁódź\nИванов\n'
    expect(await guessEncoding(fileOf(whole))).toBeNull()
    expect(await guessEncoding(fileOf(whole, latin1('M\xfcller\n')))).toBeNull()
    expect(await guessEncoding(fileOf('name\nMuller\n'))).toBeNull()
  })
})
