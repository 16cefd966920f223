/** Whether `length` bytes of `a` from `i` and of `b` from `j` are the same: a word at a time, the last one overlapping the one before. */
export function equalBytes(a: DataView, i: number, b: DataView, j: number, length: number): boolean {
  if (length < 4) {
    for (let k = 0; k < length; k++) if (a.getUint8(i + k) !== b.getUint8(j + k)) return false
    return true
  }
  const last = length - 4
  // The end first: keys and names of one kind start alike.
  if (a.getUint32(i + last, true) !== b.getUint32(j + last, true)) return false
  for (let k = 0; k < last; k += 4) if (a.getUint32(i + k, true) !== b.getUint32(j + k, true)) return false
  return true
}
