import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

/** The status page: one file that asks for nothing from anywhere else. */
export const page = readFileSync(new URL("./page.html", import.meta.url), "utf8")

const hashOf = (tag: "script" | "style"): string => {
  const inside = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, "u").exec(page)?.[1] ?? ""
  return `'sha256-${createHash("sha256").update(inside).digest("base64")}'`
}

/** Only this very script and style run, and they talk to this server only. */
export const pageHeaders = {
  "content-security-policy": [
    "default-src 'none'",
    `script-src ${hashOf("script")}`,
    `style-src ${hashOf("style")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'"
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store"
}
