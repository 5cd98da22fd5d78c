#!/usr/bin/env node
import { BlindscoreError } from '../core/errors.ts'
import { sentenceOf } from '../words/en/errors.ts'
import { type Command, isHelp, packageVersion, UsageError } from './command.ts'

/** The command line: finds the command, prints its help, and turns what it throws into words and an exit code. */

const commands: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Command> }>> = {
  serve: {
    about: 'serve the page and score with a folder of models',
    load: async () => (await import('./serve.ts')).serve,
  },
  work: {
    about: 'work on the runs that servers store, beside them',
    load: async () => (await import('./work.ts')).work,
  },
  score: {
    about: 'score the records of a CSV with a server’s model, without a browser',
    load: async () => (await import('./score.ts')).score,
  },
  submit: {
    about: 'hand the records of a CSV over to a server that scores them while nobody waits',
    load: async () => (await import('./submit.ts')).submit,
  },
  status: {
    about: 'say how far the server is with a run that was handed over',
    load: async () => (await import('./runStatus.ts')).status,
  },
  fetch: {
    about: 'open the scores of a run that was handed over',
    load: async () => (await import('./fetch.ts')).fetch,
  },
  discard: {
    about: 'delete a run that was handed over',
    load: async () => (await import('./runStatus.ts')).discard,
  },
  seal: {
    about: 'seal the records of a CSV into a file that is scored elsewhere',
    load: async () => (await import('./seal.ts')).seal,
  },
  'score-file': {
    about: 'score a sealed file with a model of yours',
    load: async () => (await import('./scoreFile.ts')).scoreFile,
  },
  open: {
    about: 'open the scores of a sealed file',
    load: async () => (await import('./open.ts')).open,
  },
  inspect: {
    about: 'say what a sealed file holds',
    load: async () => (await import('./inspect.ts')).inspect,
  },
  keys: {
    about: 'make, list and take back API keys, which say who may ask a server',
    load: async () => (await import('./keys.ts')).keys,
  },
  state: {
    about: 'begin what several processes of a server share',
    load: async () => (await import('./state.ts')).state,
  },
  runs: {
    about: 'list, delete and seal anew the runs that a server stores',
    load: async () => (await import('./runs.ts')).runs,
  },
  usage: {
    about: 'say who used how much of a server’s models',
    load: async () => (await import('./usage.ts')).usage,
  },
  audit: {
    about: 'verify and show the log of what a server answered',
    load: async () => (await import('./audit.ts')).audit,
  },
  check: {
    about: 'say whether a model file will be served, and what that means',
    load: async () => (await import('./check.ts')).check,
  },
  phe: {
    about: 'encrypt, score and open python-paillier’s files',
    load: async () => (await import('./phe.ts')).phe,
  },
  study: {
    about: 'fit a model to records and outcomes, here or elsewhere',
    load: async () => (await import('./study.ts')).study,
  },
  validate: {
    about: 'say how well scores told outcomes that came afterwards',
    load: async () => (await import('./validate.ts')).validate,
  },
  demo: {
    about: 'drive the page in a headless browser from a dropped file to a downloaded one',
    load: async () => (await withPlaywright(() => import('./demo.ts'))).demo,
  },
}

const usage = `Usage: blindscore COMMAND [options]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

blindscore COMMAND --help says more; blindscore --version says which version this is.`

/** The demo drives a browser by a package that nothing else here needs. */
async function withPlaywright<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw thrown
    throw new UsageError('The demo drives a browser with Playwright, which is not here: npm install playwright')
  }
}

async function main([name, ...argv]: readonly string[]): Promise<number> {
  const found = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (found === undefined) return withoutCommand(name)
  let help = usage
  try {
    const command = await found.load()
    help = command.usage
    if (!isHelp(argv)) return await command.run(argv)
    process.stdout.write(`${help}\n`)
    return 0
  } catch (thrown) {
    if (thrown instanceof UsageError) process.stderr.write(`${thrown.message}\n\n${synopsisOf(help)}\n`)
    else process.stderr.write(`${wordsOf(thrown)}\n`)
    return thrown instanceof UsageError ? 2 : 1
  }
}

/** How a command is called, and where all its options are said: as a whole they would push out of sight what was wrong. */
function synopsisOf(help: string): string {
  const lines = help.split('\n')
  const end = lines.findIndex((line, i) => i > 0 && !line.startsWith('       blindscore'))
  return [...lines.slice(0, end), 'With --help in place of the options it says more.'].join('\n')
}

/** What stands where a command should: a question about all of them, or a word that is none. */
function withoutCommand(word: string | undefined): number {
  if (word === '--version' || word === '-v') {
    process.stdout.write(`${packageVersion()}\n`)
    return 0
  }
  if (word !== undefined && isHelp([word])) {
    process.stdout.write(`${usage}\n`)
    return 0
  }
  process.stderr.write(`${word === undefined ? '' : `There is no command "${printable(word)}".\n\n`}${usage}\n`)
  return 2
}

/** A word as it may stand in a terminal: nothing in it steers one. */
function printable(word: string): string {
  return word.replace(/\p{C}/gu, '�').slice(0, 60)
}

/** What is to be said of an error: our own in their sentence, the system's with its message, others without. */
function wordsOf(thrown: unknown): string {
  if (thrown instanceof BlindscoreError) {
    const [sentence, code] = [sentenceOf(thrown), `(${thrown.code})`]
    // That of a file among several stands there already.
    return sentence.endsWith(code) ? sentence : `${sentence} ${code}`
  }
  if (!(thrown instanceof Error && 'code' in thrown)) return sentenceOf(thrown)
  const { code, path, message } = thrown as NodeJS.ErrnoException
  return code === 'ENOENT' && path !== undefined ? `There is no file ${path}.` : message
}

// Whoever reads may have enough (`| head`): that is no error, and ends it as a signal would.
process.stdout.on('error', (thrown: NodeJS.ErrnoException) => {
  if (thrown.code === 'EPIPE') process.exit(141)
  process.stderr.write(`${wordsOf(thrown)}\n`)
  process.exit(1)
})
process.exitCode = await main(process.argv.slice(2))
