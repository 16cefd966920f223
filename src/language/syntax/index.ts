export { nearest } from './nearest.ts'
export type { Parsed } from './parse.ts'
export { parse } from './parse.ts'
