import { memoryPeople } from "#infra/memory/people.ts"
import { peopleContract } from "./people.ts"

peopleContract("memory", async () => {
  const people = memoryPeople()
  return { open: async () => people, discard: async () => undefined }
})
