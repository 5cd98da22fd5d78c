// What outcomes elsewhere cost: records sealed, checked, answered for and opened, on one thread each:
//
//   node tools/prepare.mjs && node bench/studies/elsewhere.mjs [RECORDS] [KEY_BITS]
//
// The sample's records, again and again; its study has 22 coefficients. Processor time is this process's own; wall has in it what else
// the machine does. The sums that are opened must be those in the clear, or it fails.
import { deepStrictEqual } from 'node:assert'
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { readStudyRows } from '../../dist/cli/studyRows.js'
import { platform } from '../../dist/client/owner/platform.js'
import { generateSecret, publicKeyOf } from '../../dist/client/owner/secret.js'
import { parameterSet } from '../../dist/core/protocol/schemes.js'
import { enableRelaxedSimd } from '../../dist/kernel/node.js'
import { ownerArithmetic } from '../../dist/kernel/ownerEngines.js'
import { productOr } from '../../dist/kernel/products.js'
import { publicArithmetic } from '../../dist/kernel/scoringEngines.js'
import { crossProducts } from '../../dist/stats/exactSums.js'
import { multiplied } from '../../dist/study/answer.js'
import { checkedFile } from '../../dist/study/answering.js'
import { designOf } from '../../dist/study/design.js'
import { fitElsewhere } from '../../dist/study/elsewhere.js'
import { studyDigest } from '../../dist/study/keyLabel.js'
import { sealedLayout } from '../../dist/study/layout.js'
import { openSums } from '../../dist/study/owner/open.js'
import { maximaOf } from '../../dist/study/owner/opening.js'
import { sealRows } from '../../dist/study/owner/seal.js'
import { productByIntegers } from '../../dist/study/product.js'
import { writeSealed } from '../../dist/study/sealedFile.js'
import { parseStudy } from '../../dist/study/studyFile.js'

const [records = 100_000, bits = 3072] = process.argv.slice(2).map(Number)
const root = fileURLToPath(new URL('../..', import.meta.url))
const { sha256, random } = platform
const ofStudies = { ...platform, sha256: studyDigest(sha256) }

/** @template T @param {string} what @param {() => T | Promise<T>} work @returns {Promise<T>} */
async function timed(what, work) {
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  const made = await work()
  const { user, system } = process.cpuUsage(cpu)
  const [wall, own] = [(performance.now() - from) / 1000, (user + system) / 1e6]
  console.log(`${what.padEnd(44)} ${own.toFixed(2).padStart(9)} s processor ${wall.toFixed(2).padStart(9)} s wall`)
  return made
}

console.log(
  `${records} records, ${bits} bits, Node ${process.version}, load ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`,
)
enableRelaxedSimd()
const study = parseStudy(readFileSync(`${root}/study/test/fixtures/credit.study.json`, 'utf8'))
const design = await designOf(study, 'both', sha256)
const sample = await readStudyRows(new Blob([readFileSync(`${root}/public/samples/credit.csv`)]), design, () => {})
const again = (/** @type {Float64Array} */ values) =>
  Float64Array.from({ length: records }, (_, i) => /** @type {number} */ (values[i % values.length]))
const columns = [new Float64Array(records).fill(1), ...sample.columns.map(again)]
const outcomes = again(sample.outcomes)
const rows = Uint32Array.from({ length: records }, (_, i) => i + 1)
const maxima = maximaOf(design)

const set = parameterSet(`paillier-${bits}`)
const secret = await generateSecret(set, ofStudies)
const { bytes: publicKey, proof } = await publicKeyOf(secret, ofStudies)
const half = secret.bytes.length / 2
const key = ownerArithmetic().privateKey(secret.bytes.subarray(0, half), secret.bytes.subarray(half))
await timed('the owner’s table, once', () => key.useTable(key.makeTable(random)))
const layout = sealedLayout(study, maxima, records, set.bits)
const ciphertexts = await timed('sealed', () => sealRows(key, layout, columns, random))
const about = { study, set: set.id, maxima, rows, ciphertexts }
const file = writeSealed({ ...about, publicKey: new Uint8Array(publicKey), proof: new Uint8Array(proof) })
console.log(
  `the file: ${file.length} bytes, ${(file.length / records).toFixed(1)} a record; ${columns.length} coefficients, ${layout.bits} bits`,
)
const checked = await timed('read and checked', () => checkedFile(file, publicArithmetic(), sha256))
const weightedProduct = productOr(productByIntegers)
const answer = await timed('multiplied by outcomes of 0 and 1', () =>
  multiplied(checked.sealed, checked, outcomes, { exact: false, random, weightedProduct }),
)
const wide = outcomes.map((y, i) => y * 2 ** 19 + (i % 1000))
await timed('multiplied by 20-bit outcomes', () =>
  multiplied(checked.sealed, checked, wide, { exact: false, random, weightedProduct }),
)
const sums = await timed('opened', () => openSums(key, layout, columns, 1, answer))
deepStrictEqual(sums, crossProducts(columns, outcomes))
await timed('fitted', () => fitElsewhere(study, design, columns, { sums, turned: 0, squares: null }))
console.log(
  `the answer: ${answer.length} bytes of ciphertexts; load ${loadavg()
    .map((each) => each.toFixed(1))
    .join(' ')}`,
)
