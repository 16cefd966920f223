/** hipstershop.ProductCatalogService: the products, from memory. */
import { setTimeout as wait } from 'node:timers/promises'
import { serve } from './rpc.ts'
import { startTelemetry } from './telemetry.ts'

const products = ['sunglasses', 'tank-top', 'watch', 'loafers', 'hairdryer', 'candle-holder', 'salt-shaker', 'bamboo-jar', 'mug'].map((id, i) => ({
  id,
  price: 9 + 7 * i,
}))

serve({
  name: 'catalog',
  telemetry: startTelemetry('catalog'),
  routes: {
    'hipstershop.ProductCatalogService/GetProduct': async (request) => {
      await wait(3)
      const { id } = request as { readonly id: string }
      const product = products.find((p) => p.id === id)
      if (product === undefined) throw new Error(`no product ${id}`)
      return product
    },
    'hipstershop.ProductCatalogService/ListProducts': async () => {
      await wait(5)
      return { products }
    },
  },
})
