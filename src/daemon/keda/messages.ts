/** The messages of externalscaler.proto. `externalscaler.json` is that file as protobufjs reads it; a test holds them together. */
import { createRequire } from 'node:module'
import type { MethodDefinition } from '@grpc/grpc-js'
import type protobufjs from 'protobufjs'
import descriptor from './externalscaler.json' with { type: 'json' }

export interface ScaledObjectRef {
  readonly name: string
  readonly namespace: string
  readonly scalerMetadata: Readonly<Record<string, string>>
}

export interface GetMetricsRequest {
  /** Absent in a request of nobody's. */
  readonly scaledObjectRef?: ScaledObjectRef
  readonly metricName: string
}

export interface MetricSpec {
  readonly metricName: string
  readonly targetSize: number
  readonly targetSizeFloat: number
}

export interface MetricValue {
  readonly metricName: string
  readonly metricValue: number
  readonly metricValueFloat: number
}

const { Root } = createRequire(import.meta.url)('protobufjs/light') as typeof protobufjs
const types = Root.fromJSON(descriptor)

function method<Q extends object, R extends object>(name: string, request: string, response: string, responseStream = false): MethodDefinition<Q, R> {
  const [asked, answered] = [types.lookupType(`externalscaler.${request}`), types.lookupType(`externalscaler.${response}`)]
  const options = { defaults: true, arrays: true, objects: true, longs: Number }
  return {
    path: `/externalscaler.ExternalScaler/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (message) => Buffer.from(asked.encode(message).finish()),
    requestDeserialize: (bytes) => asked.toObject(asked.decode(bytes), options) as Q,
    responseSerialize: (message) => Buffer.from(answered.encode(message).finish()),
    responseDeserialize: (bytes) => answered.toObject(answered.decode(bytes), options) as R,
  }
}

export const externalScaler = {
  isActive: method<ScaledObjectRef, { readonly result: boolean }>('IsActive', 'ScaledObjectRef', 'IsActiveResponse'),
  streamIsActive: method<ScaledObjectRef, { readonly result: boolean }>('StreamIsActive', 'ScaledObjectRef', 'IsActiveResponse', true),
  getMetricSpec: method<ScaledObjectRef, { readonly metricSpecs: readonly MetricSpec[] }>('GetMetricSpec', 'ScaledObjectRef', 'GetMetricSpecResponse'),
  getMetrics: method<GetMetricsRequest, { readonly metricValues: readonly MetricValue[] }>('GetMetrics', 'GetMetricsRequest', 'GetMetricsResponse'),
}
