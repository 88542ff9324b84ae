declare module "vitest" {
  interface TaskMeta {
    skipped?: string
  }
}

/** Options of a test or a suite: run it when the thing is there, else skip it and give the reason in the report. */
export const skipWithout = (thing: unknown, why: string): { skip?: boolean; meta?: { skipped: string } } =>
  thing === undefined || thing === false ? { skip: true, meta: { skipped: why } } : {}
