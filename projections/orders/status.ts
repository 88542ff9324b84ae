/** FIX 4.4 OrdStatus precedence: of what holds at once, the status with the highest value is reported. */
export const statusOf = (settled: string, pendingCancel: boolean, pendingReplace: boolean): string => {
  if (pendingCancel) return "PendingCancel"
  if (pendingReplace) return "PendingReplace"
  return settled
}
