/** `--rate`: how many spans a second there are. */
export type ParsedRate = { readonly rate: number | undefined } | { readonly problem: string }

const perSecond: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 }

/** `10000/s`, `600/min`, as the language writes rates; undefined stays so. */
export function rateOption(text: string | undefined): ParsedRate {
  if (text === undefined) return { rate: undefined }
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\/(s|min|h)$/.exec(text) ?? []
  return amount === undefined ? { problem: `--rate ${text}: a rate is written 10000/s or 600/min` } : { rate: Number(amount) / (perSecond[unit] ?? 1) }
}
