export * as json from './json.ts'
export type { FileProblem, LoadedSources } from './load.ts'
export { loadSources } from './load.ts'
export * from './project.ts'
