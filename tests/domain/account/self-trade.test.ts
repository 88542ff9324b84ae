// What keeps an account from trading with itself: the newest, the oldest, both, or the smaller of both from each.
import { describe, expect, it } from "vitest"
import { amount, Story, typesOf, verdict } from "./story.ts"

const begun = (selfTrade: string) => {
  const story = Story.begun()
  story.hold("5")
  const changes = { selfTrade } as never
  story.send({ type: "SetLimits", scope: "account", scopeId: "A", changes, reason: "test" })
  return { story, resting: story.place({ side: "sell", price: "110", quantity: "2" }) }
}

describe("self-trade prevention", () => {
  it("cancel-newest denies the incoming order", () => {
    const { story, resting } = begun("cancel-newest")
    const outcome = story.submit({ price: "110", quantity: "1" })
    expect(verdict(outcome)).toMatch(/SELF_TRADE/)
    expect(story.order(resting)!.pending).toEqual([])
  })

  it("cancel-oldest cancels what it would meet, and nothing else", () => {
    const { story, resting } = begun("cancel-oldest")
    const far = story.place({ side: "sell", price: "115", quantity: "1" })
    const outcome = story.submit({ price: "110", quantity: "1" })
    expect(typesOf(outcome)).toEqual(["OrderPlaced", "OrderRiskDecided", "CancelRequested"])
    expect(story.order(resting)!.pending).toMatchObject([{ kind: "cancel" }])
    expect(story.order(far)!.pending).toEqual([])
  })

  it("cancel-both denies the incoming and cancels the resting order", () => {
    const { story, resting } = begun("cancel-both")
    expect(typesOf(story.submit({ price: "110", quantity: "1" }))).toEqual([
      "OrderPlaced",
      "OrderRiskDecided",
      "CancelRequested"
    ])
    expect(story.order(resting)!.pending).toMatchObject([{ kind: "cancel" }])
  })

  it("decrement takes the smaller of both from both: from a larger incoming order", () => {
    const { story, resting } = begun("decrement")
    const outcome = story.submit({ price: "110", quantity: "3" })
    expect(typesOf(outcome)).toEqual(["OrderPlaced", "OrderReleased", "OrderRiskDecided", "CancelRequested"])
    const id = (outcome.events[0]!.data as { orderId: string }).orderId
    expect(story.order(id)).toMatchObject({ quantity: amount("1"), reservedCash: amount("110.055") })
    expect(story.order(resting)!.pending).toMatchObject([{ kind: "cancel" }])
  })

  it("decrement takes the smaller of both from both: from a larger resting order", () => {
    const { story, resting } = begun("decrement")
    const outcome = story.submit({ price: "110", quantity: "0.5" })
    expect(typesOf(outcome)).toEqual(["OrderPlaced", "OrderRiskDecided", "ReplaceRequested", "OrderRiskDecided"])
    expect(verdict(outcome)).toMatch(/SELF_TRADE/)
    expect(story.order(resting)!.pending).toMatchObject([{ kind: "replace", terms: { quantity: amount("1.5") } }])
  })

  it("what does not reach the other's price, or waits for a trigger, meets nobody", () => {
    const { story } = begun("cancel-newest")
    expect(verdict(story.submit({ price: "109.5", quantity: "1" }))).toBe("approved")
    expect(verdict(story.submit({ type: "stop", stopPrice: "112", quantity: "1" }))).toBe("approved")
  })
})
