// Loaded into a daemon before it starts: at SIGUSR2 its wall clock is ahead by what the file says, in ms. The monotonic clock goes on, as on a machine whose time is set.
import { readFileSync } from 'node:fs'

const wall = Date.now
let ahead = 0
Date.now = () => wall() + ahead
globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [Date.now()] : given))
  }
}
process.on('SIGUSR2', () => {
  ahead = Number(readFileSync(process.env.SCALE_TEST_CLOCK, 'utf8'))
})
