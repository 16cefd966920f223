export * from './check/index.ts'
export * from './diagnostics.ts'
export * from './syntax/index.ts'
export * from './tree.ts'
