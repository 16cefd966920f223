/** The page of a product: the product itself, an ad and recommendations, asked for at the same time. The page waits for the slowest. */
import { balance } from './balancer.ts'
import { call, serve } from './rpc.ts'
import { startTelemetry } from './telemetry.ts'

const telemetry = startTelemetry('frontend')
const { CATALOG_URL: catalog = '', RECOMMENDATIONS_URL: recommendations = '', ADS_ENDPOINTS: adsFile = '' } = process.env
const ads = balance(adsFile)

serve({
  name: 'frontend',
  telemetry,
  routes: {
    'GET /product/{id}': async (id) => {
      const [product, ad, others] = await Promise.all([
        call(telemetry, catalog, 'hipstershop.ProductCatalogService/GetProduct', { id }),
        ads.run((base) => call(telemetry, base, 'hipstershop.AdService/GetAds', { id })),
        call(telemetry, recommendations, 'hipstershop.RecommendationService/ListRecommendations', { id }),
      ])
      return { product, ad, others }
    },
  },
})
