/**
 * Everything that the lints say. SC302x rules that cannot work, SC41xx the program alone, SC42xx against the catalog, SC43xx suppressions.
 * Codes are never reused.
 */
import { message } from '../diagnostics.ts'

interface Unknown {
  readonly name: string
  readonly suggestion: string | undefined
}

const didYouMean = ({ suggestion }: { readonly suggestion: string | undefined }): string => (suggestion === undefined ? '' : `: did you mean ${suggestion}?`)

export const messages = {
  neverFires: message<{ rule: string; why: string }>(
    'SC3023',
    'error',
    (p) => `\`${p.rule}\` can never fire: ${p.why}`,
    () => 'change the condition, or delete the rule',
  ),
  emptySelector: message<{ left: string; right: string }>(
    'SC3024',
    'error',
    (p) => `no span passes both \`${p.left}\` and \`${p.right}\``,
    () => 'join the two by `or`, or drop one',
  ),

  // The program alone

  alwaysFrozen: message<{ freeze: string; target: string; directions: string }>(
    'SC4101',
    'warning',
    (p) => `\`${p.freeze}\` always holds: ${p.target} never goes ${p.directions}`,
    () => 'write `mode observe` or `mode out-only` in the target if that is meant',
  ),
  alwaysFires: message<{ rule: string }>(
    'SC4102',
    'warning',
    (p) => `the condition of \`${p.rule}\` holds whenever it is known`,
    () => 'compare with a value that tells something, or give the target other bounds',
  ),
  shadowed: message<{ rule: string; by: string }>(
    'SC4103',
    'warning',
    (p) => `\`${p.rule}\` never makes a difference: whenever it is true, so is \`${p.by}\`, which decides`,
    () => 'delete it, or give it a condition of its own',
  ),
  frozenRule: message<{ rule: string; freeze: string }>(
    'SC4104',
    'warning',
    (p) => `\`${p.rule}\` never acts: whenever it is true, \`${p.freeze}\` holds its target`,
    () => 'narrow the freeze, or delete the rule',
  ),
  superfluous: message<{ part: string; other: string; kind: 'and' | 'or' }>(
    'SC4105',
    'warning',
    (p) => `\`${p.part}\` adds nothing: ${p.kind === 'and' ? `it is true whenever \`${p.other}\` is` : `\`${p.other}\` is true whenever it is`}`,
    () => 'leave it out',
  ),
  deadAlternative: message<{ part: string; why: string }>(
    'SC4106',
    'warning',
    (p) => `the alternative \`${p.part}\` can never be true: ${p.why}`,
    () => 'change it, or leave it out',
  ),

  peerByName: message<{ service: string }>(
    'SC4107',
    'warning',
    (p) => `${p.service} is likely to send no spans: nothing is counted here`,
    () => 'write where kind == peer to count the calls to it',
  ),

  heldTotal: message<{ value: string; target: string }>(
    'SC4108',
    'warning',
    (p) => `\`${p.value}\` does not fall as replicas are added: ${p.target} would go on to its bounds`,
    () => 'hold it per replica, or hold what replicas do lower, such as .p99',
  ),

  // Against the catalog

  unknownService: message<Unknown>(
    'SC4201',
    'warning',
    (p) => `the catalog has no service \`${p.name}\`${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? 'name a service of the catalog, or make the catalog anew' : undefined),
  ),
  unknownOperation: message<Unknown & { service: string; known: readonly string[] }>(
    'SC4202',
    'warning',
    (p) => `\`${p.service}\` has no operation \`${p.name}\` in the catalog${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? (p.known.length === 0 ? 'make the catalog anew' : `it has ${p.known.join(', ')}`) : undefined),
  ),
  unknownAttribute: message<Unknown & { services: string }>(
    'SC4203',
    'warning',
    (p) => `no span of \`${p.services}\` has the attribute \`${p.name}\` in the catalog${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? 'without the attribute every comparison is false' : undefined),
  ),
  unknownCatalogWorkload: message<Unknown>(
    'SC4204',
    'warning',
    (p) => `the catalog has no workload ${p.name}${didYouMean(p)}`,
    (p) => (p.suggestion === undefined ? 'name a workload of the catalog, or make the catalog anew' : undefined),
  ),
  severalOperations: message<{ pattern: string; operations: readonly string[]; count: number }>(
    'SC4205',
    'warning',
    (p) => `\`${p.pattern}\` means ${p.count} operations: ${p.operations.join(', ')}${p.count > p.operations.length ? ', …' : ''}`,
    () => 'write more of its name, or a * if all of them are meant',
  ),
  clientName: message<{ service: string; operation: string; callees: readonly string[] }>(
    'SC4206',
    'warning',
    (p) =>
      `\`${p.service}\` only calls \`${p.operation}\`, which counts towards the callee${p.callees.length === 0 ? '' : `: did you mean ${p.callees.join(' or ')}?`}`,
    (p) => (p.callees.length === 0 ? 'the callee sends no spans; write where kind == client to count the calls' : undefined),
  ),
  attributeType: message<{ field: string; has: string; given: string; examples: string }>(
    'SC4207',
    'warning',
    (p) => `\`${p.field}\` is ${p.has} in the catalog${p.examples === '' ? '' : `, such as ${p.examples}`}, and never equal to ${p.given}`,
    (p) => `compare it with ${p.has}`,
  ),
  fewSpans: message<{ value: string; spans: string; window: string; needed: number; wider: string }>(
    'SC4208',
    'warning',
    (p) => `\`${p.value}\` is just the longest of some ${p.spans} spans: ${p.window} hold fewer than the ${p.needed} that it needs`,
    (p) => `write over ${p.wider}, a lower quantile, or at least ${p.needed} spans`,
  ),
  rarelyKnown: message<{ value: string; atLeast: number; spans: string; window: string; wider: string }>(
    'SC4209',
    'warning',
    (p) => `\`${p.value}\` is rarely known: it needs ${p.atLeast} spans, and ${p.window} hold some ${p.spans}`,
    (p) => `write over ${p.wider}, or fewer spans`,
  ),
  sampledQuantile: message<{ value: string; share: string; spans: string; needed: number; window: string; wider: string }>(
    'SC4210',
    'warning',
    (p) => `\`${p.value}\` is taken from the ${p.share} of traces that are kept: some ${p.spans} spans in ${p.window}, where it needs ${p.needed}`,
    (p) => `write over ${p.wider}, a lower quantile, or keep more traces`,
  ),
  overBudget: message<{ rule: string; what: 'work' | 'memory'; cost: string; budget: string }>(
    'SC4211',
    'warning',
    (p) => `\`${p.rule}\` may need ${p.cost} of ${p.what}, above the budget of ${p.budget}`,
    (p) => (p.what === 'work' ? 'select fewer spans' : 'shorten its longest window, or select fewer spans'),
  ),
  nothingServed: message<{ service: string; kinds: readonly string[] | undefined }>(
    'SC4212',
    'warning',
    (p) => `the catalog has ${p.kinds === undefined ? 'neither server nor consumer' : `no ${p.kinds.join(' or ')}`} spans of \`${p.service}\``,
    (p) => (p.kinds === undefined ? 'name an operation, or write where kind == client to count its calls' : 'ask for a kind that it has'),
  ),
  calleeCauses: message<{ value: string; callees: readonly string[]; more: boolean; target: string }>(
    'SC4213',
    'warning',
    (p) => `\`${p.value}\` is slow whenever ${[...p.callees, ...(p.more ? ['others'] : [])].join(' or ')} is, and more of ${p.target} cannot help that`,
    () => 'measure what the operation itself adds, with .own, and lower the bound to that',
  ),

  // Suppressions

  unusedSuppression: message<{ code: string }>(
    'SC4301',
    'warning',
    (p) => `nothing here says ${p.code}`,
    () => 'delete the suppression',
  ),
  badSuppression: message<{ problem: string }>(
    'SC4302',
    'warning',
    (p) => `this suppression does nothing: ${p.problem}`,
    () => 'write // scale-ignore SC4002 until 2027-01-31: why it is right',
  ),
  cannotSuppress: message<{ code: string }>(
    'SC4303',
    'warning',
    (p) => `${p.code} is an error and cannot be suppressed`,
    () => 'mend the program, and delete the suppression',
  ),
} as const
