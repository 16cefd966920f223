export { catalogFromCluster } from './from-cluster.ts'
export { catalogFromRecording, type FromRecordingOptions, type Learned } from './from-recording.ts'
export { type Asked, catalogFromTempo, type FromTempoOptions } from './from-tempo.ts'
