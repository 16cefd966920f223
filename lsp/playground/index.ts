export { builtFolder } from './assets.ts'
export type { EditedFile } from './contract.ts'
export { type FoundRecording, findRecordings } from './recordings.ts'
export { type Playground, type PlaygroundOptions, startPlayground } from './server.ts'
