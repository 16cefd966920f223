import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeMessages, isRecording, openRecording, type Recording, type RecordingFailure } from '../../src/recordings/index.ts'
import { encodeJson, encodeRequest, type PlainResource, service } from '../support/otlp.ts'
import { newTable, rowsOf } from '../support/spans.ts'

const folder = mkdtempSync(join(tmpdir(), 'scale-recording-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
function fileOf(bytes: Uint8Array | string): string {
  const file = join(folder, `recording-${files++}`)
  writeFileSync(file, bytes)
  return file
}

async function open(paths: string | readonly string[]): Promise<Recording> {
  const opened = await openRecording(paths)
  if (!isRecording(opened)) throw new Error(opened.message)
  return opened
}

/** The operations of the spans read, and the failures on the way, in order. */
async function read(paths: string | readonly string[]): Promise<(string | Omit<RecordingFailure, 'ok' | 'file'>)[]> {
  const recording = await open(paths)
  const seen: (string | Omit<RecordingFailure, 'ok' | 'file'>)[] = []
  const onFailure = ({ at, message }: RecordingFailure): void => void seen.push({ at, message })
  for await (const table of decodeMessages(recording, newTable([]), { onFailure })) seen.push(...rowsOf(table).map((row) => row.operation))
  expect(recording.bytesRead).toBe(recording.totalBytes)
  return seen
}

const request = (name: string): PlainResource[] => [service('a', [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), name, start: 1n, end: 2n }])]
const prefixed = (message: Uint8Array): Uint8Array => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(message.length)
  return Buffer.concat([length, message])
}
const names = ['one', 'two', 'three']
const lines = names.map((name) => `${encodeJson(request(name))}\n`).join('')
const protos = Buffer.concat(names.map((name) => prefixed(encodeRequest(request(name)))))
const legacy = Buffer.concat([
  prefixed(zstdCompressSync(encodeJson(request('one')))),
  prefixed(zstdCompressSync(encodeRequest(request('two')))),
  prefixed(zstdCompressSync(encodeRequest(request('three')))),
])

