/** How values are printed for people. */
export { printDuration, printQuantity, printRate, printRatio, printSize } from '../language/index.ts'
export * from './canonical.ts'
export * from './compile.ts'
export * from './ir.ts'
export * from './read.ts'
export * from './refuse.ts'
export * from './words.ts'
