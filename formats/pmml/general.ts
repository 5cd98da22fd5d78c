import { clip, refuseAt, type XmlElement } from '../xml.ts'
import { requiredText } from './attributes.ts'

/** What every model element says. */
export function functionName(model: XmlElement): 'regression' | 'classification' {
  const name = requiredText(model, 'functionName')
  if (name === 'regression' || name === 'classification') return name
  return refuseAt(
    'model/unsupported',
    model,
    `functionName="${clip(name)}" cannot be scored; it can be regression or classification.`,
  )
}
