import { notStarted } from '../words/en/notStarted.ts'

/**
 * The page says in its own text why its scripts may not have run; they take it away. `web/base.css` shows it late.
 *
 * @returns {import('vite').Plugin}
 */
export function saysNotStarted() {
  const { title, why, reasons } = notStarted
  const items = reasons.map((reason) => `<li>${reason}</li>`).join('')
  const text = `<div class="not-started"><p>${title}</p><p>${why}</p><ul>${items}</ul></div>`
  return {
    name: 'says-not-started',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('<div id="root"></div>', () => `<div id="root">${text}</div>`),
    },
  }
}
