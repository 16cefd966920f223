/** Who may speak to the playground: pages that it served itself. */
import { describe, expect, it } from 'vitest'
import { refusal } from '../../lsp/playground/guard.ts'

describe('a request', () => {
  it.each([
    ['of its own page', { host: '127.0.0.1:4480', origin: 'http://127.0.0.1:4480' }],
    ['by the name of this machine', { host: 'localhost:4480', origin: 'http://localhost:4480' }],
    ['of someone who types the address', { host: '127.0.0.1:4480' }],
  ])('%s is answered', (_, headers) => {
    expect(refusal(headers, 4480, 'page')).toBeUndefined()
  })

  it.each([
    ['of a page from elsewhere', { host: '127.0.0.1:4480', origin: 'https://evil.example' }],
    ['of a page of another program on this machine', { host: '127.0.0.1:4480', origin: 'http://127.0.0.1:8080' }],
    ['of a page without an origin of its own', { host: '127.0.0.1:4480', origin: 'null' }],
    ['of the same host by TLS, which it does not speak', { host: '127.0.0.1:4480', origin: 'https://127.0.0.1:4480' }],
    ['to a name that was made to mean this machine', { host: 'evil.example:4480', origin: 'http://evil.example:4480' }],
    ['to such a name without an origin', { host: 'evil.example:4480' }],
    ['to a name that only begins like its own', { host: '127.0.0.1.evil.example:4480' }],
    ['to another port', { host: '127.0.0.1:4481' }],
    ['to nobody', {}],
  ])('%s is refused', (_, headers) => {
    expect(refusal(headers, 4480, 'page')).toMatch(/\w/)
    expect(refusal(headers, 4480, 'socket')).toMatch(/\w/)
  })

  it('for a WebSocket must say where it is from, as browsers always do', () => {
    expect(refusal({ host: '127.0.0.1:4480' }, 4480, 'socket')).toContain('origin')
    expect(refusal({ host: '127.0.0.1:4480', origin: 'http://127.0.0.1:4480' }, 4480, 'socket')).toBeUndefined()
  })
})
