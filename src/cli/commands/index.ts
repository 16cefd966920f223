/** Every command of scalec, in the order of --help. */
import { blame } from './blame.ts'
import { catalog } from './catalog.ts'
import { check } from './check.ts'
import type { Declare } from './command.ts'
import { compile } from './compile.ts'
import { completion } from './completion.ts'
import { diff } from './diff.ts'
import { docs } from './docs.ts'
import { explain } from './explain.ts'
import { fmt } from './fmt.ts'
import { importRules } from './import.ts'
import { init } from './init.ts'
import { inspect } from './inspect.ts'
import { keygen } from './keygen.ts'
import { lint } from './lint.ts'
import { lsp } from './lsp.ts'
import { playground } from './playground.ts'
import { rbac } from './rbac.ts'
import { repl } from './repl.ts'
import { replay } from './replay.ts'
import { sample } from './sample.ts'
import { sign } from './sign.ts'
import { test } from './test.ts'
import { verify } from './verify.ts'

export const commands: readonly Declare[] = [
  blame,
  catalog,
  check,
  compile,
  completion,
  diff,
  docs,
  explain,
  fmt,
  importRules,
  init,
  inspect,
  keygen,
  lint,
  lsp,
  playground,
  rbac,
  repl,
  replay,
  sample,
  sign,
  test,
  verify,
]
