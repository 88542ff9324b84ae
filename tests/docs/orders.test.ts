import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { ordersDoc } from "./orders-doc.ts"

const FILE = join(import.meta.dirname, "..", "..", "docs", "orders.md")

it("docs/orders.md says what the code does (UPDATE_DOCS=1 writes it)", () => {
  const text = ordersDoc()
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(FILE, text)
  expect(readFileSync(FILE, "utf8")).toBe(text)
})
