import { policyElement } from '../platform/policies.ts'

/**
 * The page carries its own policy, so that it is in force on a host that sends no headers. `connect` are other origins that
 * it may call.
 *
 * @param {readonly string[]} connect
 * @returns {import('vite').Plugin}
 */
export function policyInPage(connect) {
  return {
    name: 'policy-in-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) =>
        html.replace(/<meta charset="utf-8" ?\/?>/, (charset) => `${charset}\n    ${policyElement(connect)}`),
    },
  }
}
