// The same from Node, as an ES module. The key is made once for all that this process scores.
// npm pkg set type=module; npm install ./blindscore-VERSION.tgz
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { connect } from 'blindscore/client'

const server = 'http://127.0.0.1:8787'
const model = 'credit-default'
/** By feature, the name of your own field, where it has another one. */
const columns: Readonly<Record<string, string>> = {}

/** Your records, one JSON object on each line, from wherever they are; as many as there are. */
async function* records(file: string) {
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const record: Record<string, string | number> = JSON.parse(line)
    for (const [feature, column] of Object.entries(columns)) record[feature] = record[column] ?? ''
    yield record
  }
}

const connection = connect(server)
const card = await connection.model(model)
const scores = connection.score(card, records(process.argv[2] ?? 'records.jsonl'), {
  // Without this, the first record that cannot be scored ends the run with its code.
  onProblem(index, problems) {
    const reasons = problems.map(({ feature, code }) => `${card.features[feature]?.name}: ${code}`)
    console.error(`record ${index} is left out: ${reasons.join(', ')}`)
  },
})
for await (const { index, responses } of scores) {
  console.log(index, ...card.responses.map((name, i) => `${name}=${responses[i]}`))
}
await connection.close()
