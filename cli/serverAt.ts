import { ScoringServer } from '../client/server.ts'

/** The scoring server at an address, asked with the API key of the environment, where there is one: never with one that was typed. */
export function serverAt(url: string): ScoringServer {
  const apiKey = process.env.BLINDSCORE_API_KEY
  return new ScoringServer(url, apiKey ? { apiKey } : {})
}
