import { spawnSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import { join, relative, sep } from "node:path"

export const root = join(import.meta.dirname, "..", "..")

const generated = new Set([".git", "node_modules", "data", "coverage"])

/** What a container without git, or an unpacked archive, has to offer. */
const walk = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (folder === root && generated.has(entry.name)) return []
    return entry.isDirectory() ? walk(path) : [relative(root, path).replaceAll(sep, "/")]
  })

const list = (): ReadonlyArray<string> => {
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root })
  const deleted = spawnSync("git", ["ls-files", "-z", "--deleted"], { cwd: root })
  if (git.status !== 0 || deleted.status !== 0) return walk(root)
  const names = ({ stdout }: { readonly stdout: Buffer }) => stdout.toString("utf8").split("\0")
  const gone = new Set(names(deleted))
  return names(git).filter((name) => name !== "" && !gone.has(name))
}

/** Every file of the repository, with forward slashes, from the root. */
export const files: ReadonlyArray<string> = list().toSorted()

export const isCode = (file: string): boolean => /\.(ts|tsx|mjs|sh)$|^\.ci\//.test(file)

/** Bytes promised for ever and recordings of others: nobody's style. */
export const isData = (file: string): boolean => /(^|\/)(golden|recordings)\//.test(file)

const texts = new Map<string, string>()

export const text = (file: string): string => {
  const known = texts.get(file) ?? readFileSync(join(root, file), "utf8")
  texts.set(file, known)
  return known
}

/** Lines with their numbers where the pattern is found, as `file:line: text`. */
export const matches = (file: string, pattern: RegExp): ReadonlyArray<string> =>
  text(file)
    .split("\n")
    .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 120)}`] : []))

/** The code with comments blanked out; line numbers stay. A `//` after a colon is an address. */
export const withoutComments = (file: string): string =>
  text(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ""))
    .replaceAll(/(^|[^:"'`\\])\/\/.*$/gm, "$1")
