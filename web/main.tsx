import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { languageId } from './words/language.ts'
import './tokens.css'
import './base.css'

const root = document.getElementById('root')
const language = languageId(document.documentElement.lang)
document.documentElement.lang = language
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App language={language} />
    </StrictMode>,
  )
}
