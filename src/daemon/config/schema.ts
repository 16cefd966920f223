/**
 * The configuration's shape, one entry a key: what it means, what is accepted, and the default. Every leaf says what it
 * expects, so that a mistake reads `receivers.grpc.port: expected a port from 0 to 65535, got "abc"`.
 */
import { z } from 'zod'
import { defaultTraces } from '../../evaluate/index.ts'
import { boolean, budget, bytes, count, duration, endpoint, host, oneOf, port, share, text, url } from './leaves.ts'

/** PEM files; with `client_ca` clients must show a certificate of that authority. */
const serverTls = z.strictObject({ cert: text('a PEM file'), key: text('a PEM file'), client_ca: text('a PEM file').optional() })

const listenerOf = (defaultPort: number) =>
  z.strictObject({
    host: host().default('127.0.0.1'),
    port: port().default(defaultPort),
    tls: serverTls.optional(),
    /** A file with a line for each that may come in, `NAME TOKEN`; without it everybody may. */
    tokens: text('a file with tokens').optional(),
  })

const listener = (defaultPort: number) => listenerOf(defaultPort).prefault({})

/** Supervised local processes; see src/orchestrators/process. */
const pool = z.strictObject({
  /** `{port}` and `{slot}` in an argument stand for the replica's own. */
  command: text('a program'),
  args: z.array(z.unknown().transform(String), 'expected a list of arguments').optional(),
  cwd: text('a folder').optional(),
  env: z.record(z.string(), z.unknown().transform(String), 'expected variables by name').optional(),
  /** At the very first start; afterwards the pool remembers. */
  replicas: count(0, 10_000).default(1),
  min: count(0, 10_000).optional(),
  max: count(0, 10_000).optional(),
  ports: z.strictObject({ from: port(), count: count(1, 65535) }).optional(),
  host: host().optional(),
  ready: z
    .strictObject({
      kind: oneOf('tcp', 'http', 'started'),
      /** Of http. */
      path: text('a path such as /healthz').default('/'),
      /** Of started. */
      after: duration().default(0),
    })
    .optional(),
  /** From leaving the endpoints file to SIGTERM. */
  drain: duration().optional(),
  /** From SIGTERM to SIGKILL. */
  grace: duration().optional(),
  endpoints_file: text('a file').optional(),
  log_dir: text('a folder').optional(),
})

/** For a server that wants TLS, or to know who asks: PEM files. */
const clientTls = z.strictObject({ ca: text('a PEM file').optional(), cert: text('a PEM file').optional(), key: text('a PEM file').optional() })

/** A store of whole traces. */
const store = (example: string) =>
  z.strictObject({
    url: url(example),
    /** Further headers, such as Authorization. */
    headers: z.record(z.string(), z.unknown().transform(String), 'expected headers by name').default({}),
  })

