// The same by driving the page itself, as a person would: npm install ./blindscore-VERSION.tgz playwright
import { PageError, scoreWithPage } from 'blindscore/demo'

const server = 'http://127.0.0.1:8787'
const model = 'credit-default'
/** By feature, the column of your file, where it has another name. */
const columns: Readonly<Record<string, string>> = {}

const [csv = 'records.csv', out = 'scores.csv'] = process.argv.slice(2)
try {
  const { total, elapsed } = await scoreWithPage({ server, model, columns, csv, out })
  console.log(`${total} records scored in ${(elapsed / 1000).toFixed(1)} s`)
} catch (thrown) {
  if (!(thrown instanceof PageError)) throw thrown
  console.error(`The page says (${thrown.code}): ${thrown.message}`)
  process.exitCode = 1
}
