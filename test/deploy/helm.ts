/** The chart, rendered by the real helm. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { helmPath, type Run } from '../support/kubernetes/kubectl.ts'

export const chart = 'deploy/helm/scaled'
export const missing = helmPath() === undefined

export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly data?: Readonly<Record<string, string>>
  readonly spec: never
  readonly rules?: readonly { readonly apiGroups: string[]; readonly resources: string[]; readonly resourceNames?: string[]; readonly verbs: string[] }[]
}

export async function helm(...args: readonly string[]): Promise<Run> {
  try {
    const { stdout, stderr } = await promisify(execFile)(helmPath() as string, [...args], { maxBuffer: 64 << 20 })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as Run
    return { code, stdout, stderr }
  }
}

/** The least that can be installed. */
export const least = ['--set', 'existingRules=team-rules']

export async function render(...args: readonly string[]): Promise<readonly Manifest[]> {
  const { code, stdout, stderr } = await helm('template', 'scaled', chart, '--namespace', 'scale', ...args)
  if (code !== 0) throw new Error(stderr)
  return manifests(stdout)
}

export function manifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null)
}

export function one(all: readonly Manifest[], kind: string, name: string): Manifest {
  const found = all.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name)
  if (found.length !== 1)
    throw new Error(`${found.length} times ${kind} ${name} among ${all.map((manifest) => `${manifest.kind} ${manifest.metadata.name}`).join(', ')}`)
  return found[0] as Manifest
}

/** A folder that goes with the test. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'scaled-deploy-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

/** A file of that text, which goes with the test. */
export function file(name: string, text: string): string {
  const path = join(folder(), name)
  writeFileSync(path, text)
  return path
}
