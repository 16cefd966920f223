export * from './ir.ts'
