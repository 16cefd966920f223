/** Which attributes a service's spans and resources carry, of which types, and a few of their values. */
import { type CatalogAttribute, fewExamples, mostExamples } from '../../language/index.ts'
import type { AttributeType, Scalar } from './walk.ts'

/** A catalog is read by people and committed: secrets have no place in it, nor has a page of text. */
const private_ = /authorization|cookie|credential|passw|secret|token|api[-_.]?key|session/i
const longestExample = 80

interface Learned {
  readonly types: Set<AttributeType>
  readonly examples: Set<Scalar>
  /** Whether a further value could still add something. */
  open: boolean
}

export interface AttributeLimits {
  /** Attributes of one service and scope. */
  readonly attributes: number
  /** Whether to keep values at all. */
  readonly examples: boolean
}

export class ServiceAttributes {
  readonly #limits: AttributeLimits
  readonly #span = new Map<string, Learned>()
  readonly #resource = new Map<string, Learned>()
  /** Sightings of attributes beyond the limit. */
  refused = 0

  constructor(limits: AttributeLimits) {
    this.#limits = limits
  }

  /** `value` is only called where it matters. */
  see(scope: 'span' | 'resource', name: string, type: AttributeType, value: () => Scalar | undefined): void {
    const known = scope === 'span' ? this.#span : this.#resource
    let learned = known.get(name)
    if (learned === undefined) {
      if (known.size >= this.#limits.attributes) {
        this.refused++
        return
      }
      learned = { types: new Set(), examples: new Set(), open: this.#limits.examples && !private_.test(name) }
      known.set(name, learned)
    }
    learned.types.add(type)
    if (!learned.open) return
    const example = value()
    if (example === undefined || !presentable(example)) return
    learned.examples.add(example)
    learned.open = learned.examples.size < mostExamples
  }

  attributes(): readonly CatalogAttribute[] {
    return (['resource', 'span'] as const).flatMap((scope) =>
      [...(scope === 'span' ? this.#span : this.#resource)].map(
        ([name, { types, examples }]): CatalogAttribute => ({ scope, name, type: typeOf(types), examples: fewExamples([...examples]) }),
      ),
    )
  }
}

/** Lists and bytes are nothing that a rule could compare: with them an attribute is of no single type. */
function typeOf(types: ReadonlySet<AttributeType>): CatalogAttribute['type'] {
  const [only] = types
  return types.size === 1 && only !== undefined && only !== 'other' ? only : 'mixed'
}

function presentable(value: Scalar): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  return typeof value === 'boolean' || (value.length <= longestExample && value.isWellFormed())
}
