/** The methods of scale.proto as @grpc/grpc-js wants them. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'
import { type Codec, fetchReply, fetchRequest, statisticsReply, statisticsRequest, subscribeReply, subscribeRequest } from './messages.ts'

function method<Q, R>(name: string, request: Codec<Q>, reply: Codec<R>, requestStream: boolean, responseStream: boolean): MethodDefinition<Q, R> {
  return {
    path: `/scale.v1.Sampler/${name}`,
    requestStream,
    responseStream,
    requestSerialize: request.encode,
    requestDeserialize: request.decode,
    responseSerialize: reply.encode,
    responseDeserialize: reply.decode,
  }
}

export const methods = {
  subscribe: method('Subscribe', subscribeRequest, subscribeReply, false, true),
  statistics: method('Statistics', statisticsRequest, statisticsReply, true, true),
  fetch: method('Fetch', fetchRequest, fetchReply, false, false),
}

export const service: ServiceDefinition = methods

/** Of one message, either way: a compiled bundle, or what was counted of a tick by thousands of rules. */
export const maxMessageBytes = 64 * 2 ** 20
