/** Which scalec the extension takes. */
import { describe, expect, it } from 'vitest'
import { locate, type Surroundings } from '../../lsp/vscode/src/locate.ts'

const own = '/extensions/scale/server/scalec.js'
const given = (files: readonly string[], more: Partial<Surroundings> = {}) =>
  locate({
    setting: '',
    folders: ['/shop'],
    isTrusted: true,
    path: '/usr/bin:/opt/bin',
    platform: 'linux',
    exists: (file) => files.includes(file),
    target: (file) => file,
    own,
    ...more,
  })

describe('the server is', () => {
  it("the setting's, whatever else there is", () => {
    expect(given(['/shop/tools/scalec.js', '/shop/node_modules/.bin/scalec'], { setting: 'tools/scalec.js' })).toEqual({
      from: 'setting',
      file: '/shop/tools/scalec.js',
      isScript: true,
    })
    expect(given(['/opt/scalec'], { setting: '/opt/scalec' })).toEqual({ from: 'setting', file: '/opt/scalec', isScript: false })
  })

  it('none where the setting names nothing: another one would be a surprise', () => {
    expect(given(['/usr/bin/scalec'], { setting: 'tools/scalec' })).toEqual({ problem: 'scale.path names tools/scalec, which does not exist' })
  })

  it("else the workspace's, in the order of its folders", () => {
    expect(given(['/b/node_modules/.bin/scalec', '/usr/bin/scalec'], { folders: ['/a', '/b'] })).toMatchObject({
      from: 'workspace',
      file: '/b/node_modules/.bin/scalec',
    })
  })

  it('run by the editor itself where it is a link to a script, as npm makes them: the Node of the system may be too old', () => {
    const target = (file: string) => (file === '/shop/node_modules/.bin/scalec' ? '/shop/node_modules/scale-autoscaler/dist/scalec.js' : file)
    expect(given(['/shop/node_modules/.bin/scalec'], { target })).toEqual({
      from: 'workspace',
      file: '/shop/node_modules/scale-autoscaler/dist/scalec.js',
      isScript: true,
    })
  })

  it("else the PATH's, but never one that depends on where one is", () => {
    expect(given(['/opt/bin/scalec'])).toMatchObject({ from: 'path', file: '/opt/bin/scalec' })
    expect(given(['bin/scalec', './scalec'], { path: 'bin:.:' })).toMatchObject({ from: 'own' })
  })

  it("else the extension's own", () => {
    expect(given([])).toEqual({ from: 'own', file: own, isScript: true })
  })

  it("only the extension's own in a workspace that nobody trusts", () => {
    const all = ['/shop/tools/scalec', '/shop/node_modules/.bin/scalec', '/usr/bin/scalec']
    expect(given(all, { setting: 'tools/scalec', isTrusted: false })).toMatchObject({ from: 'own' })
  })
})
