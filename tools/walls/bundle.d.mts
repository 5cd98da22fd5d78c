import type { Plugin } from 'vite'

export function wallsOfThePage(report?: string): Plugin
