import { defineConfig } from "vitest/config"
import { SkipReport } from "./tests/support/skip-report.ts"

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/backends.ts"],
    maxWorkers: 2, // a worker for each of CI's cores
    isolate: false, // modules keep no state that a test could leave behind, and loading them anew took half the time
    testTimeout: 60_000, // whole platforms are started and killed; a unit test that takes this long has a bug to find
    hookTimeout: 60_000,
    reporters: ["default", new SkipReport()],
    coverage: { include: ["domain/**", "projections/**", "streams/**", "infra/**", "services/**"] }
  }
})
