export * from './dictionary.ts'
export * from './table.ts'
