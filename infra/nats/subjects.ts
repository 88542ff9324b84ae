/** `LEDGER` keeps `evt.ledger.<partition>`; a stream of another name has subjects of its own. */
export const subjectOf = (stream: string, partition: number | "*"): string => `evt.${stream.toLowerCase()}.${partition}`
