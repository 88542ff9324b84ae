import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { timeOfText, type Time } from "#domain/kernel/time.ts"
import { memoryPeople } from "#infra/memory/people.ts"
import { makePeopleDesk } from "#services/people/desk.ts"
import { peopleRoutes } from "#services/people/handlers.ts"
import { NotYetGone, type People } from "#streams/ports/people.ts"
import { ask, serve, type Served } from "#tests/services/http/served.ts"

let now: Time = timeOfText("2026-03-02T10:00:00Z")!
let isBusy = false
const kept = memoryPeople()
const people: People = {
  ...kept,
  forget: async (owner, at) => {
    const forgottenAt = await kept.forget(owner, at)
    if (isBusy) throw new NotYetGone(`${owner} is forgotten, ask again`)
    return forgottenAt
  }
}
let served: Served
beforeAll(async () => {
  served = await serve([peopleRoutes(makePeopleDesk(people, () => now))])
})
afterAll(() => served.close())

const ADA = { name: "Ada Żółć", email: "ada@people.example", phone: "+44 20 5550100", address: "12 Square\nLondon" }
const put = (owner: string, body: unknown) => ask(served.port, `/people/${owner}`, { method: "PUT", body })
const forget = (owner: string) => ask(served.port, `/people/${owner}`, { method: "DELETE" })

describe("/people/OWNER", () => {
  it("is put, read, replaced, forgotten, and stays forgotten", async () => {
    expect((await ask(served.port, "/people/o-1")).json).toMatchObject({ status: 404, code: "UnknownPerson" })
    expect((await forget("o-1")).json).toMatchObject({ status: 404, code: "UnknownPerson" })
    const first = await put("o-1", ADA)
    expect([first.status, first.json]).toEqual([201, { owner: "o-1", status: "known", ...ADA, updatedAt: now }])
    expect((await ask(served.port, "/people/o-1")).json).toEqual(first.json)
    const second = await put("o-1", { name: "Ada King" })
    expect([second.status, second.json]).toEqual([
      200,
      { owner: "o-1", status: "known", name: "Ada King", updatedAt: now }
    ])

    now = timeOfText("2026-03-05T10:00:00Z")!
    const gone = { owner: "o-1", status: "forgotten", forgottenAt: now }
    const forgotten = await forget("o-1")
    expect([forgotten.status, forgotten.json]).toEqual([200, gone])
    now = timeOfText("2026-03-06T10:00:00Z")!
    expect((await forget("o-1")).json).toEqual(gone)
    expect((await ask(served.port, "/people/o-1")).json).toEqual(gone)
    const again = await put("o-1", ADA)
    expect(again.json).toMatchObject({ status: 409, code: "PersonForgotten" })
    expect(again.json.detail).toContain("forgotten on 2026-03-05")
  })

  it("asks to be asked again while bytes may be left", async () => {
    await put("o-2", ADA)
    isBusy = true
    const busy = await forget("o-2")
    expect([busy.status, busy.json.code, busy.headers["retry-after"]]).toEqual([503, "NotYetGone", "1"])
    isBusy = false
    expect((await forget("o-2")).status).toBe(200)
  })

  it.each([
    [{}, 400, "name"],
    [{ name: "" }, 422, "name"],
    [{ name: " Quillfeather" }, 422, "name"],
    [{ name: "Quill\nfeather" }, 422, "name"],
    [{ name: "x".repeat(201) }, 422, "name"],
    [{ name: 7 }, 400, "name"],
    [{ name: "Q", email: "quillfeather" }, 422, "email"],
    [{ name: "Q", phone: "quillfeather" }, 422, "phone"],
    [{ name: "Q", address: "quill\u0000feather" }, 422, "address"],
    [{ name: "Q", birthday: "quillfeather" }, 400, "birthday"]
  ])("refuses %j and does not repeat what was given", async (body, status, field) => {
    const said = await put("o-3", body)
    expect([said.status, said.json.errors[0].field]).toEqual([status, field])
    expect(said.text.toLowerCase()).not.toContain("quill")
    expect((await ask(served.port, "/people/o-3")).status).toBe(404)
  })

  it("is found by an owner's id only", async () => {
    expect((await put("Ada%20King", ADA)).status).toBe(404)
    expect((await ask(served.port, "/people")).status).toBe(404)
  })
})
