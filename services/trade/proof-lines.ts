import type { CheckedProof } from "#streams/proof/check-proof.ts"

/** What a proof shows, and what it does not. */
export const proofLines = ({ order, events, complete, key }: CheckedProof): ReadonlyArray<string> => [
  `order ${order}: ${events.length} events, exactly as the ledger held them when they were signed`,
  ...events.map(
    ({ eventNo, type, recordedAt, commit, signedAt }) =>
      `  event ${eventNo} ${type}, recorded at ${recordedAt}, in commit ${commit}, signed by ${signedAt}`
  ),
  `  signed by key ${key.id}  ed25519:${key.publicKey}`,
  key.trusted
    ? "  which is the key that was given"
    : "  NOT compared with a key that you know: anybody can make such a file with a key of his own (--key)",
  `Not shown by hashes: that no event was left out, and what came after commit ${complete.upTo}. The holder of the key`,
  `states with a signature (at ${complete.at}) that up to that commit there are no other events of this order;`,
  "a later proof that shows one would prove that statement false. Times are those of the platform's clock."
]
