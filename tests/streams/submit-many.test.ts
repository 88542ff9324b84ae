import { fc, test } from "@fast-check/vitest"
import { expect } from "vitest"
import type { Submission } from "#streams/account-writer.ts"
import { submitManyTo, type Told } from "#streams/submit-many.ts"

const submission = (no: number) => ({ id: String(no), actor: "test", request: {} }) as unknown as Submission

test.prop([fc.array(fc.record({ wait: fc.nat({ max: 3 }), fails: fc.boolean() }), { minLength: 1, maxLength: 20 })])(
  "many requests are handed over at once and told in order, each once, whatever is settled first",
  async (plan) => {
    const taken: Array<string> = []
    const submit = async ({ id }: Submission) => {
      taken.push(id)
      const { wait, fails } = plan[Number(id)]!
      for (let turn = 0; turn < wait; turn++) await new Promise(setImmediate)
      if (fails) throw new Error(id)
      return { kind: "refused", refusal: { code: id, detail: "" } } as const
    }
    const all: Array<Told> = []
    await new Promise<void>((resolve) => {
      submitManyTo({ submit })(
        plan.map((_, no) => submission(no)),
        (first, told) => {
          expect(first).toBe(all.length)
          expect(told.length).toBeGreaterThan(0)
          all.push(...told)
          if (all.length === plan.length) resolve()
        }
      )
      expect(taken).toEqual(plan.map((_, no) => String(no)))
    })
    const said = all.map((one) =>
      one.kind === "failed" ? `x${one.error.message}` : one.kind === "refused" && one.refusal.code
    )
    expect(said).toEqual(plan.map(({ fails }, no) => (fails ? `x${no}` : String(no))))
  }
)
