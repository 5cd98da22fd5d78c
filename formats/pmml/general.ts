import { requiredText } from './attributes.ts'
import { clip, refuseAt } from './refuse.ts'
import type { XmlElement } from './xml.ts'

/** What every model element says. */
export function functionName(model: XmlElement): 'regression' | 'classification' {
  const name = requiredText(model, 'functionName')
  if (name === 'regression' || name === 'classification') return name
  return refuseAt('model/unsupported', model, 'functionName', { name: clip(name) })
}
