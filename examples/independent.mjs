// A client in plain Node that uses nothing of this project and no package: written from core/README.md alone.
// It scores a model's own verification records, for every model whose columns it knows how to encode.
//
//   node examples/independent.mjs http://127.0.0.1:8787/ [MODEL]
import { createHash, generatePrimeSync, randomBytes } from 'node:crypto'

const server = new URL(process.argv[2] ?? 'http://127.0.0.1:8787/')
const L = 2048

/* Numbers and bytes, big-endian. */
const bytesOf = (number, length) => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex')
const numberOf = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`)
const sha256 = (...parts) =>
  createHash('sha256')
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest()
const mod = (x, m) => ((x % m) + m) % m

function power(base, exponent, modulus) {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}

function inverse(x, modulus) {
  let [a, b, s, t] = [mod(x, modulus), modulus, 1n, 0n]
  while (b > 0n) [a, b, s, t] = [b, a % b, t, s - (a / b) * t]
  return mod(s, modulus)
}

/* The key, and the proof that gcd(n, φ(n)) = 1: n-th roots of 11 challenges. */
const p = generatePrimeSync(L / 2, { bigint: true })
const q = generatePrimeSync(L / 2, { bigint: true })
const n = p * q
if (n.toString(2).length !== L) throw new Error('the primes are too small: try again')
const n2 = n * n
const phi = (p - 1n) * (q - 1n)
const nBytes = bytesOf(n, L / 8)
const fingerprint = sha256(nBytes).toString('hex')

function challenge(i) {
  const wanted = L / 8 + 16
  const blocks = Array.from({ length: Math.ceil(wanted / 32) }, (_, k) =>
    sha256('blindscore key proof 1', [i], [k], nBytes),
  )
  return numberOf(Buffer.concat(blocks).subarray(0, wanted)) % n
}

const root = inverse(n, phi)
const proof = Buffer.concat(Array.from({ length: 11 }, (_, i) => bytesOf(power(challenge(i), root, n), L / 8)))

const encrypt = (m) => ((1n + m * n) * power((numberOf(randomBytes(L / 8 + 16)) % (n - 1n)) + 1n, n, n2)) % n2
const mu = inverse(phi, n)
const decrypt = (c) => (((power(c, phi, n2) - 1n) / n) * mu) % n

/* HTTP. The same bytes are sent again where waiting helps. */
async function ask(method, path, body) {
  const text = body && JSON.stringify(body)
  for (let attempt = 0; ; attempt++) {
    const headers = { accept: 'application/json', ...(text && { 'content-type': 'application/json' }) }
    const response = await fetch(new URL(path, server), { method, headers, ...(text && { body: text }) }).catch(
      (lost) => {
        // An idle connection was closed, say.
        if (attempt === 5) throw lost
        return null
      },
    )
    if (response === null) continue
    if (response.ok) return response.json()
    const problem = await response.json()
    if (![429, 503].includes(response.status) || attempt === 5) throw new Error(`${problem.code}: ${problem.detail}`)
    await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get('retry-after') ?? 1)))
  }
}

/* Canonical JSON, for the card's hash. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/* Cells to integers. */
const missingTexts = ['', 'NA', 'N/A', '#N/A', 'NaN', 'nan', 'null', 'NULL']

/** A decimal's value as a fraction: digits and how many of them stand behind the point. */
function decimal(text) {
  const [, sign, whole = '', part = '', exponent = '0'] =
    /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text) ?? []
  if (sign === undefined || whole + part === '') throw new Error('a cell is no number')
  return { digits: BigInt(`${sign === '-' ? '-' : ''}${whole}${part}`), behind: part.length - Number(exponent) }
}

/** A decimal in steps of 10^−places, times 10^`behind` so that it is whole. */
function inSteps(text, places) {
  const { digits, behind } = decimal(text)
  const shift = places - behind
  return shift >= 0
    ? { value: digits * 10n ** BigInt(shift), unit: 1n }
    : { value: digits, unit: 10n ** BigInt(-shift) }
}

/** What an input of a number gets. */
function steps(feature, cell) {
  const { value, unit } = inSteps(cell, feature.places)
  const least = inSteps(feature.min, feature.places).value
  const most = inSteps(feature.max, feature.places).value
  if (value < least * unit || value > most * unit) {
    if (feature.outside !== 'clamp') throw new Error(`${feature.name}: a cell is out of its range`)
    return value < least * unit ? 0n : most - least
  }
  const above = value - least * unit
  if (above % unit !== 0n && feature.finer === 'refuse') throw new Error(`${feature.name}: a cell is too fine`)
  return (2n * above + unit) / (2n * unit)
}

function encode(card, record) {
  const columns = card.features.map((feature) => {
    let cell = (record[feature.name] ?? '').trim()
    const isLevel = feature.type === 'category' && feature.levels.includes(cell)
    const isMissing = missingTexts.includes(cell) || (feature.type === 'category' && feature.unknown === 'missing')
    if (!isLevel && isMissing) {
      if (feature.missing.policy !== 'impute') throw new Error(`${feature.name}: a cell is missing`)
      cell = feature.missing.value
    }
    if (feature.type === 'number') return { steps: steps(feature, cell) }
    if (feature.levels.includes(cell)) return { level: feature.levels.indexOf(cell) }
    if (feature.unknown === 'refuse') throw new Error(`${feature.name}: there is no such level`)
    // The reference level has no input of its own, and neither has what is in no list.
    return { level: feature.levels.indexOf(feature.unknown.level ?? '') }
  })
  return card.inputs.map((input) => {
    const column = columns[input.column]
    const x = input.kind === 'value' ? column.steps : column.level === input.level ? 1n : 0n
    return x * BigInt(input.unit ?? 1)
  })
}

/* One run: a model's verification records, as one chunk. */
async function score(card) {
  const { hash, ...rest } = card
  if (sha256(canonical(rest)).toString('hex') !== hash) throw new Error('the card does not have its hash')
  const T = BigInt(card.slotBits)
  const K = Math.floor((L - 1) / card.slotBits)
  const records = card.verification.map(({ record }) => encode(card, record))
  const blocks = Math.ceil(records.length / K)
  const ciphertexts = []
  for (let b = 0; b < blocks; b++) {
    card.inputs.forEach((_, j) => {
      const slots = records.slice(b * K, (b + 1) * K)
      const packed = slots.reduce((sum, record, r) => sum | (record[j] << (T * BigInt(r))), 0n)
      ciphertexts.push(bytesOf(encrypt(packed), L / 4).toString('base64url'))
    })
  }
  const run = randomBytes(16).toString('hex')
  const chunk = { v: 1, card: hash, key: fingerprint, run, chunk: 0, records: records.length, ciphertexts }
  const answer = await ask('POST', `/v1/models/${card.id}/scores`, chunk)

  for (const member of ['v', 'card', 'key', 'run', 'chunk', 'records']) {
    if (answer[member] !== chunk[member]) throw new Error(`the answer has another ${member}`)
  }
  if (answer.ciphertexts.length !== blocks * card.heads.length) throw new Error('the answer has another size')
  const mask = (1n << T) - 1n
  const bad = []
  const padding = new Map()
  const predictors = records.map(() => [])
  answer.ciphertexts.forEach((text, i) => {
    const [b, h] = [Math.floor(i / card.heads.length), i % card.heads.length]
    const m = decrypt(numberOf(Buffer.from(text, 'base64url')))
    if (m >> (T * BigInt(K)) !== 0n) bad.push('bits above the slots')
    for (let r = 0; r < K; r++) {
      const slot = (m >> (T * BigInt(r))) & mask
      if (slot === 0n) bad.push('a slot of zero')
      const record = b * K + r
      if (record < records.length) predictors[record][h] = Number(slot - (1n << (T - 1n))) / 2 ** card.scaleBits
      else if ((padding.get(h) ?? slot) !== slot) bad.push('unused slots that differ')
      else padding.set(h, slot)
    }
  })
  if (bad.length > 0) throw new Error(`the answer must not be believed: ${bad[0]}`)
  return predictors
}

/** Whether a card's records can be encoded by what is written here: derived columns would need expressions, for one. */
const understood = ({ derived, features, verification }) =>
  derived.length === 0 && features.every(({ ends }) => !ends) && verification.some(({ predictors }) => predictors)

await ask('PUT', `/v1/keys/${fingerprint}`, { n: nBytes.toString('base64url'), proof: proof.toString('base64url') })
const { models } = await ask('GET', '/v1/models')
const wanted = models.filter(({ id }) => !process.argv[3] || id === process.argv[3])
for (const { id } of wanted) {
  const card = await ask('GET', `/v1/models/${id}`)
  if (!understood(card)) continue
  const scored = await score(card)
  scored.forEach((predictors, i) => {
    const expected = card.verification[i].predictors ?? predictors
    const apart = Math.max(...predictors.map((predictor, h) => Math.abs(predictor - expected[h])))
    console.log(JSON.stringify({ model: id, record: i, predictors, apart, within: apart <= card.tolerance * 1.001 }))
  })
}
