import { writeFile } from "node:fs/promises"
import { checkBook } from "#streams/anchors/checked-book.ts"
import { sha256Hex } from "#streams/archive/seal.ts"
import { checkProof } from "#streams/proof/check-proof.ts"
import { proofText } from "#streams/proof/proof-file.ts"
import { CannotProve, proveOrder } from "#streams/proof/prove-order.ts"
import { signerOf } from "./anchors.ts"
import { logPlace } from "./places.ts"
import { proofLines } from "./proof-lines.ts"
import { localBook } from "./proved-by.ts"
import { CannotDo, type Outcome, type Tools } from "./tools.ts"
import type { Said } from "./usage.ts"

/** Writes the proof of one order, read from the ledger itself and signed with the data folder's key. */
export const writeProof = async (said: Said, tools: Tools, orderId: string, file: string): Promise<Outcome> => {
  const book = localBook(said, tools)
  if (book === undefined)
    throw new CannotDo(
      "NoAnchors",
      "there is no anchors.jsonl beside this ledger: nothing of it was signed (--data names the folder)"
    )
  const { anchors, keys, faults } = await checkBook(book)
  if (faults.length > 0)
    throw new CannotDo("DamagedAnchors", `line ${faults[0]!.line} of ${book.name}: ${faults[0]!.reason}`)
  const log = await tools.openLog(logPlace(said, tools))
  const progress = tools.progress("commits")
  try {
    const total = (await log.head(Number(orderId.split("-")[0])))?.no
    const made = await proveOrder(orderId, { log, anchors, keys, onCommit: (no) => progress.at(no, total) })
    const statement = await signerOf(said, tools).state(sha256Hex(proofText(made.proof)), made.upTo)
    const text = proofText({ ...made.proof, statement })
    const checked = checkProof(Buffer.from(text, "utf8"), keys[0]!.publicKey) // as a stranger would
    await writeFile(file, text)
    const json = {
      ok: true,
      order: orderId,
      file,
      events: checked.events.length,
      upTo: checked.complete.upTo,
      key: checked.key
    }
    return { ok: true, json, text: [`${file} proves`, ...proofLines(checked)].join("\n") }
  } catch (error) {
    if (error instanceof CannotProve) throw new CannotDo(error.code, error.message, { cause: error })
    throw error
  } finally {
    progress.end()
    await log.close()
  }
}
