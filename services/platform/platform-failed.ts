import { Effect } from "effect"
import { lockFolder } from "#infra/sqlite/folder-lock.ts"
import { BrokenChain } from "#streams/chain.ts"
import { Undecodable } from "#streams/codec.ts"
import { LostEnd } from "#streams/lost-end.ts"

/** Something at start or at work that ends the platform; the message is for whoever started it. */
export class PlatformFailed extends Error {
  override readonly name = "PlatformFailed"
}

const failedBy = (cause: unknown) => new PlatformFailed((cause as Error).message, { cause })

export const attempt = <T>(what: () => Promise<T>) => Effect.tryPromise({ try: what, catch: failedBy })

/** The data folder, which one process has at a time. */
export const ownFolder = (data: string) =>
  Effect.acquireRelease(Effect.try({ try: () => lockFolder(data), catch: failedBy }), (release) => Effect.sync(release))

/** A ledger that is damaged is left as it is: its owner decides. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof BrokenChain || error instanceof Undecodable || error instanceof LostEnd

export const withAdvice = (error: unknown): never => {
  if (!isDamage(error)) throw error
  const giveUp =
    error instanceof LostEnd ? ` Whoever gives up what is lost starts with --accept-lost ${error.lost.join(",")}.` : ""
  throw new Error(
    `${error.message}. Nothing was changed. "npm run trade -- verify" says what holds, and where it is sound; "npm run trade -- restore" builds the ledger from its archive.${giveUp}`,
    {
      cause: error
    }
  )
}
