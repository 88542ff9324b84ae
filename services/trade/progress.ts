/** Work that takes a while: say how far it is; `end` leaves the line complete. */
export type Progress = { readonly at: (done: number, total?: number, note?: string) => void; readonly end: () => void }
export type StartProgress = (label: string) => Progress

type Screen = { readonly write: (text: string) => unknown; readonly isTTY?: boolean; readonly columns?: number }

const BAR = 24
const REDRAW_MS = 100
const LINE_MS = 5_000

/** A bar that is drawn again and again on a terminal, a plain line now and then elsewhere. */
export const progressOn =
  (screen: Screen, now: () => number = () => performance.now()): StartProgress =>
  (label) => {
    const begun = now()
    let last = begun
    let shown = ""
    const everyMs = screen.isTTY === true ? REDRAW_MS : LINE_MS
    const draw = (text: string) => {
      shown = text
      if (screen.isTTY === true) screen.write(`\r\u001B[2K${text.slice(0, (screen.columns ?? 80) - 1)}`)
      else screen.write(`${text}\n`)
    }
    return {
      at: (done, total, note = "") => {
        const time = now()
        if (time - last < everyMs) return
        last = time
        draw(
          [label, screen.isTTY === true ? bar(done, total) : "", share(done, total, time - begun), note]
            .filter(Boolean)
            .join("  ")
        )
      },
      end: () => {
        if (screen.isTTY === true && shown !== "") screen.write("\r\u001B[2K")
      }
    }
  }

const bar = (done: number, total: number | undefined): string => {
  if (total === undefined || total === 0) return ""
  const full = Math.min(BAR, Math.round((done / total) * BAR))
  return `[${"=".repeat(full)}${" ".repeat(BAR - full)}]`
}

const share = (done: number, total: number | undefined, elapsedMs: number): string => {
  if (total === undefined || total === 0) return count(done)
  const left = done === 0 ? "" : `, ${Math.ceil(((total - done) / done) * (elapsedMs / 1000))} s left`
  return `${count(done)} of ${count(total)} (${Math.floor((done / total) * 100)} %)${left}`
}

/** A whole number with its thousands set apart. */
export const count = (n: number): string => Math.round(n).toLocaleString("en-US")
