import { describe, expect, it } from "vitest"
import { formatFixed } from "#domain/kernel/money.ts"
import { amount, check, Story, typesOf, verdict } from "./story.ts"

describe("a limit of the firm that is handed out to its groups", () => {
  it("holds each group to its part, and is never handed out twice", () => {
    const story = Story.begun()
    expect(typesOf(story.allot("G", "600"))).toEqual(["LimitAllotted"])
    expect(story.allot("H", "400.00000001").code).toBe("OverAllotted")
    expect(typesOf(story.allot("H", "400"))).toEqual(["LimitAllotted"])
    expect(story.allot("G", "1").code).toBe("OverAllotted")
    expect(verdict(story.submit({ account: "A", price: "100", quantity: "5" }))).toBe("approved")
    const second = story.submit({ account: "B", price: "100", quantity: "2" })
    expect(check(second, "MAX_OPEN_NOTIONAL")).toBe("no 600 500 200 group")
    expect(verdict(story.submit({ account: "C", price: "100", quantity: "4" }))).toBe("approved")
  })

  it("goes back as far as it is not in use", () => {
    const story = Story.begun()
    story.allot("G", "600")
    const id = story.place({ price: "100", quantity: "5" })
    expect(story.allot("G", "-100.00000001").code).toBe("AllotmentInUse")
    expect(typesOf(story.allot("G", "-100"))).toEqual(["LimitReturned"])
    story.report(id, { type: "Canceled" })
    story.allot("G", "-500")
    expect(story.state.firm.allotted).toEqual({})
    expect(story.allot("G", "-1").code).toBe("AllotmentInUse")
    expect(story.allot("G", "0").kind).toBe("nothing")
    expect(story.restarted().state).toEqual(story.state)
  })

  it("cannot be lowered below what is handed out, nor cleared", () => {
    const story = Story.begun()
    story.allot("G", "600")
    for (const maxOpenNotional of [amount("599"), null] as const)
      expect(story.limits("firm", "firm", { maxOpenNotional: maxOpenNotional as never }).code).toBe("BelowAllotted")
    expect(story.limits("firm", "firm", { maxOpenNotional: amount("600") }).kind).toBe("facts")
    expect(formatFixed(story.state.firm.allotted.maxOpenNotional!.amount)).toBe("600")
  })
})
