/** hipstershop.RecommendationService: other products, which it asks the catalog for. */
import { call, serve } from './rpc.ts'
import { startTelemetry } from './telemetry.ts'

const telemetry = startTelemetry('recommendations')
const catalog = process.env.CATALOG_URL ?? ''

serve({
  name: 'recommendations',
  telemetry,
  routes: {
    'hipstershop.RecommendationService/ListRecommendations': async (request) => {
      const { id } = request as { readonly id: string }
      const { products } = (await call(telemetry, catalog, 'hipstershop.ProductCatalogService/ListProducts', {})) as {
        readonly products: readonly { readonly id: string }[]
      }
      return { ids: products.map((p) => p.id).filter((other) => other !== id) }
    },
  },
})
