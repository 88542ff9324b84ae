// npm writes into the lock file only those builds for other platforms that its registry could show it, and `npm ci` then
// refuses the file wherever one is missing. This adds them by name and version; their content is checked against the
// registry of whoever needs them. Run by `npm run lock`, after a dependency was changed.
import { readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

const file = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "package-lock.json")
const lock = JSON.parse(readFileSync(file, "utf8"))

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"]
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"]

/** What a package is for, read from its name (@oxlint/binding-linux-x64-gnu), or undefined. */
const platformOf = (name) => {
  const words = name.split(/[/-]/)
  const [os, cpu] = [systems, processors].map((known) => words.find((word) => known.includes(word)))
  if (os === undefined || cpu === undefined) return undefined
  const libc = /(^|-)musl/.test(name) ? "musl" : /(^|-)gnu/.test(name) ? "glibc" : undefined
  return { cpu: [cpu], libc: libc && [libc], os: [os] }
}

const missing = []
const { "": project, ...packages } = lock.packages
for (const [path, { dev, optionalDependencies = {} }] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    if (`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages) continue
    const platform = platformOf(name)
    if (platform === undefined || !/^\d+\.\d+\.\d+/.test(version)) {
      console.error(
        `${path} wants ${name}@${version}, which the lock file lacks and which is for no platform known here`
      )
      process.exitCode = 1
    } else {
      const { cpu, libc, os } = platform
      missing.push([`node_modules/${name}`, { version, cpu, dev, libc, optional: true, os }]) // in npm's own order
    }
  }
}

const inOrder = [...Object.entries(packages), ...missing].sort(([a], [b]) => a.localeCompare(b, "en"))
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: { "": project, ...Object.fromEntries(inOrder) } }, null, 2)}\n`
)
console.log(`${missing.length} builds for other platforms added to package-lock.json`)
