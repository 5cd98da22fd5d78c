import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { singleFilePolicy } from '../../dist/platform/policies.js'

/**
 * A built page in one file. Its script and style are inline, which the policy allows by their digests and nothing else;
 * workers and samples are text in elements that no browser runs (`web/workers/carried.ts`). The policy lets it reach
 * nothing at all.
 *
 * @param {string} folder where the page's files are, with a slash at its end
 */
export function inOneFile(folder) {
  const read = (/** @type {string} */ name) => readFileSync(folder + name, 'utf8')
  const assets = readdirSync(`${folder}assets`).sort()
  const script = escaped(theOne(assets, /^index-.*\.js$/, (name) => read(`assets/${name}`)))
  const style = assets
    .filter((name) => name.endsWith('.css'))
    .map((name) => read(`assets/${name}`))
    .join('\n')
  const carried = [
    ...assets.filter((name) => /^(worker|part)-/.test(name)).map((name) => [name, escaped(read(`assets/${name}`))]),
    ...readdirSync(`${folder}samples`)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => [name, read(`samples/${name}`)]),
    ['licences.txt', read('licences.txt')],
  ]
  const icon = `data:image/svg+xml;base64,${Buffer.from(read('icon.svg')).toString('base64')}`
  const policy = singleFilePolicy(digestOf(script), digestOf(style))
  return read('index.html')
    .replace(
      /\s*<script type="module"[^>]*><\/script>|\s*<link rel="stylesheet"[^>]*>|\s*<link rel="modulepreload"[^>]*>|\s*<link rel="manifest"[^>]*>/g,
      '',
    )
    .replace(/(<meta http-equiv="Content-Security-Policy" content=")[^"]*/, (_, start) => start + policy)
    .replace(/href="\.\/icon\.svg"/, () => `href="${icon}"`)
    .replace('</head>', () => `<meta name="blindscore-single" content="yes"><style>${style}</style></head>`)
    .replace('</body>', () => {
      const elements = carried.map(([name, text]) => `<script type="text/plain" data-file="${name}">${text}</script>\n`)
      return `${elements.join('')}<script type="module">${script}</script></body>`
    })
}

/** A script's text as it may stand in a document: nothing in it ends or opens an element. @param {string} text */
function escaped(text) {
  if (text.includes('<!--')) throw new Error('A script has <!-- in it, which a document would read otherwise.')
  return text.replace(/<\/script/gi, '<\\/script')
}

/** @param {string} text */
function digestOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

/** @template T @param {readonly string[]} names @param {RegExp} pattern @param {(name: string) => T} use */
function theOne(names, pattern, use) {
  const [name, ...more] = names.filter((each) => pattern.test(each))
  if (name === undefined || more.length > 0) throw new Error('A page in one file has one script.')
  return use(name)
}
