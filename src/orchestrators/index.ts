export * from './composite.ts'
export * from './contract.ts'
export * from './dry-run.ts'
export * from './world.ts'
