import { writeFileSync } from 'node:fs'
import { env } from 'node:process'

/**
 * A reporter of Vitest: errors that no test waited for, such as a refused promise after its test or a process that
 * ended, written to `$UNHANDLED_ERRORS` as a list of sentences. They end a run badly, and no other report has them.
 */
export default class UnhandledErrors {
  /** @param {unknown} _modules @param {readonly { name?: string, message: string, stack?: string, VITEST_TEST_PATH?: string, VITEST_TEST_NAME?: string }[]} errors */
  onTestRunEnd(_modules, errors) {
    if (!env.UNHANDLED_ERRORS) return
    const said = errors.map(({ name, message, stack, VITEST_TEST_PATH: file, VITEST_TEST_NAME: test }) =>
      [
        file,
        test,
        `${name ?? 'Error'}: ${message}`,
        ...(stack ?? '')
          .split('\n')
          .slice(1, 4)
          .map((line) => line.trim()),
      ]
        .filter(Boolean)
        .join(': '),
    )
    writeFileSync(env.UNHANDLED_ERRORS, JSON.stringify(said))
  }
}
