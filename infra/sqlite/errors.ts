// SQLite's result codes (sqlite.org/rescode.html); the low byte of an extended code is its primary one.
const BUSY = 5
const READONLY = 8
const IOERR = 10
const FULL = 13
const CANTOPEN = 14
const IOERR_WRITE = 778
const CONSTRAINT_UNIQUE = 2067

const codeOf = (error: unknown): number =>
  error instanceof Error && "errcode" in error && typeof error.errcode === "number" ? error.errcode : -1

/** Somebody else holds the lock. */
export const isBusy = (error: unknown): boolean => (codeOf(error) & 0xff) === BUSY

/** The disk or its rights are at fault, not the statement: later it may work. */
export const isStorageTrouble = (error: unknown): boolean =>
  codeOf(error) > 0 && [BUSY, READONLY, IOERR, FULL, CANTOPEN].includes(codeOf(error) & 0xff)

/**
 * A commit that ended so may lie whole in the write-ahead file, to come back after a crash: a failed fsync leaves open
 * what is on the disk. A write that failed has left the commit's last frame incomplete, and its checksum is wrong.
 */
export const isUnsure = (error: unknown): boolean => (codeOf(error) & 0xff) === IOERR && codeOf(error) !== IOERR_WRITE

export const isTakenId = (error: unknown): boolean => codeOf(error) === CONSTRAINT_UNIQUE