describe('a recording', () => {
  it.each([
    ['JSON lines', lines],
    ['JSON lines, the last without an end', lines.trimEnd()],
    ['JSON lines with blank ones and Windows ends', `\uFEFF\r\n${lines.replaceAll('\n', '\r\n\r\n')}`],
    ['JSON lines in gzip', gzipSync(lines)],
    ['JSON lines in zstd', zstdCompressSync(lines)],
    ['protobuf', protos],
    ['protobuf in gzip', gzipSync(protos)],
    ['protobuf in zstd', zstdCompressSync(protos)],
    ['protobuf in several gzip members, cut anywhere', Buffer.concat([gzipSync(protos.subarray(0, 50)), gzipSync(protos.subarray(50))])],
    ['protobuf in several zstd frames, cut anywhere', Buffer.concat([zstdCompressSync(protos.subarray(0, 50)), zstdCompressSync(protos.subarray(50))])],
    ['messages each in zstd', legacy],
    ['messages each in zstd, in gzip', gzipSync(legacy)],
  ])('is read: %s', async (_, bytes) => {
    expect(await read(fileOf(bytes))).toEqual(names)
  })

  it('may be empty', async () => {
    for (const bytes of ['', '\n', gzipSync('')]) expect(await read(fileOf(bytes))).toEqual([])
  })

  it('may be a directory, its files by name, or several of either', async () => {
    const directory = join(folder, 'rotated')
    mkdirSync(directory)
    writeFileSync(join(directory, 'traces.jsonl'), encodeJson(request('last')))
    writeFileSync(join(directory, 'traces-2026-01-02T00-00-00.000.jsonl'), encodeJson(request('second')))
    writeFileSync(join(directory, 'traces-2026-01-01T00-00-00.000.binpb.gz'), gzipSync(prefixed(encodeRequest(request('first')))))
    writeFileSync(join(directory, 'notes.txt'), 'not a recording')
    expect(await read([directory, fileOf(lines)])).toEqual(['first', 'second', 'last', ...names])
    expect((await open(directory)).files).toHaveLength(3)
  })

  it('leaves out what lies beside it in a directory, and not what is named', async () => {
    const directory = join(folder, 'beside')
    mkdirSync(directory)
    const inside = (name: string, bytes: Uint8Array | string): string => {
      writeFileSync(join(directory, name), bytes)
      return join(directory, name)
    }
    const truth = inside('truth.json', JSON.stringify({ id: 'x', faults: [] }, undefined, 1))
    const others = [
      inside('a-list.json', '[1, 2]'),
      inside('compressed.json.gz', gzipSync('{"note": 1}')),
      inside('logs.jsonl', '{"resourceLogs":[]}\n'.repeat(9000)),
      inside('schema.proto', 'syntax = "proto3";'),
    ]
    inside('traces-1.jsonl', lines)
    inside('traces-2.binpb.zst', zstdCompressSync(protos))
    inside('traces-3.jsonl', '')
    const torn = inside('traces-4.jsonl', `{"resourceSpans": [`)
    inside('traces-5.binpb.gz', gzipSync(protos).subarray(0, 20))
    const opened = await open(directory)
    expect(opened.leftOut.map(({ file }) => file)).toEqual([...others, truth].sort())
    expect(opened.leftOut.find(({ file }) => file === truth)?.why).toBe('JSON without resourceSpans')
    const seen = await read(directory)
    expect(seen.slice(0, 6)).toEqual([...names, ...names])
    // Damaged recordings are recordings.
    expect(seen.slice(6)).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^not JSON/) }),
      expect.objectContaining({ message: 'the compressed file is cut off' }),
    ])
    expect((await open(torn)).leftOut).toEqual([])
    expect(await read(truth)).toEqual([{ at: 'line 1', message: expect.stringMatching(/^the first line is no whole message/) }])
  })

  it('is a failure when it is not there', async () => {
    const missing = join(folder, 'missing')
    expect(await openRecording(missing)).toEqual({ ok: false, file: missing, at: undefined, message: 'no such file or directory' })
    mkdirSync(join(folder, 'empty'))
    expect(await openRecording(join(folder, 'empty'))).toMatchObject({ ok: false, message: expect.stringMatching(/^no recording in this directory/) })
    const truth = join(folder, 'empty', 'truth.json')
    writeFileSync(truth, '{}')
    expect(await openRecording(join(folder, 'empty'))).toMatchObject({ message: `no recording in this directory: ${truth} is JSON without resourceSpans` })
  })

  it('comes in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3000), { minLength: 1, maxLength: 30 }),
        fc.constantFrom('json', 'protobuf'),
        fc.constantFrom('plain', 'gzip', 'zstd'),
        async (sizes, encoding, how) => {
          const texts = sizes.map((size, i) => `${i} ${'x'.repeat(size)}`)
          const bytes =
            encoding === 'json'
              ? Buffer.from(texts.map((name) => `${encodeJson(request(name))}\n`).join(''))
              : Buffer.concat(texts.map((name) => prefixed(encodeRequest(request(name)))))
          expect(await read(fileOf(how === 'plain' ? bytes : how === 'gzip' ? gzipSync(bytes) : zstdCompressSync(bytes)))).toEqual(texts)
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('a broken recording', () => {
  const cut = protos.length - 5
  it.each([
    ['cut in a message', protos.subarray(0, cut), ['one', 'two'], 'byte 184', 'the file ends 5 bytes before its last message does'],
    ['cut in a length', protos.subarray(0, 186), ['one', 'two'], 'byte 184', 'the file ends within the length of a message'],
    ['cut in gzip', gzipSync(protos).subarray(0, -4), names, 'after byte 184', 'the compressed file is cut off'],
    [
      'a length beyond the limit',
      Buffer.concat([protos, Buffer.from('04000001', 'hex')]),
      names,
      'byte 278',
      'a message of 67108865 bytes is longer than 67108864',
    ],
    ['none at all', 'Hello, world', [], 'byte 0', 'neither OTLP/JSON lines nor protobuf messages behind their lengths'],
    [
      'indented JSON',
      JSON.stringify(JSON.parse(encodeJson(request('x'))), undefined, 1),
      [],
      'line 1',
      expect.stringMatching(/^the first line is no whole message/),
    ],
    [
      'a broken zstd blob',
      Buffer.concat([legacy, prefixed(Buffer.from('28b52ffd00', 'hex'))]),
      names,
      expect.stringMatching(/^byte \d+$/),
      expect.stringMatching(/^a message cannot be decompressed/),
    ],
  ])('gives what is good, then a failure with its place: %s', async (_, bytes, good, at, message) => {
    expect(await read(fileOf(bytes))).toEqual([...good, { at, message }])
  })

  it('loses only the message that is broken, and says where', async () => {
    const torn = `${encodeJson(request('one'))}\n{"resourceSpans": 5}\n${encodeJson(request('two'))}\n{"resour`
    expect(await read(fileOf(torn))).toEqual([
      'one',
      { at: 'line 2', message: 'resourceSpans: expected an array, found 5' },
      'two',
      { at: 'line 4, byte 8 of the message', message: expect.stringMatching(/^not JSON/) },
    ])
    const inner = Buffer.concat([prefixed(encodeRequest(request('one'))), prefixed(Uint8Array.of(0x0a, 9)), prefixed(encodeRequest(request('two')))])
    expect(await read(fileOf(inner))).toEqual(['one', { at: 'byte 92, byte 1 of the message', message: expect.stringMatching(/^a length of 9/) }, 'two'])
  })

  it('may have lines and blobs of 64 MiB, not more, however well they are compressed', async () => {
    const long = Buffer.alloc(65 * 2 ** 20, 0x20)
    long[0] = 0x7b
    expect(await read(fileOf(gzipSync(long, { level: 1 })))).toEqual([{ at: 'line 1', message: 'a line is longer than 67108864 bytes' }])
    expect(await read(fileOf(prefixed(zstdCompressSync(long))))).toEqual([
      { at: 'byte 0', message: expect.stringMatching(/^a message cannot be decompressed/) },
    ])
  })

  it('tells of spans with invalid ids', async () => {
    const recording = await open(fileOf(encodeJson([service('a', [{ traceId: '00', spanId: 'ab'.repeat(8), name: 'x', start: 1n, end: 2n }])])))
    const rejected: [number, string][] = []
    for await (const _ of decodeMessages(recording, newTable([]), { onRejected: (spans, message) => rejected.push([spans, message]) })) expect.unreachable()
    expect(rejected).toEqual([[1, 'a trace id is not 16 bytes long, or a span id not 8']])
  })

  it('goes on with the next file', async () => {
    expect(await read([fileOf(protos.subarray(0, cut)), fileOf(lines)])).toEqual(['one', 'two', expect.objectContaining({ at: 'byte 184' }), ...names])
  })

  it('is a value wherever it is cut or damaged', async () => {
    const compressed = [gzipSync(lines), zstdCompressSync(protos), legacy]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...compressed), fc.nat(), fc.nat(255), async (whole, where, byte) => {
        const damaged = Buffer.from(whole)
        damaged[where % damaged.length] = byte
        for (const bytes of [whole.subarray(0, where % whole.length), damaged]) {
          const recording = await open(fileOf(bytes))
          for await (const message of recording) expect(typeof message.ok).toBe('boolean')
        }
      }),
      { numRuns: 60 },
    )
  })
})

describe('a large recording', () => {
  it('takes constant memory', async () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const megabyte = Buffer.concat(
      Array.from({ length: 4 }, () => prefixed(encodeRequest([service('a', Array(2500).fill(request('hipstershop.AdService/GetAds')[0]?.spans[0]))]))),
    )
    const copies = Math.ceil((200 * 2 ** 20) / megabyte.length)
    const member = gzipSync(megabyte)
    const recording = await open(fileOf(Buffer.concat(Array(copies).fill(member))))
    const used = (): number => {
      gc()
      const { heapUsed, arrayBuffers } = process.memoryUsage()
      return heapUsed + arrayBuffers
    }
    let messages = 0
    let bytes = 0
    let most = 0
    const before = used()
    for await (const message of recording) {
      if (!message.ok) throw new Error(message.message)
      bytes += message.bytes.length
      if (messages++ % 50 === 0) most = Math.max(most, used() - before)
    }
    expect(messages).toBe(copies * 4)
    expect(bytes).toBeGreaterThan(199 * 2 ** 20)
    expect(most).toBeLessThan(24 * 2 ** 20)
  })
})
