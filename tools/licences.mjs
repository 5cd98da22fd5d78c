import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const noticeName = /^(licen[cs]e|notice|copying)/i

/** The file with the notices, beside the page. */
export const noticesFile = 'licences.txt'

/** The packages that some modules are of, sorted. @param {Iterable<string>} modules paths of files */
export function packagesOf(modules) {
  const names = new Set()
  for (const module of modules) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(module.replaceAll('\\', '/'))?.[0]
    if (folder) names.add(folder)
  }
  return [...names].sort()
}

/**
 * The licence of a package and its notices, as its folder has them. A package that states no licence may not be passed on.
 *
 * @param {string} folder
 */
export function noticeOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}package.json`, 'utf8'))
  const texts = readdirSync(folder)
    .filter((file) => noticeName.test(file))
    .sort()
    .map((file) => readFileSync(`${folder}${file}`, 'utf8').trim())
  if (typeof license !== 'string') throw new Error(`${name} states no licence, so the page must not contain it.`)
  return { name, title: `${name} ${version}, ${license}`, text: texts.join('\n\n') }
}

/** @type {Map<string, ReturnType<typeof noticeOf>>} */
const built = new Map()

/**
 * The licences of what is built into the page ask that their notices go with it. Each script names the packages that are in it,
 * and the page's folder has a file with the notices of all.
 *
 * @param {{ readonly page: boolean }} options whether this builds the page, which is built after its workers
 * @returns {import('vite').Plugin}
 */
export function licenceNotices({ page }) {
  return {
    name: 'licence-notices',
    generateBundle(_, bundle) {
      for (const [file, chunk] of Object.entries(bundle)) {
        if (chunk.type !== 'chunk') continue
        const notices = packagesOf(Object.keys(chunk.modules).map((id) => id.replace(/^\0+|[?#].*$/g, ''))).map(
          (folder) => noticeOf(existsSync(folder) ? folder : `${root}${folder}`),
        )
        for (const notice of notices) built.set(notice.name, notice)
        if (notices.length === 0) continue
        const way = file.includes('/') ? `../${noticesFile}` : noticesFile
        chunk.code = `/*! ${notices.map(({ title }) => title).join('; ')}: see ${way} */\n${chunk.code}`
      }
      if (page) this.emitFile({ type: 'asset', fileName: noticesFile, source: noticesText(built.values()) })
    },
  }
}

/** @param {Iterable<ReturnType<typeof noticeOf>>} notices */
export function noticesText(notices) {
  const sections = [...notices]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ title, text }) => `${title}\n\n${text}`)
  const head = 'Blindscore’s page contains these packages.'
  return `${[head, ...sections].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
}
