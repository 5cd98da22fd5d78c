import * as z from 'zod/mini'

/** Who answers, for a person to read: the operator's own words. */

const visible = (most: number) => z.string().check(z.regex(new RegExp(`^[^\\p{C}]{1,${most}}$`, 'u')))
const https = z.string().check(z.regex(/^https:\/\/[^\s\p{C}"<>\\]{1,500}$/u))
const mail = z.string().check(z.regex(/^mailto:[^\s\p{C}"<>\\]{3,200}$/u))
const text = z.string().check(z.minLength(1), z.maxLength(20_000))

export const vendor = z.strictObject({
  name: visible(100),
  /** Where they are, or what they say. */
  terms: z.optional(z.union([z.strictObject({ url: https }), z.strictObject({ text })])),
  contact: z.optional(z.union([https, mail])),
})
export type Vendor = z.infer<typeof vendor>

const brandFile = z.strictObject({
  name: visible(100),
  terms: z.optional(text),
  contact: z.optional(z.union([https, mail])),
})

/** What an operator's file says: `name`, `terms` (an https address or a text) and `contact` (https or mailto). Null for anything else. */
export function readVendor(json: unknown): Vendor | null {
  const { success, data } = z.safeParse(brandFile, json)
  if (!success) return null
  const { name, terms, contact } = data
  if (
    [terms?.startsWith('https://') ? terms : undefined, contact].some((url) => url !== undefined && !URL.canParse(url))
  )
    return null
  const said =
    terms === undefined ? {} : { terms: z.safeParse(https, terms).success ? { url: terms } : { text: terms } }
  return { name, ...said, ...(contact !== undefined && { contact }) }
}
