/** A law that does not hold, in words. */
export class BrokenLaw extends Error {
  override readonly name = "BrokenLaw"
}
export const must = (holds: boolean, law: () => string): void => {
  if (!holds) throw new BrokenLaw(law())
}

/** What was thrown, in words: a law, or the program's own failure with where it was. */
export const lawOf = (error: unknown): string =>
  error instanceof BrokenLaw ? error.message : String((error as Error).stack ?? error)

/** Which law it is, whatever the numbers: a shorter history has others, and must break the same. */
export const kindOf = (law: string): string =>
  law
    .split("\n", 1)[0]!
    .replaceAll(/[\w.-]*\d[\w.-]*/gu, "#")
    .replaceAll(/#(?:,#)*/gu, "#")
