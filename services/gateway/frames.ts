import { Result, Schema } from "effect"
import { AccountId, Symbol } from "#domain/kernel/ids.ts"
import { Position } from "#services/contract/fields.ts"
import { type Channel, CHANNEL_KINDS, type ChannelName, type ServerFrame } from "#services/contract/live.ts"
import { decoder } from "#services/http/decode.ts"
import { parseJson } from "#services/http/json.ts"

const Names = Schema.Array(Schema.String).check(Schema.isMinLength(1), Schema.isMaxLength(100))
const Frame = Schema.Union([
  Schema.Struct({ op: Schema.Literal("subscribe"), channels: Names, from: Schema.optionalKey(Position) }),
  Schema.Struct({ op: Schema.Literal("unsubscribe"), channels: Names }),
  Schema.Struct({ op: Schema.Literal("ping") }),
  Schema.Struct({ op: Schema.Literal("cancelOnDisconnect"), account: AccountId, on: Schema.Boolean })
])
const decodeFrame = decoder(Frame)
const OPS = new Set<unknown>(Frame.members.map(({ fields }) => fields.op.literal))
const NO_OBJECT = "A frame is one JSON object in text"
const isAccount = Schema.is(AccountId)
const isSymbol = Schema.is(Symbol)

/** A client's frame that makes sense, or the frame that says why it does not. */
export type Frame =
  | { readonly op: "subscribe"; readonly channels: ReadonlyArray<Channel>; readonly from?: string }
  | { readonly op: "unsubscribe"; readonly channels: ReadonlyArray<Channel> }
  | { readonly op: "ping" }
  | { readonly op: "cancelOnDisconnect"; readonly account: AccountId; readonly on: boolean }
  | { readonly op: "bad"; readonly answer: ServerFrame }

/** Reads a frame that a client sent. Bad ones are answered, not punished. */
export const readFrame = (text: string): Frame => {
  const document = parseJson(text)
  if (document === undefined) return bad("MalformedJson", NO_OBJECT)
  const { value, inexact } = document
  if (typeof value !== "object" || value === null || Array.isArray(value)) return bad("BadFrame", NO_OBJECT)
  if (!("op" in value && OPS.has(value.op))) return bad("BadFrame", `op: must be one of ${[...OPS].join(", ")}`)
  const frame = decodeFrame(value, inexact)
  if (Result.isFailure(frame)) return bad("BadFrame", frame.failure.detail)
  if (frame.success.op === "ping") return { op: "ping" }
  if (frame.success.op === "cancelOnDisconnect") return frame.success
  const channels: Array<Channel> = []
  for (const name of frame.success.channels) {
    const channel = channelOf(name)
    if (channel === undefined)
      return bad("UnknownChannel", `There are ${CHANNEL_KINDS.join(":A, ")}:A, of an account or a symbol`, name)
    channels.push(channel)
  }
  return { ...frame.success, channels }
}

const channelOf = (name: string): Channel | undefined => {
  const colon = name.indexOf(":")
  const kind = CHANNEL_KINDS.find((known) => known === name.slice(0, colon))
  const id = name.slice(colon + 1)
  if (kind === undefined || !(kind === "quotes" ? isSymbol(id) : isAccount(id))) return undefined
  return { name: name as ChannelName, kind, id }
}

/** The frame that tells a client what was wrong. */
export const errorFrame = (code: string, detail: string, channel?: string): ServerFrame => ({
  error: { code, detail, ...(channel === undefined ? undefined : { channel: channel.slice(0, 100) }) }
})
const bad = (code: string, detail: string, channel?: string): Frame => ({
  op: "bad",
  answer: errorFrame(code, detail, channel)
})
