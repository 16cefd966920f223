/** A catalog of what a Kubernetes cluster runs: its workloads that can be scaled, and their replicas. */
import { workloadId } from '../bundle/index.ts'
import { type Catalog, catalogFormat, mergeCatalogs } from '../language/index.ts'
import { isError, type ListOptions, listWorkloads, type OrchestrationError } from '../orchestrators/index.ts'

/** Errors are those of `listWorkloads`. */
export async function catalogFromCluster(options: ListOptions = {}): Promise<Catalog | OrchestrationError> {
  const listed = await listWorkloads(options)
  if (isError(listed)) return listed
  const workloads = listed.map(({ kind, name, namespace, replicas, services }) => ({ id: workloadId({ kind, name, namespace }), replicas, services }))
  return mergeCatalogs([{ format: catalogFormat, services: [], workloads }])
}
