/** Makes a recorded request new again: other ids and times, written into its bytes. */

/** Where the spans of an encoded request have what must be new. */
export interface Places {
  readonly traceIds: readonly number[]
  readonly spanIds: readonly number[]
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** Walks ExportTraceServiceRequest > resource_spans (1) > scope_spans (2) > spans (2) to the fields 1, 2, 7 and 8. */
export function placesOf(request: Uint8Array): Places {
  const places = { traceIds: [] as number[], spanIds: [] as number[], starts: [] as number[], ends: [] as number[] }
  const spanField = (number: number, at: number): void => {
    if (number === 1) places.traceIds.push(at)
    else if (number === 2) places.spanIds.push(at)
    else if (number === 7) places.starts.push(at)
    else if (number === 8) places.ends.push(at)
  }
  walk(request, 0, request.length, (n1, at1, end1) => {
    if (n1 !== 1) return
    walk(request, at1, end1, (n2, at2, end2) => {
      if (n2 !== 2) return
      walk(request, at2, end2, (n3, at3, end3) => {
        if (n3 === 2) walk(request, at3, end3, spanField)
      })
    })
  })
  return places
}

/** Every span gets an id of its own from `serial` on, ends at `endMs`, and has lasted `durationMs`. */
export function patch(request: Uint8Array, places: Places, serial: number, endMs: number, durationMs: (i: number) => number): void {
  const view = new DataView(request.buffer, request.byteOffset, request.byteLength)
  const end = BigInt(endMs) * 1_000_000n
  for (let i = 0; i < places.spanIds.length; i++) {
    view.setUint32(places.traceIds[i] as number, serial + i, true)
    view.setUint32(places.spanIds[i] as number, serial + i, true)
    view.setBigUint64(places.starts[i] as number, end - BigInt(Math.round(durationMs(i) * 1e6)), true)
    view.setBigUint64(places.ends[i] as number, end, true)
  }
}

function walk(bytes: Uint8Array, start: number, end: number, field: (number: number, at: number, end: number) => void): void {
  let at = start
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++] as number
      value += (byte & 0x7f) * shift
      if (byte < 0x80) return value
    }
  }
  while (at < end) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    if ((tag & 7) === 0) varint()
    else {
      const length = (tag & 7) === 2 ? varint() : (tag & 7) === 1 ? 8 : 4
      field(number, at, at + length)
      at += length
    }
  }
}
