import { ScoringServer } from '../client/server.ts'
import { UsageError } from './command.ts'

/** The scoring server at an address, asked with the API key of the environment, where there is one: never with one that was typed. */
export function serverAt(url: string): ScoringServer {
  const apiKey = process.env.BLINDSCORE_API_KEY
  return new ScoringServer(url, apiKey ? { apiKey } : {})
}

export const serverOption = {
  type: 'string',
  value: 'URL',
  about: 'the scoring server; where it asks for an API key, that is taken from $BLINDSCORE_API_KEY',
} as const

/** Throws {@link UsageError} for what is no server's address. */
export function serverOf(text: string | undefined): string {
  if (text === undefined) throw new UsageError('--server is needed.')
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UsageError('--server takes an address such as http://127.0.0.1:8787/.')
  }
  return text
}
