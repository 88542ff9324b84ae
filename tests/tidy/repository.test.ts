import { describe, expect, it } from "vitest"
import { files, isCode, isData, text, withoutComments } from "./files.ts"

const folders = ["docs", "domain", "frontend", "infra", "projections", "services", "streams", "tests"]
const rootFiles = [
  ".editorconfig",
  ".gitattributes",
  ".gitignore",
  ".npmrc",
  ".oxfmtrc.json",
  ".oxlintrc.json",
  "ARCHITECTURE.md",
  "CHANGELOG.md",
  "CONTRIBUTING.md",
  "LICENSE",
  "README.md",
  "knip.json",
  "package-lock.json",
  "package.json",
  "tsconfig.json",
  "vitest.config.ts"
]
const linesMax = 350

describe("the repository", () => {
  it("has a fixed top level: what is new belongs below one of its folders", () => {
    const top = new Set(files.map((file) => file.split("/")[0] ?? file))
    expect([...top].toSorted()).toEqual([".ci", ...folders, ...rootFiles].toSorted())
  })

  it.each(folders)("%s says in a README.md what belongs there", (folder) => {
    expect(files).toContain(`${folder}/README.md`)
  })

  it("names files in kebab-case, after their idea", () => {
    const below = files.filter((file) => file.includes("/") && !isData(file))
    const kebab = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/
    const conventional = /^(README\.md|Dockerfile(\.[a-z-]+)?)$/
    const bad = below.filter((file) => file.split("/").some((part) => !kebab.test(part) && !conventional.test(part)))
    expect(bad).toEqual([])
    const vague = /(^|\/)(index|utils?|helpers?|misc|common|stuff)(\.[a-z]+)*(\/|$)/
    expect(below.filter((file) => vague.test(file))).toEqual([])
  })

  it(`keeps a file under ${linesMax} lines of code`, () => {
    const lines = (file: string) =>
      withoutComments(file)
        .split("\n")
        .filter((line) => line.trim() !== "" && !line.trimStart().startsWith("#")).length
    const long = files.filter((file) => isCode(file) && !isData(file)).map((file) => ({ file, lines: lines(file) }))
    expect(long.filter((one) => one.lines > linesMax)).toEqual([])
  })
})

type Wanted = Record<string, string>
type Manifest = { readonly [of in "dependencies" | "devDependencies" | "optionalDependencies"]?: Wanted }
type Locked = { readonly optionalDependencies?: Wanted; readonly os?: unknown }

describe("the dependencies", () => {
  const { packages } = JSON.parse(text("package-lock.json")) as { packages: Record<string, Locked> }
  const locked = Object.entries(packages).filter(([path]) => path !== "")

  it("are pinned to one version each", () => {
    const manifest = JSON.parse(text("package.json")) as Manifest
    const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
    const loose = Object.entries(wanted).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    expect(loose).toEqual([])
  })

  it("are locked by content and not by the address of somebody's registry", () => {
    expect(locked.filter(([, one]) => "resolved" in one).map(([path]) => path)).toEqual([])
    const unknown = locked.filter(([, one]) => !("integrity" in one) && !("inBundle" in one) && one.os === undefined)
    expect(unknown.map(([path]) => path)).toEqual([])
  })

  it("are locked for every platform, or npm ci fails on some: npm run lock adds what npm leaves out", () => {
    const builds = locked.flatMap(([path, one]) =>
      Object.keys(one.optionalDependencies ?? {}).map((name) => [path, name])
    )
    const absent = builds.filter(
      ([path, name]) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages)
    )
    expect(absent).toEqual([])
  })
})
