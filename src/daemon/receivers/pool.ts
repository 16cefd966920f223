/**
 * Buffers used again: large requests come by the hundred a second, and fresh memory for each of them keeps the garbage
 * collector busy for a sixth of the time.
 */

export interface BufferPool {
  /** Exactly `length` bytes, with anything in them. */
  take(length: number): Buffer
  /** Gives the memory of a taken buffer back; nobody may touch it from then on. */
  give(buffer: Buffer): void
}

/** Smaller ones are cheap to allocate. */
const smallest = 16 * 1024

/** Keeps up to `maxBytes` of memory that is not in use. */
export function createBufferPool(maxBytes: number): BufferPool {
  /** By size, which is a power of two. */
  const free = new Map<number, ArrayBuffer[]>()
  let kept = 0
  return {
    take(length) {
      if (length < smallest) return Buffer.allocUnsafe(length)
      const size = 2 ** Math.ceil(Math.log2(length))
      const memory = free.get(size)?.pop()
      if (memory === undefined) return Buffer.from(new ArrayBuffer(size), 0, length)
      kept -= size
      return Buffer.from(memory, 0, length)
    },
    give(buffer) {
      const memory = buffer.buffer
      const size = memory.byteLength
      if (buffer.length < smallest || kept + size > maxBytes || !(memory instanceof ArrayBuffer)) return
      kept += size
      const same = free.get(size)
      if (same === undefined) free.set(size, [memory])
      else same.push(memory)
    },
  }
}
