export type { Formatted } from './format.ts'
export { format } from './format.ts'