export const schema = z.strictObject({
  log: z
    .strictObject({
      /** Of the daemon's own log, JSON lines on stderr. */
      level: oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent').default('info'),
    })
    .prefault({}),
  receivers: z
    .strictObject({
      /** OTLP over gRPC. */
      grpc: listener(4317),
      /** OTLP over HTTP, protobuf and JSON. */
      http: listener(4318),
      /** Limit of one request after decompression. */
      max_request: bytes().default(64 * 2 ** 20),
      /** Memory for requests that are being received; beyond it exporters are asked to come back. */
      max_in_flight: bytes().default(256 * 2 ** 20),
    })
    .prefault({}),
  /** Health, metrics, status and decisions. */
  api: listener(9464),
  engine: z
    .strictObject({
      /** How long a step waits for spans that arrive late. */
      lateness: duration().default(5e9),
      /** Telemetry is stale after so long without any span. */
      stale: duration().default(60e9),
      /** Assembly of traces, done where a rule needs them (own, gap, under, …). */
      traces: z
        .strictObject({
          /** A trace whose root has ended is complete when nothing of it has ended for so long: traced values come that much later. */
          idle: duration('above zero').default(defaultTraces.idleNs),
          /** A trace is decided at the latest so long after its first span ended. */
          max_age: duration('above zero').default(defaultTraces.maxAgeNs),
          /** Spans in memory, some 100 bytes each; beyond that the oldest traces are decided early. */
          max_spans: count(1000, 100_000_000).default(defaultTraces.maxSpans),
        })
        .prefault({}),
      /** A target is changed only while at least this share of its replicas is ready; 0 turns it off. */
      min_available: share().default(0),
      /** What all targets together may do within `per`; without either limit, anything. */
      budget: z
        .strictObject({
          /** Changes, up or down. */
          actions: count(1, 1_000_000).optional(),
          /** Replicas that are added; what is taken away gives nothing back. */
          added_replicas: count(1, 1_000_000).optional(),
          per: duration('above zero').default(60e9),
        })
        .prefault({}),
    })
    .prefault({}),
  /** Which traces are looked at in depth: for traced values (own, gap, blame, …), anomalies and evidence. Stream values always count every span. */
  sampler: z
    .strictObject({
      /** By default budgeted, and all where the budget is 100%. */
      mode: oneOf('budgeted', 'uniform', 'all', 'tracemesh').optional(),
      /** Share of the traces that is kept. */
      budget: budget().default(1),
      /** In which what was seen loses half its weight. */
      half_life: duration('above zero').default(1800e9),
      /** Traces after which the model is trusted; until then the sampler keeps uniformly. */
      warm_after: count(0, 100_000_000).default(1000),
      /** What the sampler learns from at its very first start, before the stream; afterwards its state is in state.dir. */
      training: z
        .strictObject({
          /** A recording: files or folders. */
          recordings: z.array(text('a file or folder'), 'expected a list of files or folders').default([]),
          /** Or the last traces of `traces.tempo` or `traces.jaeger`; 0: none. */
          traces: count(0, 100_000).default(0),
          /** How far back. */
          since: duration('above zero').default(3600e9),
        })
        .prefault({}),
      /** Of `scaled sampler`: where modelers connect to. */
      listen: listener(4319),
      /** Of `scaled sampler`: sampled traces that a subscriber who was away can still get. */
      recent: count(1, 10_000_000).default(10_000),
      /** Of `scaled sampler`: memory for the spans of sampled traces, for modelers without a trace store. */
      keep: bytes().default(64 * 2 ** 20),
      /** Of `scaled sampler`: how long what was counted for a modeler waits for it to come back. */
      session: duration('above zero').default(60e9),
      /** Of `scaled sampler`: matched spans that may wait for one modeler. */
      max_waiting_spans: count(1000, 1_000_000_000).default(5_000_000),
    })
    .prefault({}),
  /** Where whole traces are fetched from: by `scaled modeler`, which asks the samplers themselves without any, and for training. */
  traces: z
    .strictObject({
      tempo: store('http://tempo:3200')
        .extend({ tenant: text('a tenant').optional() })
        .optional(),
      jaeger: store('http://jaeger-query:16686').optional(),
      /** Requests under way at once. */
      parallel: count(1, 1000).default(8),
      /** Traces that are waited for at once. */
      queue: count(1, 10_000_000).default(10_000),
    })
    .refine(({ tempo, jaeger }) => tempo === undefined || jaeger === undefined, 'expected either tempo or jaeger, not both')
    .prefault({}),
  modeler: z
    .strictObject({
      /** The `sampler.listen` of every sampler: a step is known when all have counted it. */
      samplers: z.array(endpoint(), 'expected a list of addresses such as scaled-sampler-0:4319').default([]),
      /** How long a sampler may say nothing before steps go on without it, and what it would have counted is unknown. */
      patience: duration('above zero').default(10e9),
      /** Of the connections to samplers, which then must have `sampler.listen.tls`. */
      tls: clientTls.optional(),
      /** A file with the token that samplers want (`sampler.listen.tokens`); it is sent over TLS alone. */
      token: text('a file with a token').optional(),
    })
    .refine(({ tls, token }) => token === undefined || tls !== undefined, 'expected modeler.tls beside modeler.token: a token is sent over TLS alone')
    .prefault({}),
  /** Folder of what must survive a restart: cooldowns, epochs, stabilization history, what is spent of the budget, an action under way, and what the sampler has learnt. */
  state: z.strictObject({ dir: text('a folder').default('scaled-state') }).prefault({}),
  decisions: z
    .strictObject({
      /** JSON lines, one a decision and change of a hold; none when absent. */
      file: text('a file').optional(),
      /** How many the API keeps. */
      recent: count(1, 1_000_000).default(1000),
    })
    .prefault({}),
  bundle: z
    .strictObject({
      /** PEM files with the keys, one of which must have signed the bundle. None: the bundle must not be signed. */
      public_keys: z.array(text('a file with a public key'), 'expected a list of files with public keys').default([]),
    })
    .prefault({}),
  reload: z
    .strictObject({
      /** Reload when the bundle or a rule file changes; SIGHUP always does. */
      watch: boolean().default(true),
    })
    .prefault({}),
  shutdown: z
    .strictObject({
      /** How long exports are still refused politely at SIGTERM, while load balancers notice that this one is not ready. */
      delay: duration().default(1e9),
      /** Time after that for actions and requests under way. */
      grace: duration().default(3e9),
    })
    .prefault({}),
  /** Serves KEDA's external scaler: the HorizontalPodAutoscaler acts on Kubernetes, on the rules' word. Nothing is written to workloads then. */
  keda: listenerOf(6000).optional(),
  /** Checks ScaleRuleSet objects before they are stored. */
  webhook: z
    .strictObject({
      host: host().default('127.0.0.1'),
      port: port().default(9443),
      tls: z.strictObject({ cert: text('a PEM file'), key: text('a PEM file') }),
    })
    .optional(),
  orchestrators: z
    .strictObject({
      /** The orchestrator of targets that name none; by default kubernetes if it is configured, else process if there are pools, else dry-run. */
      default: oneOf('kubernetes', 'process', 'swarm', 'nomad', 'exec', 'dry-run').optional(),
      /** How often targets are read. */
      poll: duration().default(5e9),
      kubernetes: z
        .strictObject({
          /** Default: KUBECONFIG, ~/.kube/config, or the pod's service account. */
          kubeconfig: text('a kubeconfig file').optional(),
          context: text('the name of a context').optional(),
          /** Of targets that name none; default: the context's. */
          namespace: text('the name of a namespace').optional(),
          /** Of several daemons one acts, the holder of this Lease; without it this one always does. */
          lease: z
            .strictObject({
              name: text('the name of a Lease').default('scaled'),
              /** By default that of targets that name none. */
              namespace: text('the name of a namespace').optional(),
              /** Unique among the daemons; the pod's name by default. */
              identity: text('a name').optional(),
              /** How long the others wait after the last renewal. */
              duration: duration('above zero').default(15e9),
              /** How long after it the holder still acts. */
              deadline: duration('above zero').default(10e9),
              retry: duration('above zero').default(2e9),
            })
            .refine(({ duration, deadline, retry }) => retry < deadline && deadline < duration, 'expected retry < deadline < duration')
            .optional(),
          /** ScaleRuleSet objects of these namespaces are rules, beside the files. */
          rule_sets: z.strictObject({ namespaces: z.array(text('the name of a namespace'), 'expected a list of namespaces').default([]) }).optional(),
        })
        .optional(),
      swarm: z
        .strictObject({
          host: text('unix:///var/run/docker.sock or tcp://host:2376').default('unix:///var/run/docker.sock'),
          tls: clientTls.optional(),
        })
        .optional(),
      nomad: z
        .strictObject({
          address: url('http://127.0.0.1:4646').default('http://127.0.0.1:4646'),
          /** With the capabilities read-job-scaling and scale-job. */
          token: text('an ACL token').optional(),
          namespace: text('the name of a namespace').optional(),
          region: text('the name of a region').optional(),
          tls: clientTls.optional(),
        })
        .optional(),
      /** Commands for anything else; see src/orchestrators/exec.ts for what they are given and what they print. */
      exec: z
        .strictObject({
          get: z.array(text('an argument'), 'expected a program and its arguments').min(1, 'expected a program and its arguments'),
          set: z.array(text('an argument'), 'expected a program and its arguments').min(1, 'expected a program and its arguments'),
          timeout: duration('above zero').default(10e9),
        })
        .optional(),
      process: z
        .strictObject({
          pools: z.record(z.string(), pool, 'expected pools by name'),
          /** What becomes of the processes when this one ends: `leave` lets the next one adopt them. */
          on_exit: oneOf('stop', 'leave').default('stop'),
        })
        .optional(),
      'dry-run': z
        .strictObject({
          /** Replicas that targets start with, by `kind/name`; 1 for the others. */
          replicas: z.record(z.string(), count(0, 1_000_000)).default({}),
        })
        .prefault({}),
    })
    .prefault({}),
})

/** Durations are nanoseconds, sizes bytes. */
export type Config = z.infer<typeof schema>
