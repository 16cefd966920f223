/** From HTTP status codes of the API server to errors that say what to do. */
import type { OrchestrationError } from '../contract.ts'
import type { ApiResponse } from './api.ts'

/** A request as a person would name it: `update deployments.apps/scale ads in shop`. */
export interface Request {
  readonly verb: 'get' | 'list' | 'update'
  /** As RBAC rules spell it: `deployments/scale`. */
  readonly resource: string
  readonly group: string
  readonly name?: string
  readonly namespace: string
}

/** Of a response that is not 2xx, 404 or what else the caller treats itself. */
export function errorOf(response: ApiResponse, request: Request): OrchestrationError {
  const said = messageOf(response)
  const what = `${request.verb} ${request.name === undefined ? '' : `${request.name}, `}${request.resource} of group ${request.group === '' ? '""' : request.group} in ${request.namespace}`
  switch (response.status) {
    case 401:
      return { error: 'forbidden', message: `The API server does not accept our credentials (${said}): renew the token or the certificate.` }
    case 403:
      return {
        error: 'forbidden',
        message: `Our account may not ${what}: grant it the verb ${request.verb} on ${request.resource}. The API server says: ${said}`,
      }
    case 409:
      return { error: 'conflict', message: `Somebody changed ${request.name} at the same time: plan again.` }
    case 400:
    case 405:
    case 422:
      return { error: 'blocked', message: `The API server refuses to ${what}: ${said}` }
    default:
      return { error: 'transient', message: `The API server answered ${response.status} to ${what}: ${said}` }
  }
}

/** A 200 with something else in it than the API has there. */
export function unexpected(path: string, expected: string): OrchestrationError {
  return { error: 'transient', message: `The API server answered ${path} with something else than ${expected}: look for a proxy or a login page in between.` }
}

export function messageOf(response: ApiResponse): string {
  const body = response.body as { message?: unknown } | undefined
  return typeof body?.message === 'string' ? body.message : `status ${response.status}`
}
