// Faults in what passes between partitions.
import { nothingInTransit } from "#domain/account/transit.ts"
import { seeing, telling, type Decider } from "./faults.ts"

export const TRANSIT_FAULTS: Readonly<Record<string, Decider>> = {
  "what another partition sends is taken as often as it comes": seeing((command, state) => [
    command,
    command.request.type === "ReceiveTransfer" ? { ...state, transit: nothingInTransit() } : state
  ]),
  "half of what another partition refuses comes back": telling("TransferReturned", ({ amount, cost }) =>
    amount === undefined ? { cost: cost! / 2n } : { amount: amount / 2n }
  )
}
