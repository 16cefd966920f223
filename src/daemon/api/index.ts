export * from './events.ts'
export * from './health.ts'
export * from './server.ts'
