/** What stands for the titles of problems, which the page says in words of its own: their codes. */
export const titles = /** @type {Readonly<Record<string, string>>} */ (
  new Proxy({}, { get: (_, code) => String(code) })
)
export const failedTitle = 'failed'
export const failedDetail = 'failed'
