import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A search for what must not be anywhere, however it is written. */

export interface Secret {
  readonly name: string
  readonly bytes: Uint8Array
}

export const secretText = (name: string, text: string): Secret => ({ name, bytes: Buffer.from(text) })

/** A number as programs hold it, beside its text: in 64 bits, of either order. */
export function secretNumber(name: string, text: string): Secret[] {
  const double = Buffer.alloc(8)
  double.writeDoubleLE(Number(text))
  const little = { name: `${name} in 64 bits`, bytes: Uint8Array.from(double) }
  return [
    secretText(name, text),
    little,
    { name: `${little.name}, big end first`, bytes: Uint8Array.from(double.reverse()) },
  ]
}

/** How these bytes may be written: as they are, in hexadecimal digits, in base64 wherever they begin in it, in UTF-16. */
export function spellingsOf(bytes: Uint8Array): Buffer[] {
  const own = Buffer.from(bytes)
  const hex = own.toString('hex')
  const digits = [0, 1, 2].flatMap((before) => {
    // Of what stands before and after nothing is known: digits that depend on it are left out.
    const text = Buffer.concat([Buffer.alloc(before), own])
      .toString('base64')
      .replace(/=+$/, '')
    const inner = text.slice(Math.ceil((8 * before) / 6), Math.floor((8 * (before + own.length)) / 6))
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const spelled = [own, ...[hex, hex.toUpperCase(), ...digits].map((text) => Buffer.from(text))]
  const wide = Buffer.from(own.toString('latin1'), 'utf16le')
  return [...new Map([...spelled, wide].map((each) => [each.toString('latin1'), each])).values()]
}

/** The secrets that are found in what is there, and where. */
export function foundIn(places: ReadonlyMap<string, Uint8Array>, secrets: readonly Secret[]): string[] {
  const spelled = secrets.map(({ name, bytes }) => ({ name, spellings: spellingsOf(bytes) }))
  return [...places].flatMap(([place, bytes]) => {
    const there = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    return spelled
      .filter(({ spellings }) => spellings.some((spelling) => there.includes(spelling)))
      .map(({ name }) => `${name} in ${place}`)
  })
}

/** The files below a folder, by name. One that went meanwhile is none. */
export function filesBelow(folder: string): Map<string, Uint8Array> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  const isFile = (file: string) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false
  return new Map(names.filter(isFile).map((file) => [file, readFileSync(file)]))
}
