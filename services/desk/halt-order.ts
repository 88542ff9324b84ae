/** Halts by their ids: by partition, and there as they were set. `halt-0-9` comes before `halt-0-10`. */
export const compareHalts = new Intl.Collator("en", { numeric: true }).compare
