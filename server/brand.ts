import * as z from 'zod/mini'
import { https, mail, text, type Vendor, visible } from './vendor.ts'

/** What an operator's file says of who answers. */

/** What looks like an address is meant as one: as a text it would lead nowhere. */
const isAddress = (said: string): boolean => /^[a-z][a-z0-9+.-]*:\S+$/i.test(said)
const leads = z.refine<string>((url) => URL.canParse(url))
const brandFile = z.strictObject({
  name: visible(100),
  terms: z.optional(z.union([https.check(leads), text.check(z.refine((said) => !isAddress(said)))])),
  contact: z.optional(z.union([https, mail]).check(leads)),
})

/** What an operator's file says: `name`, `terms` (an https address or a text) and `contact` (https or mailto). Null for anything else. */
export function readVendor(json: unknown): Vendor | null {
  const { success, data } = z.safeParse(brandFile, json)
  if (!success) return null
  const { name, terms, contact } = data
  const said = terms === undefined ? {} : { terms: isAddress(terms) ? { url: terms } : { text: terms } }
  return { name, ...said, ...(contact !== undefined && { contact }) }
}

/** The member for which {@link readVendor} has null: one that is wrong, not there, or not known; null where there is none to name. */
export function wrongMember(json: unknown): string | null {
  const [issue] = z.safeParse(brandFile, json).error?.issues ?? []
  if (issue?.code === 'unrecognized_keys') return issue.keys[0] ?? null
  return issue?.path[0] === undefined ? null : String(issue.path[0])
}
