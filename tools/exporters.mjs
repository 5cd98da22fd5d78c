// Joins the pieces of each exporter into the one file that a vendor copies. Run by hand to write both; a test says when
// they are no longer made of their pieces.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = new URL('../formats/exporters/', import.meta.url)

/** In the order in which they are joined: tables by name come after what they name. */
export const exporters = [
  {
    file: 'blindscore_export.py',
    pieces: 'python',
    ending: '.py',
    between: '\n\n\n',
    order: [
      'export',
      'frames',
      'decimals',
      'polynomials',
      'expressions',
      'book',
      'writing',
      'check',
      'made',
      'summary',
      'scaling',
      'encoders',
      'imputers',
      'curves',
      'components',
      'transformers',
      'linear',
      'classifiers',
      'estimators',
      'interpret',
      'formula',
      'statsmodels',
    ],
  },
  {
    file: 'blindscore_export.R',
    pieces: 'r',
    ending: '.R',
    between: '\n\n',
    order: [
      'export',
      'fits',
      'penalised',
      'ordered',
      'smooths',
      'terms',
      'sides',
      'expressions',
      'products',
      'features',
      'check',
      'made',
      'json',
    ],
  },
]

/** The text of the one file. @param {(typeof exporters)[number]} exporter */
export function joined({ pieces, ending, between, order }) {
  const texts = order.map((name) => readFileSync(new URL(`${pieces}/${name}${ending}`, folder), 'utf8').trim())
  const origin = `# Joined from formats/exporters/${pieces} by tools/exporters.mjs: what is to change, changes there.`
  return `${origin}\n${texts.join(between)}\n`
}

/** The names of the pieces that there are. @param {(typeof exporters)[number]} exporter */
export function piecesOf({ pieces, ending }) {
  return readdirSync(new URL(`${pieces}/`, folder)).map((name) => name.slice(0, -ending.length))
}

/** The file as it stands. @param {(typeof exporters)[number]} exporter */
export function committed({ file }) {
  return readFileSync(new URL(file, folder), 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const exporter of exporters) writeFileSync(new URL(exporter.file, folder), joined(exporter))
}
