import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { OwnerEngine } from '../../core/private/owner.ts'
import type { PrivateKey } from '../../core/private/paillier/privateKey.ts'
import type { ScoringEngine, ScoringKey } from '../../core/protocol/scheme.ts'
import { parameterSet } from '../../core/protocol/schemes.ts'
import { readModel } from '../../formats/read.ts'
import { enableRelaxedSimd } from '../../kernel/node.ts'
import { ownerEngines } from '../../kernel/ownerEngines.ts'
import { scoringEngines } from '../../kernel/scoringEngines.ts'
import { reviewModel } from '../../model/verdict.ts'
import { sha256 } from '../../platform/digest.ts'
import { readPheKey, secretBytes } from '../phe/private/privateKey.ts'
import { bytesOfModulus } from '../phe/publicKey.ts'

/** What the tests of python-paillier's formats share: its own files, its key, engines, and other implementations. */

enableRelaxedSimd()

export const fixturePath = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))
export const fixture = (name: string): string => readFileSync(fixturePath(name), 'utf8')

/** python-paillier's own key, of 2048 bits. */
export const pheKey: PrivateKey = readPheKey(fixture('private.jwk'))

const paillierOf = <E>(engines: readonly E[], name: (engine: E) => string): E =>
  engines.find((engine) => name(engine) === 'paillier') as E

export function scoringKey(n: bigint = pheKey.n, engine?: ScoringEngine): ScoringKey {
  const bytes = bytesOfModulus(n)
  const used = engine ?? paillierOf(scoringEngines().engines, ({ scheme }) => scheme.name)
  return used.key(parameterSet(`paillier-${8 * bytes.length}`), bytes)
}

export function ownerKey(key: PrivateKey = pheKey) {
  const engine: OwnerEngine = paillierOf(ownerEngines().engines, ({ owner }) => owner.scheme.name)
  return engine.key(parameterSet(`paillier-${key.bits}`), secretBytes(key))
}

export async function servedModel(path: string) {
  const file = new URL(`../../${path}`, import.meta.url)
  return reviewModel(readModel(path.split('/').at(-1) as string, readFileSync(file)).file, sha256)
}

/** A Python program, for what it prints. */
export type Python = (verb: 'open' | 'seal', words: readonly string[], input?: string) => unknown

/** Another implementation, or null where this machine cannot run it: it needs Python, and python-paillier itself besides. */
function python(script: string, needs: string): Python | null {
  const found = ['python3', '/usr/bin/python3'].find((program) => {
    try {
      execFileSync(program, ['-c', `import ${needs}`], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  })
  if (found === undefined) return null
  const path = fileURLToPath(new URL(`python/${script}`, import.meta.url))
  return (verb, words, input = '') =>
    JSON.parse(execFileSync(found, [path, verb, ...words], { input, encoding: 'utf8' }))
}

/** By name: a second implementation on plain integers, and python-paillier itself. */
export const others: readonly (readonly [string, Python | null])[] = [
  ['a second implementation', python('second.py', 'fractions')],
  ['python-paillier', python('paillier.py', 'phe.paillier')],
]
