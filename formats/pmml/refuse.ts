import { type ErrorCode, makeError } from '../../core/errors.ts'
import type { FactsOf } from '../faults.ts'
import type { ElementFaults } from './faults.ts'

/** Refuses a file at an element: every fault holds its line and its name. */
export function refuseAt<F extends keyof ElementFaults & string>(
  code: ErrorCode,
  element: { readonly name: string; readonly line: number },
  fault: F,
  ...[facts]: FactsOf<ElementFaults[F]>
): never {
  const { line } = element
  throw makeError(code, fault, { line, element: clip(element.name), ...facts }, { line })
}

/** A name of the file as a sentence may show it. */
export function clip(name: string): string {
  return name.length > 80 ? `${name.slice(0, 79)}…` : name
}
