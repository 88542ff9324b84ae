import type { VerbEntry } from "./usage.ts"

/** Everything that `npm run trade --` can do. A verb is a module of its own that is loaded when it is asked for. */
export const VERBS: ReadonlyArray<VerbEntry> = [
  {
    name: "replay",
    summary: "rebuild the projections from the first event",
    load: async () => (await import("./replay.ts")).replay
  },
  {
    name: "report",
    summary: "P&L of an account, as of any position",
    load: async () => (await import("./report.ts")).report
  },
  {
    name: "audit",
    summary: "the whole story of an order",
    load: async () => (await import("./audit.ts")).audit
  },
  {
    name: "verify",
    summary: "check every commit, its copies and anchors, the balances and the projections",
    load: async () => (await import("./verify.ts")).verify
  },
  {
    name: "ledger",
    summary: "copy a ledger to another store, and prove it equal",
    load: async () => (await import("./ledger.ts")).ledger
  },
  {
    name: "forget",
    summary: "forget a person for good; the ledger stays as it is",
    load: async () => (await import("./forget.ts")).forget
  },
  {
    name: "group",
    summary: "move a risk group to another partition",
    load: async () => (await import("./group.ts")).group
  },
  {
    name: "verify-proof",
    summary: "check the proof of one order, without the ledger",
    load: async () => (await import("./verify-proof.ts")).verifyProof
  },
  {
    name: "anchors",
    summary: "the keys that sign the ledger, and a new one",
    load: async () => (await import("./anchors.ts")).anchors
  },
  {
    name: "restore",
    summary: "build a ledger from its archive",
    load: async () => (await import("./restore.ts")).restore
  },
  {
    name: "market",
    summary: "play recordings through venue, ledger and projections",
    load: async () => (await import("./play.ts")).market
  },
  {
    name: "nats",
    summary: "set up a NATS server: configuration, streams, check",
    load: async () => (await import("./nats.ts")).nats
  },
  {
    name: "simulate",
    summary: "generated commands and venue reports against the rules",
    load: async () => (await import("./simulate.ts")).simulate
  }
]
