import { availableParallelism } from 'node:os'
import type { DroppedJourney } from '../journeys/dropped.ts'
import { bytes, digits, type Section, share } from '../table.ts'

/** Whole journeys from the dropped file, as a table to read. */
export function droppedSection(journeys: readonly DroppedJourney[]): Section {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`
  return {
    title: 'From the dropped file to its scores, through the real page in Chromium',
    columns: ['', 'wall', 'checked', 'scored', 'records/s', 'browser', 'server', 'of the cores', 'up', 'down', 'wrong'],
    rows: journeys.map((journey) => {
      const { records, scheme, elapsed, checked, scored, browserCpu, serverCpu, figures, wrong } = journey
      const browser = 1000 * Object.values(browserCpu).reduce((sum, each) => sum + each, 0)
      return [
        `${records.toLocaleString('en-US')} records, ${scheme}`,
        seconds(elapsed),
        seconds(checked),
        seconds(scored),
        digits((1000 * records) / elapsed),
        seconds(browser),
        seconds(serverCpu),
        share((browser + serverCpu) / (availableParallelism() * elapsed)),
        bytes(figures.bytesUp),
        bytes(figures.bytesDown),
        String(wrong),
      ]
    }),
    notes: [
      'Nothing was made ahead: the file is dropped as soon as the page is there, and the button pressed as soon as it can be.',
      'The page is driven without the developer tools’ network, which would be told every body; browser and server are processor time.',
    ],
  }
}
