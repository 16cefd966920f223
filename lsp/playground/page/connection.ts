/// <reference lib="dom" />
/** The page's line to its server. It comes back by itself after the server was gone. */
import type { Transport } from '@codemirror/lsp-client'
import { type PageMessage, paths, type ServerMessage } from '../contract.ts'

export interface Connection {
  /** False: there is no server now, and nobody has heard it. */
  send(message: PageMessage): boolean
}

/** How long to wait before another attempt, ms. */
const again = 1000

export function connect(onMessage: (message: ServerMessage) => void, onState: (state: 'open' | 'lost') => void): Connection {
  let socket: WebSocket | undefined
  const open = (): void => {
    const opened = new WebSocket(paths.replay)
    opened.addEventListener('open', () => {
      socket = opened
      onState('open')
    })
    opened.addEventListener('message', ({ data }) => onMessage(JSON.parse(String(data)) as ServerMessage))
    opened.addEventListener('close', () => {
      if (socket === opened) onState('lost')
      socket = undefined
      setTimeout(open, again)
    })
  }
  open()
  return {
    send(message) {
      socket?.send(JSON.stringify(message))
      return socket !== undefined
    },
  }
}

/** The language server's; `onClose` once, when it is gone. */
export function languageTransport(onClose: () => void): Promise<Transport> {
  const socket = new WebSocket(paths.language)
  const handlers = new Set<(message: string) => void>()
  socket.addEventListener('message', ({ data }) => {
    for (const handle of handlers) handle(String(data))
  })
  socket.addEventListener('close', onClose)
  return new Promise((resolve) => {
    socket.addEventListener('open', () =>
      resolve({
        send: (message) => socket.send(message),
        subscribe: (handler) => void handlers.add(handler),
        unsubscribe: (handler) => void handlers.delete(handler),
      }),
    )
  })
}
