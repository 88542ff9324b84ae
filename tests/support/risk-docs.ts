// What docs/risk.md says is generated from the checklist, so that it cannot say anything else than the code does.
import { CHECKLISTS, RULES } from "#domain/risk/check-codes.ts"
import { CHECKLIST, type ChecklistEntry } from "#domain/risk/checklist.ts"

const row = (cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
const table = (head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string =>
  [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n")

const checkRow = ({ code, doc, limit, used, requested, setBy, example }: ChecklistEntry) => [
  `\`${code}\``,
  doc,
  limit,
  used,
  requested,
  setBy === undefined ? "always" : `\`${setBy}\``,
  `\`${code} ${example}\``
]

const lists = Object.entries(CHECKLISTS).map(
  ([rules, codes]) => `- rules ${rules}: ${codes.map((code) => `\`${code}\``).join(", ")}`
)

export const riskDocs = (): string => `# Risk checks

Generated from \`domain/risk/checklist.ts\` by \`UPDATE_DOCS=1 npx vitest run tests/domain/risk/docs.test.ts\`.

Every order and every replace is asked all ${CHECKLIST.length} checks, in this order, and every one that fails is reported. They are decided
and recorded in the same commit as the order. \`POST /risk/check\` answers what an order would get and records nothing.

${table(["code", "fails on", "limit", "used", "requested", "made when set", "example"], CHECKLIST.map(checkRow))}

## How a decision is written

\`OrderRiskDecided.checks\` is one text, checks with semicolons between: \`CODE ok|no LIMIT USED REQUESTED [SCOPE[@EVENT]]\`,
\`-\` for a number that a check does not have. SCOPE is whose limit it was (\`account\`, \`group\`, \`firm\`, \`symbol\`), EVENT the
number of the event that set it. Of several levels the one with the least room is told. A check that passed and had nothing
to compare is left out; \`rules\` says which were asked (now ${RULES}):

${lists.join("\n")}

## Levels

Limits are set for an account, its group, the firm and a symbol (\`PUT /risk/limits\`); all must hold. A change is an event
with who proposed it, who approved it, why, and from when. A limit below what is in use is taken: nothing is undone, and what
would add to it is refused. Of \`maxGrossNotional\` and \`maxOpenNotional\` the firm may hand parts out to its groups beforehand
(\`POST /risk/allotments\`); the sum is never above the firm's limit, and what a group uses does not go back. Over several
partitions the firm's and symbols' limits are divided beforehand (docs/writers.md). \`GET /risk/limits/SCOPE/ID\` answers what
one level has itself, and what the firm or a symbol uses of it.

## Rates

\`maxOrdersPerSecond\` is a budget of tokens on the time of the commands: each comes back one second after it was taken, so
in any second, wherever it begins, no more than the limit pass. Orders that were denied take none. \`maxCancelsPerSecond\`
counts every cancel that was asked for; one too many is refused as \`CancelRate\`. Cancel-all is never refused.

## Profit and loss

Marks are the recorded ones (\`MarkRecorded\`); before the first, a symbol is worth what the first fill paid. A day begins at
00:00 UTC. Deposits and withdrawals are no profit and no loss. Amounts of accounts with other currencies are not converted.
`
