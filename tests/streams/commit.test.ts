import { createHash } from "node:crypto"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { commitHash, EMPTY_CHAIN, merkleRoot, sealCommit } from "#streams/commit.ts"

const sha256 = (...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** RFC 9162 section 2.1.1, word for word: split at the largest power of two below n. */
const treeHash = (leaves: ReadonlyArray<Uint8Array>): Buffer => {
  if (leaves.length === 0) return sha256()
  if (leaves.length === 1) return sha256(Buffer.from([0]), leaves[0]!)
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}

const prefixed = (part: Uint8Array): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(part.length)
  return Buffer.concat([length, part])
}

describe("Merkle root", () => {
  // the leaves and roots that Certificate Transparency's own implementations are tested with
  const leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
  it.each([
    [0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    [1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"],
    [2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    [3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"],
    [4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"],
    [5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"],
    [6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"],
    [7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"],
    [8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"]
  ])("of the first %i known leaves", (count, root) => {
    // all of them are ASCII, so that as text they are the same bytes
    const texts = leaves.slice(0, count).map((hex) => Buffer.from(hex, "hex").toString("utf8"))
    expect(merkleRoot(texts)).toBe(root)
  })

  it("is the recursive definition's for any leaves", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 5 }), { maxLength: 70 }), (texts) => {
        expect(merkleRoot(texts)).toBe(treeHash(texts.map((text) => Buffer.from(text, "utf8"))).toString("hex"))
      })
    )
  })
})

describe("commit hash", () => {
  const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("hex"))

  it("covers prev, id, root and the body's digest, each after its length", () => {
    fc.assert(
      fc.property(hex32, fc.string({ unit: "grapheme" }), hex32, fc.uint8Array(), (prev, id, root, body) => {
        const parts = [Buffer.from(prev, "hex"), Buffer.from(id, "utf8"), Buffer.from(root, "hex"), sha256(body)]
        expect(commitHash(prev, id, root, body)).toBe(sha256(...parts.map(prefixed)).toString("hex"))
      })
    )
  })

  it("stands over the body as it is written, and over the root of its events", () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), fc.constant("\ud800"))
    fc.assert(
      fc.property(fc.array(text, { maxLength: 9 }), (events) => {
        const { body, root } = sealCommit(EMPTY_CHAIN, 3, 2, "w", events)
        const written = `{"v":1,"partition":3,"no":1,"epoch":2,"events":[${events.join(",")}]}`
        expect(Buffer.from(body).equals(Buffer.from(written, "utf8"))).toBe(true)
        expect(root).toBe(merkleRoot(events))
      })
    )
  })

  it("is the same for ever", () => {
    const first = sealCommit(EMPTY_CHAIN, 0, 1, "w", ['{"eventNo":1}', '{"eventNo":2}'])
    const second = sealCommit(first, 0, 2, "w", [])
    expect(Buffer.from(first.body).toString()).toBe(
      '{"v":1,"partition":0,"no":1,"epoch":1,"events":[{"eventNo":1},{"eventNo":2}]}'
    )
    expect(Buffer.from(second.body).toString()).toBe('{"v":1,"partition":0,"no":2,"epoch":2,"events":[]}')
    expect([first, second].map(({ id, prev, root, hash }) => ({ id, prev, root, hash }))).toMatchInlineSnapshot(`
      [
        {
          "hash": "68d24767158dcf4f92a0eff96e0fc62e869bb74c31b562db8565c968149a7d34",
          "id": "0-1-1-w",
          "prev": "0000000000000000000000000000000000000000000000000000000000000000",
          "root": "9138b75e657c3b40552433782bc3bab3bd990591f9ffd2f379f498ad336b2d73",
        },
        {
          "hash": "03e80eb21555207643c9859a7393e769ceff4f202127c12a1b3858d991110de3",
          "id": "0-2-2-w",
          "prev": "68d24767158dcf4f92a0eff96e0fc62e869bb74c31b562db8565c968149a7d34",
          "root": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        },
      ]
    `)
  })
})
