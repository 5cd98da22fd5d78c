import { fail } from '../../faults.ts'
import type { Layout, ModelShape, ParameterSet, Scheme } from '../scheme.ts'
import { seedBytes } from './arithmetic.ts'
import { residuesFit } from './fields.ts'
import {
  coefficientsFor,
  type Degree,
  degrees,
  fieldBytes,
  hiddenRecords,
  mostRecords,
  type Parameters,
  parametersFor,
  weightBitsOf,
} from './parameters.ts'

/**
 * Ring learning with errors, K records to a coefficient. A parameter set follows from a model's card, and a key serves one
 * set: it is made for a run, in milliseconds.
 *
 * A request is its seed, 32 bytes, and one polynomial per input: n fields of each prime. An answer is that seed again, and
 * per head A and B: `degree` and n fields of each kept prime.
 */
export interface LatticeScheme extends Scheme {
  /** The parameters that a set's id names. Throws `key/size` for one that there is not. */
  parametersOf(set: ParameterSet): Parameters
}

export const lattice: LatticeScheme = latticeScheme('lattice', degrees)

/** The scheme at these degrees; tests take smaller ones. */
export function latticeScheme(
  name: string,
  degrees: readonly number[],
  parametersAt: (degree: number, slotBits: number, weightBits: number) => Parameters | null = (degree, ...bits) =>
    parametersFor(degree as Degree, ...bits),
): LatticeScheme {
  const known = new Map<string, Parameters | null>()
  const parameters = (degree: number, slotBits: number, weightBits: number): Parameters | null => {
    const key = `${degree}-${slotBits}-${weightBits}`
    const found = known.get(key) ?? (known.has(key) ? null : parametersAt(degree, slotBits, weightBits))
    known.set(key, found)
    return found
  }
  const parsed = (id: string): Parameters | null => {
    const [, own, degree, slotBits, weightBits] = /^([a-z-]+)-(\d{1,5})-(\d{1,4})-(\d{1,4})$/.exec(id) ?? []
    if (own !== name || !degrees.includes(Number(degree)) || Number(weightBits) >= Number(slotBits)) return null
    const found = parameters(Number(degree), Number(slotBits), Number(weightBits))
    // One spelling for each.
    return found && setOf(found).id === id ? found : null
  }
  const setOf = ({ degree, slotBits, weightBits }: Parameters): ParameterSet => ({
    id: `${name}-${degree}-${slotBits}-${weightBits}`,
    scheme: name,
    bits: degree,
  })
  const parametersOf = ({ id }: ParameterSet): Parameters => parsed(id) ?? fail('key/size', 'noSuchKeySize')
  return {
    name,
    parametersOf,
    parameterSets: [],
    scoresWithItems: false,
    parameterSet: (id) => {
      const found = parsed(id)
      return found && setOf(found)
    },
    setsFor: (model) =>
      degrees.flatMap((degree) => {
        const found = parameters(degree, model.slotBits, weightBitsOf(model))
        return found ? [setOf(found)] : []
      }),
    layout: (set, model) => latticeLayout(parametersOf(set), model),
    publicKeyBytes: (set) => keyBytesOf(parametersOf(set)),
    mostAnsweredSlots: hiddenRecords,
    keyPerRun: true,
    roundsScores: true,
    keyCheckSteps: 1,
    keyCheckWork: (set) => fieldWork * fieldsOf(parametersOf(set), parametersOf(set).degree),
  }
}

/** Whether a public key is the seed of a_0 and residues: nothing else of it can be seen, and nothing more is relied on. */
export function checkLatticeKey(parameters: Parameters, publicKey: Uint8Array, proof: Uint8Array): void {
  const { degree, kept, dropped } = parameters
  const primes = [...kept, ...dropped]
  if (publicKey.length !== keyBytesOf(parameters)) fail('key/size', 'noSuchKeySize')
  if (proof.length !== 0) fail('key/proof', 'proofSize', { roots: 0, bytes: 0 })
  if (!residuesFit(primes, degree, publicKey.subarray(seedBytes))) fail('key/invalid', 'keyFields')
}

const keyBytesOf = ({ kept, dropped, degree }: Parameters): number =>
  seedBytes + fieldBytes([...kept, ...dropped], degree)

/** Work by field, in the units of a layout: of a field that is read, and of a value that is expanded from a seed and weighed. */
const fieldWork = 2e-5
const valueWork = 8e-5
/** Of a field that a message is put into, and of one that a message is read from. */
const messageWork = 1e-4
const openedWork = 4e-4

const fieldsOf = ({ kept, dropped }: Parameters, coefficients: number): number =>
  (kept.length + dropped.length) * coefficients

/** Null for a model of another width, or whose weights may be larger than the set hides. */
function latticeLayout(parameters: Parameters, model: ModelShape): Layout | null {
  const { slots, slotBits, weightBits, degree, kept, dropped } = parameters
  if (model.slotBits !== slotBits || weightBitsOf(model) > weightBits) return null
  const primes = [...kept, ...dropped]
  const polynomial = (records: number): number => fieldBytes(primes, coefficientsFor(parameters, records))
  const head = (records: number): number =>
    fieldBytes(kept, degree) + fieldBytes(kept, coefficientsFor(parameters, records))
  return {
    slots,
    blockRecords: slots,
    // All records of an input lie in one polynomial.
    apart: false,
    mostRecords: mostRecords(parameters),
    plaintextBytes: Math.ceil((slotBits * slots) / 8),
    prefixBytes: seedBytes,
    requestCiphertexts: () => model.inputs.length,
    answerCiphertexts: () => model.heads.length,
    requestBytes: (records) => seedBytes + model.inputs.length * polynomial(records),
    answerBytes: (records) => seedBytes + model.heads.length * head(records),
    // Which coefficient a block has is the key's secret.
    ciphertextAt: (records, _, input) => ({
      offset: seedBytes + input * polynomial(records),
      bytes: polynomial(records),
    }),
    answeredSlots: (records) => coefficientsFor(parameters, records) * slots,
    sealingWork: (records) => {
      const sent = fieldsOf(parameters, coefficientsFor(parameters, records))
      return model.inputs.length * (valueWork * fieldsOf(parameters, degree) + messageWork * sent)
    },
    openingWork: (records) =>
      model.heads.length * kept.length * (valueWork * degree + openedWork * coefficientsFor(parameters, records)),
    checkingWork: (records) =>
      fieldWork * model.inputs.length * fieldsOf(parameters, coefficientsFor(parameters, records)),
    scoringWork: (records) => {
      const [whole, sent] = [fieldsOf(parameters, degree), fieldsOf(parameters, coefficientsFor(parameters, records))]
      const ofInputs = model.inputs.length * (valueWork * whole + fieldWork * (whole + sent) * model.heads.length)
      // A head's mask is as much work as several inputs.
      return ofInputs + 4 * valueWork * whole * model.heads.length
    },
    sealingItems: () => 0,
    scoringItems: () => 0,
  }
}
