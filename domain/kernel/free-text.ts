import { Schema } from "effect"

/** An e-mail address: something, `@`, and a name that ends in letters (`twap@2.1` and `5 @ 101.25` are none). */
const EMAIL = /[^\s@<>]+@[^\s@<>]+\.\p{L}{2,}/u
/** A telephone number in its international form, `+49 171 5550123`: a plus at a word's beginning and 9 to 15 digits. */
const PHONE = /(?<![\p{L}\p{N}])\+[1-9](?:[ ()./-]{0,2}\d){8,14}(?!\d)/u

/**
 * What in a text looks like a way to reach a person, or undefined. Names and national telephone numbers cannot be told
 * from references: whoever writes them has to leave them out.
 */
export const contactIn = (text: string): "an e-mail address" | "a telephone number" | undefined => {
  if (EMAIL.test(text)) return "an e-mail address"
  return PHONE.test(text) ? "a telephone number" : undefined
}

/**
 * What no text of a caller holds, as the inside of a class: control characters (Unicode's Cc) and halves of surrogate pairs,
 * which are no characters. Spelled out, since the patterns are published and \p is not known everywhere.
 */
export const NO_TEXT = String.raw`\u0000-\u001f\u007f-\u009f\ud800-\udfff`

/** Free text of a caller that is kept with a fact for ever: short, on one line, and no contact of a person. */
export const FreeText = Schema.String.check(
  Schema.isPattern(new RegExp(`^[^${NO_TEXT}]{1,200}$`, "u"), { expected: "1 to 200 characters on one line" }),
  Schema.makeFilter((text: string) => {
    const found = contactIn(text)
    return (
      found === undefined || `looks like ${found}, and what is in the ledger stays there for ever: give an opaque id`
    )
  })
)
