/**
 * The salary sample, `public/samples/salary.csv`: made up, the same on every run. It has the columns of the
 * python-paillier demonstration and the demonstration's own record first.
 */

const seed = 20261122
const rows = 1000

/** The demonstration's coefficients; here they only give the `salary` column a plausible shape. */
const salaryOf = (age: number, eating: number, active: number, gender: number): number =>
  969.2177123106585 -
  0.39767402941730684 * age +
  469.3641357603204 * eating -
  185.674425099286 * active +
  17.209947648800735 * gender

export function salaryCsv(): string {
  const random = mulberry32(seed)
  const upTo = (n: number): number => Math.floor(random() * n)
  const records: [number, number, number, number][] = [[24, 4, 6, 1]]
  while (records.length < rows) {
    const record: [number, number, number, number] = [18 + upTo(50), upTo(11), upTo(11), upTo(2)]
    if (salaryOf(...record) >= 500) records.push(record)
  }
  const lines = records.map((record, i) => {
    const noise = (random() + random() + random() - 1.5) * 200
    return [`E${String(i + 1).padStart(4, '0')}`, ...record, Math.round(salaryOf(...record) + noise)].join(',')
  })
  return `${['employee,age,healthy_eating,active_lifestyle,Gender,salary', ...lines].join('\n')}\n`
}

/** T. Ettinger's 32-bit generator: small, seeded, good enough for a sample, not for anything secret. */
function mulberry32(start: number): () => number {
  let state = start
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
