import { Result, Schema, type SchemaAST, type SchemaIssue } from "effect"
import type { FieldFault, Refused } from "./answer.ts"
import { TOO_EXACT } from "./decimals.ts"

const OPTIONS = { errors: "all", onExcessProperty: "error" } as const

/** Decodes what came in, or says what is wrong with it: 400 when it cannot be read, 422 when no such value can be. */
export type Decoder<A> = (input: unknown, inexact?: ReadonlyArray<string>) => Result.Result<A, Refused>

/** The decoder of a schema; build it once, at module level. Unknown fields are refused. */
export const decoder = <S extends Schema.ConstraintDecoder<unknown>>(schema: S): Decoder<S["Type"]> => {
  const decode = Schema.decodeUnknownResult(schema, OPTIONS)
  return (input, inexact = []) => {
    const decoded = decode(input)
    if (Result.isSuccess(decoded) && inexact.length === 0) return Result.succeed(decoded.success)
    return Result.fail(refusedBy(Result.isFailure(decoded) ? decoded.failure.issue : undefined, "body", inexact))
  }
}

/** A body of a million unknown fields is not answered with a million sentences. */
const TOLD_MAX = 20

type Fault = FieldFault & { readonly undecodable: boolean }

/** What a schema found, in the words of the contract. `whole` names the input where no field is at fault. */
export const refusedBy = (
  issue: SchemaIssue.Issue | undefined,
  whole: string,
  inexact: ReadonlyArray<string> = []
): Refused => {
  const faults: Array<Fault> = inexact.map((field) => ({ field, reason: TOO_EXACT, undecodable: false }))
  if (issue !== undefined) gather(issue, "", whole, faults)
  const undecodable = faults.some((fault) => fault.undecodable)
  const told = faults.slice(0, TOLD_MAX)
  return {
    status: undecodable ? 400 : 422,
    code: undecodable ? "UndecodableRequest" : "ImpossibleValue",
    detail: told.map(({ field, reason }) => `${field}: ${reason}`).join("; "),
    errors: told.map(({ field, reason }) => ({ field, reason }))
  }
}

const gather = (issue: SchemaIssue.Issue, path: string, whole: string, faults: Array<Fault>): void => {
  const fault = (reason: string, undecodable: boolean) => {
    faults.push({ field: path === "" ? whole : path.slice(0, 200), reason, undecodable })
  }
  switch (issue._tag) {
    case "Pointer":
      return gather(
        issue.issue,
        [path, ...issue.path.map(String)].filter((part) => part !== "").join("."),
        whole,
        faults
      )
    case "Composite":
      return issue.issues.forEach((inner) => gather(inner, path, whole, faults))
    case "Encoding":
      return gather(issue.issue, path, whole, faults)
    case "Filter":
      if (issue.issue._tag !== "InvalidValue") return gather(issue.issue, path, whole, faults)
      return fault(messageOf(issue.issue) ?? filterText(issue.filter), isUndecodable(issue.issue))
    case "AnyOf": {
      // of the alternatives only those that fit the type have something to say
      const told = issue.issues.filter((inner) => !saysType(inner))
      if (told.length === 0) return fault(expectedOf(issue.ast), true)
      return told.forEach((inner) => gather(inner, path, whole, faults))
    }
    case "InvalidType":
      return fault(expectedOf(issue.ast), true)
    case "InvalidValue":
      return fault(messageOf(issue) ?? "not a valid value", isUndecodable(issue))
    case "MissingKey":
      return fault("is missing", true)
    case "UnexpectedKey":
      return fault("is not a field of this request", true)
    case "Forbidden":
    case "OneOf":
      return fault("not allowed", true)
  }
}

const saysType = (issue: SchemaIssue.Issue): boolean =>
  issue._tag === "InvalidType" || (issue._tag === "Encoding" && saysType(issue.issue))

const messageOf = (issue: SchemaIssue.InvalidValue): string | undefined => {
  const message = issue.annotations?.["message"]
  return typeof message === "string" ? message : undefined
}
/** set by the decoders of decimals and times: the text is none at all */
const isUndecodable = (issue: SchemaIssue.InvalidValue): boolean => issue.annotations?.["undecodable"] === true

const filterText = (filter: SchemaAST.Filter<unknown>): string => {
  const expected = filter.annotations?.["expected"]
  return typeof expected === "string" ? `must be ${expected}` : "not a possible value"
}

const NAMES: Partial<Record<SchemaAST.AST["_tag"], string>> = {
  String: "text",
  Number: "a number",
  Boolean: "true or false",
  Objects: "an object",
  Arrays: "a list",
  Null: "null"
}

const expectedOf = (ast: SchemaAST.AST): string => {
  const names = namesOf(ast)
  return names.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(", ")}`
}
const namesOf = (ast: SchemaAST.AST): ReadonlyArray<string> => {
  const expected = ast.annotations?.["expected"]
  if (typeof expected === "string") return [expected]
  if (ast._tag === "Union") return ast.types.flatMap(namesOf)
  if (ast._tag === "Literal") return [String(ast.literal)]
  return [NAMES[ast._tag] ?? "of another type"]
}
