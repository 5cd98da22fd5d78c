import { readFile } from 'node:fs/promises'
import { readCard } from '../client/card.ts'
import { fail } from '../client/faults.ts'
import type { Card } from '../core/card/card.ts'
import { fromThere, UsageError } from './command.ts'
import { serverAt } from './serverAt.ts'

/** A card from a file, or from where a server has it. */
export async function openCard(named: string): Promise<Card> {
  if (/^https?:\/\//.test(named)) {
    const [server, id, ...more] = named.split('/v1/models/')
    if (!server || !id || more.length > 0) throw new UsageError('A card’s address is http://…/v1/models/ID.')
    return serverAt(server).card(decodeURIComponent(id))
  }
  const text = await readFile(fromThere(named), 'utf8')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return fail('run/out-of-date', 'answerNotUnderstood')
  }
  return readCard(json)
}
