import type { State } from "#domain/account/state.ts"

/** All of a state as text, maps in their order: equal texts are equal states. */
export const stateText = (state: State): string =>
  JSON.stringify(state, (_, value: unknown) => {
    if (typeof value === "bigint") return `${value}n`
    return value instanceof Map ? { map: [...value] } : value
  })
