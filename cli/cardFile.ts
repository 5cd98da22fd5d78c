import { readFile } from 'node:fs/promises'
import { readCard } from '../client/card.ts'
import type { Card } from '../core/card/card.ts'
import { fail } from '../model/faults.ts'
import { fromThere, UsageError } from './command.ts'
import { serverAt } from './serverAt.ts'

/** A card from a file, or from where a server has it. Throws `model/invalid` for a file that holds none. */
export async function openCard(named: string): Promise<Card> {
  if (/^https?:\/\//.test(named)) {
    const [server, id, ...more] = named.split('/v1/models/')
    if (!server || !id || more.length > 0) throw new UsageError('A card’s address is http://…/v1/models/ID.')
    return serverAt(server).card(decodeURIComponent(id))
  }
  const text = await readFile(fromThere(named), 'utf8')
  return readCard(cardIn(text))
}

/** Whether it is a card that this version understands is then for its reader to say. Throws `model/invalid` for what is none at all. */
function cardIn(text: string): unknown {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    fail('model/invalid', 'notACard', { isModel: false })
  }
  const format = String((json as { readonly format?: unknown } | null)?.format)
  if (!format.startsWith('blindscore-card/'))
    fail('model/invalid', 'notACard', { isModel: format.startsWith('blindscore-model/') })
  return json
}
