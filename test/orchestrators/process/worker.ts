/** A replica for the tests: answers on its port once it has got it, and ends on SIGTERM unless told to be stubborn. */
import { createServer } from 'node:http'

if (process.env.CRASH !== undefined) process.exit(Number(process.env.CRASH))
if (process.env.STUBBORN !== undefined) process.on('SIGTERM', () => {})
console.log(`slot ${process.env.SLOT} started`)
createServer((request, response) => {
  response.statusCode = request.url === (process.env.HEALTH ?? '/') ? 200 : 503
  response.end(`${process.pid}`)
}).listen(Number(process.env.PORT), process.env.HOST)
