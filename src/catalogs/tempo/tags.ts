/** Names and values of tags, by TraceQL (`/api/v2/search/tags` and `/api/v2/search/tag/…/values`). */
import { shapes } from '../../bundle/index.ts'
import type { Tempo, TempoError } from '../../sources/index.ts'
import type { Scalar } from '../recording/walk.ts'

export interface TimeRange {
  /** Seconds since the epoch. */
  readonly start: number
  readonly end: number
}

export interface TagValue {
  /** Undefined for a value that is no scalar. */
  readonly value: Scalar | undefined
}

/** Comparisons that must all hold; texts are quoted. */
export type Filter = Readonly<Record<string, string>>

export interface Tags {
  /** At most `limit` values of a TraceQL identifier. */
  values(identifier: string, filter: Filter, limit: number): Promise<readonly TagValue[] | TempoError>
  names(scope: 'span' | 'resource', filter: Filter): Promise<readonly string[] | TempoError>
}

export function isFailure<T>(result: T | TempoError): result is TempoError {
  return typeof result === 'object' && result !== null && 'error' in result
}

export function tagsOf(tempo: Tempo, { start, end }: TimeRange): Tags {
  return {
    async values(identifier, filter, limit) {
      const path = `/api/v2/search/tag/${encodeURIComponent(identifier)}/values`
      const answer = await tempo.get(path, { q: queryOf(filter), start, end, limit })
      if (isFailure(answer)) return answer
      const { body } = answer
      const values = shapes.isObject(body) ? (body.tagValues ?? []) : undefined
      return Array.isArray(values) ? values.map(tagValue) : { error: `${path} answered something else than tag values: is this a Tempo?` }
    },
    async names(scope, filter) {
      const answer = await tempo.get('/api/v2/search/tags', { scope, q: queryOf(filter), start, end })
      if (isFailure(answer)) return answer
      const { body } = answer
      const scopes = shapes.isObject(body) ? (body.scopes ?? []) : undefined
      if (!Array.isArray(scopes)) return { error: '/api/v2/search/tags answered something else than scopes: is this a Tempo?' }
      return scopes.flatMap((item) => {
        if (!shapes.isObject(item) || item.name !== scope || !Array.isArray(item.tags)) return []
        return item.tags.filter((tag) => typeof tag === 'string')
      })
    },
  }
}

/** `span.http.route`; a name that is more than letters, digits and `.-_/` is quoted. */
export function identifierOf(scope: 'span' | 'resource', name: string): string {
  return `${scope}.${/^[\w.\-/]+$/.test(name) ? name : JSON.stringify(name)}`
}

/** A query that does not parse is ignored and gives the whole list, so whatever is not ours is quoted. */
function queryOf(filter: Filter): string | undefined {
  const tests = Object.entries(filter).map(([identifier, value]) => `${identifier}=${identifier === 'kind' ? value : JSON.stringify(value)}`)
  return tests.length === 0 ? undefined : `{${tests.join(' && ')}}`
}

/** Values of every type come as texts, with the type beside them. */
function tagValue(item: unknown): TagValue {
  if (!shapes.isObject(item) || typeof item.value !== 'string') return { value: undefined }
  switch (item.type) {
    case 'string':
      return { value: item.value }
    case 'int':
    case 'float':
      return { value: Number(item.value) }
    case 'bool':
      return { value: item.value === 'true' }
    default:
      return { value: undefined }
  }
}
