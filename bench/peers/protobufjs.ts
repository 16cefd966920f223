/** protobufjs' generated static code, the peer of our decoder; pbjs writes it at bench time from the proto that the tests use. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export interface DecodedRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly unknown[] }[] }[]
}

/** Decodes an ExportTraceServiceRequest into objects. */
export function protobufjsStatic(): (request: Uint8Array) => DecodedRequest {
  const require = createRequire(import.meta.url)
  const folder = mkdtempSync(join(import.meta.dirname, '../../node_modules/.bench-'))
  try {
    const out = join(folder, 'trace.cjs')
    const proto = new URL('../../test/support/trace.proto', import.meta.url).pathname
    const pbjs = require.resolve('protobufjs-cli/bin/pbjs')
    execFileSync(process.execPath, [pbjs, '-t', 'static-module', '-w', 'commonjs', '--no-create', '--no-verify', '-o', out, proto])
    const { otlp } = require(out) as { otlp: { ExportTraceServiceRequest: { decode(bytes: Uint8Array): DecodedRequest } } }
    return (request) => otlp.ExportTraceServiceRequest.decode(request)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
