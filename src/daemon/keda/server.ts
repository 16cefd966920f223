/**
 * KEDA's external scaler: for those who want the HorizontalPodAutoscaler to act. The one metric is the number of replicas that the rules want, its target is 1 a
 * replica, so that HPA arrives at that number and takes the largest of it and what other triggers want. What is not known is an error, never 0: KEDA's
 * fallback and HPA's refusal to scale in on a failing metric do the rest.
 */
import type { ServerUnaryCall, ServerWritableStream, sendUnaryData } from '@grpc/grpc-js'
import { type Door, grpcDoor, openDoor } from '../door.ts'
import { externalScaler, type GetMetricsRequest, type MetricSpec, type MetricValue, type ScaledObjectRef } from './messages.ts'

export const metricName = 'scale-desired'

/** What the rules want of a target now. */
export type Wanted = { readonly replicas: number } | { readonly unknown: string } | undefined

export interface ExternalScalerOptions {
  /** By target id; undefined of a target that the rules do not have. */
  readonly wanted: (target: string) => Wanted
  /** Calls back whenever what is wanted of the target may have changed, until the returned function is called. */
  readonly onChange: (target: string, changed: () => void) => () => void
}

export interface ExternalScaler {
  readonly port: number
  close(graceMs: number): Promise<void>
}

/** A ScaledObject's trigger is a few words. */
const longestRequest = 64 * 1024

/** Starts listening; rejects with the listener's error. */
export async function startExternalScaler(host: string, port: number, options: ExternalScalerOptions, door: Door = openDoor): Promise<ExternalScaler> {
  const grpc = await import('@grpc/grpc-js')
  const { status } = grpc
  const { credentials, interceptors } = await grpcDoor(door)
  const server = new grpc.Server({ 'grpc.max_receive_message_length': longestRequest, interceptors })

  /** What is wanted of the target that the trigger names, or the status that says why not. */
  function ask(ref: ScaledObjectRef | undefined): { readonly target: string; readonly replicas: number } | { readonly code: number; readonly details: string } {
    const named = ref?.scalerMetadata.target
    if (ref === undefined || named === undefined || named === '')
      return { code: status.INVALID_ARGUMENT, details: 'the trigger needs metadata.target, the workload as the rules name it, such as deployment/ads' }
    // The rules may name the namespace, or leave it to the configuration.
    const target = [named, `${named} in ${ref.namespace}`].find((id) => options.wanted(id) !== undefined)
    const wanted = target === undefined ? undefined : options.wanted(target)
    if (target === undefined || wanted === undefined) return { code: status.NOT_FOUND, details: `no rule scales ${named} in ${ref.namespace}` }
    if ('unknown' in wanted) return { code: status.UNAVAILABLE, details: `what ${target} needs is not known: ${wanted.unknown}` }
    return { target, replicas: wanted.replicas }
  }

  function isActive({ request }: ServerUnaryCall<ScaledObjectRef, { readonly result: boolean }>, answer: sendUnaryData<{ readonly result: boolean }>): void {
    const found = ask(request)
    if ('code' in found) answer(found)
    else answer(null, { result: found.replicas > 0 })
  }

  /** KEDA needs to hear of activity only; inactivity it sees itself. */
  function streamIsActive(call: ServerWritableStream<ScaledObjectRef, { readonly result: boolean }>): void {
    const first = ask(call.request)
    if ('code' in first && first.code !== status.UNAVAILABLE) {
      call.emit('error', first)
      return
    }
    let told = false
    const tell = (): void => {
      const now = ask(call.request)
      const active = 'replicas' in now && now.replicas > 0
      if (active && !told) call.write({ result: true })
      told = active
    }
    const { target = '' } = call.request.scalerMetadata
    const ends = [target, `${target} in ${call.request.namespace}`].map((id) => options.onChange(id, tell))
    tell()
    const end = (): void => {
      for (const each of ends) each()
    }
    call.on('cancelled', end)
    call.on('error', end)
  }

  function getMetricSpec(_: ServerUnaryCall<ScaledObjectRef, unknown>, answer: sendUnaryData<{ readonly metricSpecs: readonly MetricSpec[] }>): void {
    answer(null, { metricSpecs: [{ metricName, targetSize: 1, targetSizeFloat: 1 }] })
  }

  function getMetrics(
    { request }: ServerUnaryCall<GetMetricsRequest, unknown>,
    answer: sendUnaryData<{ readonly metricValues: readonly MetricValue[] }>,
  ): void {
    const found = ask(request.scaledObjectRef)
    if ('code' in found) answer(found)
    // KEDA reads the integer where the other is 0.
    else answer(null, { metricValues: [{ metricName: request.metricName || metricName, metricValue: found.replicas, metricValueFloat: found.replicas }] })
  }

  server.addService(externalScaler, { isActive, streamIsActive, getMetricSpec, getMetrics })
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${host.includes(':') ? `[${host}]` : host}:${port}`, credentials, (error, at) =>
      error === null ? resolve(at) : reject(Object.assign(error, { code: 'EADDRINUSE' })),
    )
  })
  return {
    port: bound,
    async close(graceMs) {
      const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()))
      // Streams have no end of their own.
      const cut = setTimeout(() => server.forceShutdown(), graceMs)
      await closed
      clearTimeout(cut)
    },
  }
}
