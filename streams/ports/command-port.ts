/**
 * How commands reach the one writer of a partition and answers come back: bytes in, bytes out. Every adapter passes
 * `tests/contracts/command-port.ts`.
 */
export type CommandPort = {
  /**
   * Fails with {@link NotServed} when it is certain that nobody took the command, and with {@link OutcomeUnknown} when
   * no answer came in time: then the same command may be sent again under the same id.
   */
  readonly request: (
    partition: number,
    verb: string,
    payload: Uint8Array,
    options: { readonly timeoutMs: number }
  ) => Promise<Uint8Array>
}

/** Answers a command; a refusal is an answer too. A handler that throws gives its caller {@link OutcomeUnknown}. */
export type CommandHandler = (verb: string, payload: Uint8Array) => Promise<Uint8Array> | Uint8Array

/** The writer's side. */
export type CommandServer = {
  /** Takes the partition's commands until the returned function is called. Serve only what is written here. */
  readonly serve: (partition: number, handler: CommandHandler) => Promise<() => Promise<void>>
}

/** Nobody serves the partition: the command was not taken. */
export class NotServed extends Error {
  override readonly name = "NotServed"
}

/** The command was sent and no answer came: it may have been carried out. */
export class OutcomeUnknown extends Error {
  override readonly name = "OutcomeUnknown"
}
