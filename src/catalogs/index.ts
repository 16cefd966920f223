export { mergeCatalogs } from './merge.ts'
export { readCatalog, serializeCatalog } from './read.ts'
