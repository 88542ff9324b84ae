import { Schema } from "effect"
import { NO_TEXT } from "#domain/kernel/free-text.ts"
import { TimeText } from "./fields.ts"

/** Text about a person: on one line but for an address, and trimmed. */
const line = (max: number) =>
  Schema.String.check(Schema.isPattern(new RegExp(`^(?! )[^${NO_TEXT}]{1,${max}}(?<! )$`, "u")))
const details = {
  name: line(200),
  email: Schema.optionalKey(line(254).check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/u))),
  phone: Schema.optionalKey(Schema.String.check(Schema.isPattern(/^\+?[0-9 ()./-]{3,40}$/u))),
  address: Schema.optionalKey(Schema.String.check(Schema.isPattern(new RegExp(`^(?:[^${NO_TEXT}]|\\n){1,1000}$`, "u"))))
}

/** Body of `PUT /people/OWNER`: all that is known of the person, in the place of what was. */
export const PutPerson = Schema.Struct(details).annotate({ identifier: "PutPerson" })
export type PutPerson = typeof PutPerson.Type

/** What is known of an owner. */
export const KnownBody = Schema.Struct({
  owner: Schema.String,
  status: Schema.Literal("known"),
  name: Schema.String,
  email: Schema.optionalKey(Schema.String),
  phone: Schema.optionalKey(Schema.String),
  address: Schema.optionalKey(Schema.String),
  updatedAt: TimeText
}).annotate({ identifier: "Person" })
export type KnownBody = typeof KnownBody.Type

/** That somebody was known, and since when no more. */
export const ForgottenBody = Schema.Struct({
  owner: Schema.String,
  status: Schema.Literal("forgotten"),
  forgottenAt: TimeText
}).annotate({ identifier: "ForgottenPerson" })
export type ForgottenBody = typeof ForgottenBody.Type

export const PersonBody = Schema.Union([KnownBody, ForgottenBody])
export type PersonBody = typeof PersonBody.Type

/** Whose account a report is about: shown beside what the ledger says, and no part of it. */
export const HolderBody = Schema.Struct({
  owner: Schema.String,
  name: Schema.optionalKey(Schema.String),
  forgottenAt: Schema.optionalKey(TimeText)
}).annotate({ identifier: "Holder" })
export type HolderBody = typeof HolderBody.Type
