import { readFile } from "node:fs/promises"
import { checkProof, type CheckedProof } from "#streams/proof/check-proof.ts"
import { ProofRefused } from "#streams/proof/proof-file.ts"
import { trustedKeys } from "./places.ts"
import { proofLines } from "./proof-lines.ts"
import { CannotDo, WrongUsage } from "./tools.ts"
import type { Verb } from "./usage.ts"

export const verifyProof: Verb = {
  words: "FILE",
  about: `Checks a proof that "audit order ID --proof FILE" wrote, without the ledger: each event's bytes lead to its commit's
Merkle root (RFC 9162), each commit's hash to the next, the last one to a signed anchor, and each signing key to the
one before it. Give the firm's public key as you know it from elsewhere: without it the file only proves that it was
not changed since somebody signed it. That no event was left out is stated by the key's holder, and no hash can show
it.`,
  options: {
    key: { value: "PUBKEY|FILE", help: "the firm's public key (ed25519: and 64 hex digits), or a file with it" }
  },
  examples: ["verify-proof order.json --key ed25519:0123..."],
  run: async (said, tools) => {
    const [file, more] = said.words
    if (file === undefined || more !== undefined) throw new WrongUsage("verify-proof of what? Give: FILE")
    const [key] = trustedKeys(said, tools)
    const bytes = await readFile(file).catch((cause: Error) => {
      throw new CannotDo("NoFile", `${file} cannot be read: ${cause.message}`, { cause })
    })
    try {
      const checked: CheckedProof = checkProof(bytes, key)
      return { ok: true, json: { ok: true, ...checked }, text: ["accepted", ...proofLines(checked)].join("\n") }
    } catch (error) {
      if (!(error instanceof ProofRefused)) throw error
      return { ok: false, json: { ok: false, refused: error.message }, text: `REFUSED  ${file}: ${error.message}` }
    }
  }
}
