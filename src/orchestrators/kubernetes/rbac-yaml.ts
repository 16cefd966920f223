/** Access as manifests: a Role and a RoleBinding a namespace, with a comment a rule. */
import { Document, type Pair, type Scalar, type YAMLMap } from 'yaml'
import type { Access, AccessRule, NamespaceAccess } from './rbac.ts'

export interface RbacNames {
  /** Of Role and RoleBinding. */
  readonly role: string
  readonly serviceAccount: { readonly namespace: string; readonly name: string }
}

/** YAML documents, ready for `kubectl apply -f -`. `head`: comment lines before all. */
export function rbacYaml({ namespaces }: Access, names: RbacNames, head: readonly string[]): string {
  const documents = namespaces.flatMap((access) => [roleOf(access, names), bindingOf(access, names)])
  const comment = head.map((line) => `# ${line}\n`).join('')
  return `${comment}${documents.join('---\n')}`
}

const apiVersion = 'rbac.authorization.k8s.io/v1'

function roleOf({ namespace, rules }: NamespaceAccess, { role }: RbacNames): string {
  const document = new Document({ apiVersion, kind: 'Role', metadata: { name: role, namespace }, rules: rules.map(ruleOf) })
  for (const [i, { why }] of rules.entries()) explain(document.getIn(['rules', i]) as YAMLMap, why)
  return document.toString({ lineWidth: 0 })
}

/** A Role's `rules` alone, as a YAML list. */
export function rulesYaml(rules: readonly AccessRule[]): string {
  const document = new Document(rules.map(ruleOf))
  for (const [i, { why }] of rules.entries()) explain(document.getIn([i]) as YAMLMap, why)
  return document.toString({ lineWidth: 0 })
}

function explain(rule: YAMLMap, why: string): void {
  rule.commentBefore = ` ${why}.`
  inline(rule)
}

function ruleOf({ group, resource, names, verbs }: AccessRule): object {
  return { apiGroups: [group], resources: [resource], ...(names === undefined ? {} : { resourceNames: names }), verbs }
}

/** Lists on one line, as such manifests are written by hand. */
function inline(map: YAMLMap): void {
  for (const { value } of map.items as Pair<Scalar, { flow?: boolean }>[]) if (value !== null) value.flow = true
}

function bindingOf({ namespace }: NamespaceAccess, { role, serviceAccount }: RbacNames): string {
  return new Document({
    apiVersion,
    kind: 'RoleBinding',
    metadata: { name: role, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: serviceAccount.name, namespace: serviceAccount.namespace }],
  }).toString({ lineWidth: 0 })
}
