export * from './rule.ts'
export { defaultSettings, type EngineSettings } from './settings.ts'
export * from './text.ts'
