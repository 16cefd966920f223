/**
 * hipstershop.AdService: the service that is scaled. One process is one replica, and works on two requests at a time,
 * as a pool of two database connections would have it; the others wait in its queue, inside the SERVER span.
 * A request takes 60 to 100 ms of waiting, not of processor time, so that four replicas serve twice as much as two on any machine:
 * 2 / 80 ms = 25 requests per second each.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { limit } from './limit.ts'
import { serve } from './rpc.ts'
import { startTelemetry } from './telemetry.ts'

const concurrency = 2
const ads = ['Tank top for sale. 20% off.', 'Watch for sale. Buy one, get a second free.', 'Loafers for sale. Two for one.']
const slot = limit(concurrency)

serve({
  name: 'ads',
  telemetry: startTelemetry('ads'),
  routes: {
    'hipstershop.AdService/GetAds': () =>
      slot(async () => {
        await wait(60 + 40 * Math.random())
        return { ads: [ads[Math.floor(ads.length * Math.random())]] }
      }),
  },
})
