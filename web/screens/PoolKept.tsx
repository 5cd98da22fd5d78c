import { useEffect, useRef } from 'react'
import type { StudyFile } from '../../study/studyFile.ts'
import type { PoolingState } from '../session/pooling.ts'
import { Data } from '../ui/Data.tsx'
import { Step } from '../ui/Step.tsx'
import { Coefficients } from './FittedModel.tsx'
import outcomes from './Outcomes.module.css'
import { PooledFacts, PooledFiles } from './PooledModel.tsx'
import { usePoolWords } from './usePoolWords.ts'

interface PoolKeptProps {
  readonly results: NonNullable<PoolingState['kept']['results']>
  readonly study: StudyFile
  /** Of this owner's file. */
  readonly name: string
}

/** What came of a study that was over before this tab was opened, as this browser has kept it. */
export function PoolKept({ results, study, name }: PoolKeptProps) {
  const { results: words } = usePoolWords()
  const step = useRef<HTMLElement>(null)
  useEffect(() => step.current?.focus(), [])
  const { published, model } = results
  return (
    <Step title={words.title} aside={<Data>{study.title}</Data>} ref={step}>
      <div className={outcomes.panel}>
        <p className={outcomes.about}>{words.kept}</p>
        <PooledFacts summary={published} />
        <Coefficients fitted={{ summary: published }} />
        <PooledFiles published={published} model={model} name={name} />
      </div>
    </Step>
  )
}
