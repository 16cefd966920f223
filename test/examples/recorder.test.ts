import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startRecorder } from '../../examples/boutique/demo/recorder.ts'

it('records requests as they came, each behind its length', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'recorder-'))
  const file = join(dir, 'traces.binpb')
  const recorder = await startRecorder(file)
  const bodies = [Buffer.from([1, 2, 3]), Buffer.alloc(300, 7)]
  for (const body of bodies) {
    const response = await fetch(recorder.url, { method: 'POST', body, headers: { 'content-type': 'application/x-protobuf' } })
    expect(response.status).toBe(200)
    // An empty ExportTraceServiceResponse: everything was taken.
    expect((await response.arrayBuffer()).byteLength).toBe(0)
  }
  expect(recorder.requests).toBe(2)
  await recorder.close()
  expect(readFileSync(file)).toEqual(Buffer.concat([Buffer.from([0, 0, 0, 3]), bodies[0] as Buffer, Buffer.from([0, 0, 1, 44]), bodies[1] as Buffer]))
  rmSync(dir, { recursive: true })
})
