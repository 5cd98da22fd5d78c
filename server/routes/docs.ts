import { describeRoute } from 'hono-openapi'
import { docsPage, docsStyle } from '../http/docsPage.ts'
import { securityHeaders } from '../http/headers.ts'
import { describeApi } from '../http/openapi.ts'
import type { App } from '../service.ts'

/** The API's description, for people. */
export function docsRoutes(app: App): void {
  let page: Promise<string> | undefined
  app.get('/docs', describeRoute({ hide: true }), async (c) => {
    page ??= describeApi(app).then(docsPage)
    return c.body(await page, 200, { ...securityHeaders('docs'), 'Content-Type': 'text/html; charset=utf-8' })
  })
  app.get('/docs.css', describeRoute({ hide: true }), (c) =>
    c.body(docsStyle, 200, { ...securityHeaders('asset'), 'Content-Type': 'text/css; charset=utf-8' }),
  )
}
