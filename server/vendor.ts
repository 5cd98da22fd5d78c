import * as z from 'zod/mini'

/** Who answers, for a person to read: the operator's own words. */

export const visible = (most: number) => z.string().check(z.regex(new RegExp(`^[^\\p{C}]{1,${most}}$`, 'u')))
export const https = z.string().check(z.regex(/^https:\/\/[^\s\p{C}"<>\\]{1,500}$/u))
export const mail = z.string().check(z.regex(/^mailto:[^\s\p{C}"<>\\]{3,200}$/u))
export const text = z.string().check(z.minLength(1), z.maxLength(20_000))

export const vendor = z.strictObject({
  name: visible(100),
  /** Where they are, or what they say. */
  terms: z.optional(z.union([z.strictObject({ url: https }), z.strictObject({ text })])),
  contact: z.optional(z.union([https, mail])),
})
export type Vendor = z.infer<typeof vendor>
