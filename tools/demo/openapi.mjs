// The server in the page has no /openapi.json that anybody could ask for: what would write it, zod's JSON Schema and all,
// is half of the server's worker.
const passOn = (/** @type {unknown} */ _, /** @type {() => Promise<void>} */ next) => next()
export const describeRoute = () => passOn
export const resolver = () => ({})
export const problems = () => ({})
export const describeApi = async () => ({ openapi: '3.1.0', info: { title: 'Blindscore', version: '1' }, paths: {} })
