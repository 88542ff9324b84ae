import type { StoredObject } from "#streams/ports/object-store.ts"

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" }

const plain = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/giu, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex as string, 16))
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal))
    return ENTITIES[name as string] ?? whole
  })

const inside = (xml: string, tag: string): string | undefined => {
  const text = new RegExp(`<${tag}>([^<]*)</${tag}>`, "u").exec(xml)?.[1]
  return text === undefined ? undefined : plain(text)
}

/** A page of ListObjectsV2: flat XML with texts only, which needs no parser. */
export const listed = (
  xml: string
): { readonly objects: ReadonlyArray<StoredObject>; readonly next: string | undefined } => {
  if (!xml.includes("<ListBucketResult")) throw new Error("The object store's list is not a ListBucketResult.")
  const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gsu)].map(([, one = ""]) => ({
    key: inside(one, "Key") ?? "",
    size: Number(inside(one, "Size"))
  }))
  const next = inside(xml, "IsTruncated") === "true" ? inside(xml, "NextContinuationToken") : undefined
  return { objects, next }
}
