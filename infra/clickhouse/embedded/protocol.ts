/** What the parent tells the child once, over the pipe between them: a secret in the environment could be read by `ps`. */
export interface Order {
  readonly directory: string
  readonly key: string
  readonly port: number
  readonly slots: number
  readonly memoryMb: number
  readonly maxExecutionSeconds: number
}

/** How far a start came. */
export type Stage = "platform" | "folder" | "engine" | "port"

/** What the child answers once. After it the pipe only says, by ending, that one of the two is gone. */
export type Reply =
  | { readonly ready: { readonly port: number } }
  | { readonly failed: { readonly stage: Stage; readonly reason: string } }
