import { readFile } from 'node:fs/promises'
import { readVendor, wrongMember } from '../server/brand.ts'
import type { Vendor } from '../server/vendor.ts'
import { fromThere, UsageError } from './command.ts'

/** What an operator's file says of who answers. Throws {@link UsageError} for a file that says it otherwise. */
export async function readBrand(named: string): Promise<Vendor> {
  const text = await readFile(fromThere(named), 'utf8').catch(() => {
    throw new UsageError(`--brand ${named} cannot be read.`)
  })
  // What Windows' editor puts before a text is no part of it.
  const json = parsed(text.replace(/^\uFEFF/, ''))
  const vendor = readVendor(json)
  if (vendor === null) throw new UsageError(`--brand ${named}: ${wrong(wrongMember(json))}`)
  return vendor
}

const members: ReadonlyMap<string, string> = new Map([
  ['name', 'there, with 1 to 100 characters that can be seen'],
  ['terms', 'an address that begins with https://, or a text of at most 20,000 characters'],
  ['contact', 'an address that begins with https:// or mailto:'],
])

function wrong(member: string | null): string {
  if (member === null) return 'it has to be JSON, with "name" and, if wanted, "terms" and "contact".'
  const wanted = members.get(member)
  return wanted ? `"${member}" has to be ${wanted}.` : `"${member}" is none of "name", "terms" and "contact".`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
