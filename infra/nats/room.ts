import { statfs } from "node:fs/promises"
import type { JetStreamManager } from "@nats-io/jetstream"
import type { LogSpace, Room } from "#streams/ports/log-space.ts"
import type { Link } from "./connection.ts"
import { serverStates, type ServerSources, type ServerState } from "./server-state.ts"

/** What can be known: the stream's own limit, the account's, each server's, and a near server's disk. */
export const natsRooms =
  (link: Link, jsm: JetStreamManager, stream: string, sources: ServerSources): LogSpace["rooms"] =>
  async () => {
    const [info, account] = await Promise.all([jsm.streams.info(stream), jsm.getAccountInfo()])
    const { num_replicas, max_bytes } = info.config
    const states = await serverStates(link, sources, num_replicas)
    const disks = await Promise.all(isNear(link) ? states.map(diskOf) : [])
    return [
      ...limited(max_bytes, info.state.bytes, `max_bytes of stream ${stream}`),
      // the account pays for each replica
      ...limited(account.limits.max_storage, account.storage, "the account's max_storage").map(over(num_replicas)),
      ...states.flatMap(({ name, maxBytes, storedBytes }) =>
        limited(maxBytes, storedBytes, `max_file_store of server ${name}`)
      ),
      ...disks.flatMap((disk) => disk ?? [])
    ]
  }

/** A limit that is set. */
export const limited = (most: number, used: number, limit: string): ReadonlyArray<Room> =>
  most > 0 ? [{ freeBytes: Math.max(0, most - used), totalBytes: most, limit }] : []

const over = (replicas: number) => (room: Room) => ({ ...room, freeBytes: Math.floor(room.freeBytes / replicas) })

/** A server on this machine: its disk can be looked at. */
const isNear = ({ nc }: Link): boolean => /^(?:127\.|localhost|\[?::1\]?)/u.test(nc.getServer())

const diskOf = async ({ folder, name }: ServerState): Promise<Room | undefined> => {
  try {
    const { bavail, blocks, bsize } = await statfs(folder)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, limit: `the disk of server ${name}` }
  } catch {
    return undefined // another machine behind a forwarded port, or a container
  }
}
