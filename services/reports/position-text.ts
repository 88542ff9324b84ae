import type { Cut, RowStore, Table } from "#streams/ports/row-store.ts"

/** `partition:eventNo`, of several partitions with commas between. */
export const positionText = (cut: Cut): string =>
  [...cut]
    .toSorted(([a], [b]) => a - b)
    .map(([partition, eventNo]) => `${partition}:${eventNo}`)
    .join(",")

/** The position that a text names, or undefined when it is none. */
export const parsePosition = (text: string): Cut | undefined => {
  const cut = new Map<number, number>()
  for (const part of text.split(",")) {
    const match = /^(\d{1,9}):(\d{1,15})$/u.exec(part)
    if (match === null || cut.has(Number(match[1]))) return undefined
    cut.set(Number(match[1]), Number(match[2]))
  }
  return cut
}

/** Up to where all of these tables are filled: a report that reads them at this cut sees one moment. */
export const heldPosition = async (store: RowStore, tables: ReadonlyArray<Table>): Promise<Cut> => {
  const all = await Promise.all(tables.map((table) => store.positions(table)))
  const held = new Map<number, number>()
  for (const partition of new Set(all.flatMap((positions) => [...positions.keys()]))) {
    held.set(partition, Math.min(...all.map((positions) => positions.get(partition)?.eventNo ?? 0)))
  }
  return held
}

/** The first partition in which `held` has not reached `wanted`, in words. */
export const notReached = (held: Cut, wanted: Cut): string | undefined => {
  for (const [partition, eventNo] of wanted) {
    const at = held.get(partition) ?? 0
    if (at < eventNo)
      return `what is held of partition ${partition} ends at event ${at}, before ${partition}:${eventNo}`
  }
  return undefined
}
