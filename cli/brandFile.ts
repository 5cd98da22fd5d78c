import { readFile } from 'node:fs/promises'
import { readVendor, type Vendor } from '../server/vendor.ts'
import { fromThere, UsageError } from './command.ts'

/** What an operator's file says of who answers. Throws {@link UsageError} for a file that says it otherwise. */
export async function readBrand(named: string): Promise<Vendor> {
  const text = await readFile(fromThere(named), 'utf8').catch(() => {
    throw new UsageError(`--brand ${named} cannot be read.`)
  })
  const vendor = readVendor(parsed(text))
  if (vendor === null) {
    throw new UsageError(
      `${named} has to be JSON with a "name" and, if wanted, "terms" (an https address or a text) and "contact" (an https or mailto address), and nothing else.`,
    )
  }
  return vendor
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
