/** Whether a replica is ready for work. */
import { request } from 'node:http'
import { connect } from 'node:net'
import type { Readiness } from './config.ts'

const timeoutMs = 1000

/** `aliveMs`: how long the replica has lived. Never rejects. */
export async function isReady(readiness: Readiness, host: string, port: number | undefined, aliveMs: number): Promise<boolean> {
  switch (readiness.kind) {
    case 'started':
      return aliveMs >= (readiness.afterMs ?? 0)
    case 'tcp':
      return accepts(host, port as number)
    case 'http':
      return answers(host, port as number, readiness.path)
  }
}

export function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs })
    const end = (ready: boolean) => {
      socket.destroy()
      resolve(ready)
    }
    socket.once('connect', () => end(true))
    socket.once('timeout', () => end(false))
    socket.once('error', () => end(false))
  })
}

function answers(host: string, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const call = request({ host, port, path, timeout: timeoutMs, agent: false }, (response) => {
      response.resume()
      const status = response.statusCode ?? 0
      resolve(status >= 200 && status < 300)
    })
    call.once('timeout', () => call.destroy())
    call.once('error', () => resolve(false))
    call.end()
  })
}
