export * from './dictionary.ts'
export * from './names.ts'
export * from './table.ts'
