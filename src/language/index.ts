export * from './diagnostics.ts'
export * from './tree.ts'
