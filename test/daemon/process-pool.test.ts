/** `scaled` with its own processes to scale: the orchestrator where there is no cluster. */
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { firstWhere, isAction, isHold, load, makeWorkspace, start } from './support.ts'

const rules = `
defaults { every 100ms }
target process:ads { between 1 and 4  cooldown 60s }
slow: scale process:ads +2 when span(adservice/GetAds).p99 > 400ms 2 times in 1s
`

/** A replica: listens on the port that it is given. */
const replica = "require('node:net').createServer().listen(process.env.PORT, '127.0.0.1')"

/** Ports that are free now, one behind the other. */
async function freePorts(count: number): Promise<number> {
  for (let from = 20_000 + Math.floor(Math.random() * 20_000); ; from += count) {
    const servers = Array.from({ length: count }, () => createServer())
    const opened = await Promise.allSettled(
      servers.map((server, i) => new Promise<void>((ok, no) => server.once('error', no).listen(from + i, '127.0.0.1', ok))),
    )
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
    if (opened.every(({ status }) => status === 'fulfilled')) return from
  }
}

it('starts replicas, adopts them after a kill, does nothing twice, and stops them at the end', async () => {
  const from = await freePorts(4)
  const at = makeWorkspace(rules)
  at.writeConfig(`orchestrators:
  poll: 100ms
  process:
    pools:
      ads: {command: ${process.execPath}, args: ["-e", "${replica}"], ports: {from: ${from}, count: 4}, drain: 50ms, log_dir: ${join(at.dir, 'logs')}}`)
  const first = await start(at)
  const before = load(first, 600)
  const decisions = first.follow(0)
  const action = await firstWhere(decisions, isAction)
  expect(action).toMatchObject({ target: 'process:ads', from: 1, to: 3 })
  await expect.poll(async () => (await first.status()).targets[0]?.replicas, { timeout: 10_000 }).toMatchObject({ desired: 3, ready: 3 })
  await first.end('SIGKILL')
  await before.stop()

  const second = await start(at)
  expect((await second.status()).targets[0]?.replicas).toMatchObject({ desired: 3 })
  load(second, 600)
  expect(await firstWhere(second.follow(0), isHold)).toMatchObject({ from: 3, to: 3 })
  expect(
    at
      .decisionLog()
      .filter(isAction)
      .map(({ id }) => id),
  ).toEqual([action.id])
  expect(await second.end()).toBe(0)
  // Every port is free again: no replica is left.
  const servers = Array.from({ length: 4 }, () => createServer())
  await Promise.all(servers.map((server, i) => new Promise<void>((ok, no) => server.once('error', no).listen(from + i, '127.0.0.1', ok))))
  for (const server of servers) server.close()
})
