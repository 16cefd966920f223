/** All sessions of a sampler: who counts what, in one table that has every attribute that any of them names. */
import type { IngestReport } from '../../evaluate/index.ts'
import { type ColumnRef, type Nanos, SpanTable } from '../../spans/index.ts'
import type { StatisticsRequest } from '../rpc/messages.ts'
import { Refusal, type Send, Session, type SessionPlace } from './session.ts'

export interface SessionsOptions extends SessionPlace {
  /** How long a session without a connection is kept. */
  readonly keepNs: number
  /** Matched spans of ticks that a session has not asked for; one that lets more pile up is given up. */
  readonly maxOpenSpans: number
  /** What the sampler itself needs in the table. */
  readonly projection: readonly ColumnRef[]
}

export interface Connection {
  /** Throws a Refusal. */
  request(request: StatisticsRequest): void
  /** The connection has ended. */
  close(): void
}

export interface Sessions {
  /** To decode into; another one when a modeler with other rules has come. */
  readonly table: SpanTable
  ingest(table: SpanTable, now: Nanos): IngestReport
  connect(send: Send): Connection
  /** Looks at the clock: tells progress, and forgets sessions that nobody came back to. */
  look(): void
  readonly report: { readonly sessions: number; readonly openSpans: number; readonly givenUp: number }
}

export function createSessions(options: SessionsOptions): Sessions {
  const sessions = new Map<string, Session>()
  let table = new SpanTable(options.dictionary, options.projection)
  let givenUp = 0

  function makeTable(): void {
    const refs = new Map<string, ColumnRef>()
    for (const ref of [...options.projection, ...[...sessions.values()].flatMap(({ bundle }) => bundle.projection)]) refs.set(`${ref.scope} ${ref.name}`, ref)
    if (refs.size !== table.projection.length || table.projection.some(({ scope, name }) => !refs.has(`${scope} ${name}`)))
      table = new SpanTable(options.dictionary, [...refs.values()])
  }

  function forget(id: string): void {
    sessions.delete(id)
    makeTable()
  }

  function connect(send: Send): Connection {
    let mine: { readonly id: string; readonly session: Session } | undefined
    return {
      request(request) {
        if (mine !== undefined) {
          if (sessions.get(mine.id) !== mine.session) throw new Refusal('the session let more pile up than the sampler keeps, and was given up')
          mine.session.request(request)
          makeTable()
          return
        }
        const { configure } = request
        if (configure === undefined) throw new Refusal('the first request must be `configure`')
        const known = sessions.get(configure.session)
        const session = known ?? new Session(options, configure)
        mine = { id: configure.session, session }
        sessions.set(configure.session, session)
        session.attach(send, configure, known !== undefined)
        makeTable()
      },
      close() {
        mine?.session.detach(send)
      },
    }
  }

  return {
    get table() {
      return table
    },
    ingest(from, now) {
      const reports = [...sessions.values()].map((session) => session.ingest(from, now))
      const most = (read: (report: IngestReport) => number): number => Math.max(0, ...reports.map(read))
      for (const [id, { openSpans }] of sessions)
        if (openSpans > options.maxOpenSpans) {
          givenUp++
          forget(id)
        }
      return {
        spans: from.length,
        matched: most(({ matched }) => matched),
        duplicate: most(({ duplicate }) => duplicate),
        late: most(({ late }) => late),
        future: most(({ future }) => future),
      }
    },
    connect,
    look() {
      const now = options.now()
      for (const [id, session] of sessions) {
        if (session.leftAt !== undefined && now - session.leftAt > options.keepNs) forget(id)
        else session.look()
      }
    },
    get report() {
      let openSpans = 0
      for (const session of sessions.values()) openSpans += session.openSpans
      return { sessions: sessions.size, openSpans, givenUp }
    },
  }
}
