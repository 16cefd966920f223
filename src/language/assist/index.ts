export { type Expected, type Place, type PlaceToken, placeAt, type Use } from './place.ts'
