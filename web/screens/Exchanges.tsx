import { memo } from 'react'
import type { Seen } from '../session/traffic.ts'
import { Data } from '../ui/Data.tsx'
import grid from '../ui/Grid.module.css'
import { PartsText } from '../ui/PartsText.tsx'
import { Scroller } from '../ui/Scroller.tsx'
import type { Language } from '../words/language.ts'
import type { Parts } from '../words/parts.ts'
import styles from './ServerSide.module.css'
import { useWords } from './useWords.ts'

/** So many of the last exchanges are listed. */
const most = 100

interface ExchangesProps {
  readonly exchanges: readonly Seen[]
  readonly onOpen: (exchange: number) => void
}

/** The requests, newest first, as they were handed to the network. Those whose bytes are still held can be opened. */
export function Exchanges({ exchanges, onOpen }: ExchangesProps) {
  const words = useWords().exchanges
  const listed = exchanges.slice(-most)
  return (
    <Scroller label={words.scroller} className={styles.exchanges}>
      <table className={grid.grid} aria-label={words.title}>
        <thead>
          <tr>
            <th scope="col">{words.request}</th>
            <th scope="col" className={`${grid.number} ${styles.count}`}>
              {words.status}
            </th>
            <th scope="col" className={`${grid.number} ${styles.size}`}>
              {words.up}
            </th>
            <th scope="col" className={`${grid.number} ${styles.size}`}>
              {words.down}
            </th>
            <th scope="col" className={`${grid.number} ${styles.time}`}>
              {words.milliseconds}
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.reverse().map((each) => (
            <Row key={each.number} exchange={each} onOpen={onOpen} />
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

interface RowProps {
  readonly exchange: Seen
  readonly onOpen: (exchange: number) => void
}

/** Drawn anew only when its exchange changes: the list grows several times a second while a run goes on. */
const Row = memo(function Row({ exchange, onOpen }: RowProps) {
  const { exchanges: words, numbers } = useWords()
  const { number, method, path, status, bytesUp, bytesDown, milliseconds, bodyHeld, chunk } = exchange
  const address = (
    <span translate="yes">
      <PartsText parts={whatIsAsked(words, exchange)} elements={{ data: (text) => <Data>{text}</Data> }} />
    </span>
  )
  return (
    <tr>
      <td translate="no" className={grid.mono} title={`${method} ${path}`}>
        {bodyHeld ? (
          <button
            type="button"
            translate="yes"
            className={styles.open}
            aria-label={words.open(number)}
            onClick={() => onOpen(number)}
          >
            {chunk ? <span>{words.chunk(chunk.number)}</span> : address}
          </button>
        ) : (
          address
        )}
      </td>
      <td className={grid.number}>{status === 0 ? words.noStatus : status}</td>
      <td className={`${grid.number} ${grid.sealed}`}>{numbers.integer(bytesUp)}</td>
      <td className={`${grid.number} ${grid.sealed}`}>{numbers.integer(bytesDown)}</td>
      <td className={grid.number}>{numbers.integer(milliseconds)}</td>
    </tr>
  )
})

/** What a request is about, in a narrow column; the whole of its address is the cell's title. */
function whatIsAsked(words: Language['exchanges'], { method, path }: Seen): Parts<'data'> {
  const [room = '', name, ...more] = path.replace(/^\/v1\//, '').split('/')
  if (method === 'GET' && room === 'models' && more.length === 0) return name ? words.card(name) : [words.models]
  if (method === 'PUT' && room === 'keys' && name) return words.key(name)
  // The id of a run is in the title, and would leave no room for what is asked of it.
  const said = room === 'runs' && name ? [more.join('/') || room] : [room, name, ...more].slice(-2)
  return [{ data: said.join('/') }]
}
