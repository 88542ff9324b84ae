/** A law that does not hold, in words. */
export class BrokenLaw extends Error {
  override readonly name = "BrokenLaw"
}
export const must = (holds: boolean, law: () => string): void => {
  if (!holds) throw new BrokenLaw(law())
}
