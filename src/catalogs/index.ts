export { catalogFromRecording, type FromRecordingOptions, type Learned } from './from-recording.ts'
export { type Asked, catalogFromTempo, type FromTempoOptions } from './from-tempo.ts'
export { mergeCatalogs } from './merge.ts'
export { readCatalog, serializeCatalog } from './read.ts'
