import { expect, test } from "vitest"
import { insertShape } from "#infra/clickhouse/embedded/insert-shape.ts"
import { shapeOf } from "#infra/clickhouse/embedded/sql-shape.ts"

test.each([
  ["SELECT 1 FORMAT TSV", "SELECT 1\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT TSV"],
  [
    "SELECT a WHERE b = 'c'\nFORMAT JSONEachRow",
    "SELECT a WHERE b = 'c'\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT JSONEachRow"
  ],
  ["SELECT `a` FORMAT TSV", "SELECT `a`\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT TSV"],
  ["(SELECT 1) FORMAT CSV;", "(SELECT 1)\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT CSV;"],
  [
    "SELECT 1 SETTINGS a = 'x' FORMAT CSV",
    "SELECT 1 SETTINGS a = 'x'\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT CSV"
  ],
  [
    "SELECT 1 FORMAT CSV SETTINGS a = 1, b = 'x'",
    "SELECT 1\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT CSV SETTINGS a = 1, b = 'x'"
  ],
  ["WITH 1 AS x SELECT x FORMAT TSV", "WITH 1 AS x SELECT x\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT TSV"],
  [
    "/* a; 'b */ SELECT '-- FORMAT CSV' FORMAT TSV",
    "/* a; 'b */ SELECT '-- FORMAT CSV'\nINTO OUTFILE 'F' COMPRESSION 'zstd' LEVEL 1 FORMAT TSV"
  ],
  ["SELECT 1", undefined],
  ["SELECT 'a FORMAT TSV'", undefined],
  ["SELECT 1 -- FORMAT TSV", undefined],
  ["SELECT 1 INTO OUTFILE 'g' FORMAT TSV", undefined],
  ["SHOW TABLES FORMAT TSV", undefined],
  ["INSERT INTO t SELECT 1 FORMAT TSV", undefined]
])("the answer of %j goes into a file", (sql, expected) => {
  expect(shapeOf(sql).intoFile?.("F")).toBe(expected)
})

test.each([
  ["INSERT INTO t FORMAT TSV", "INSERT INTO t FROM INFILE 'F' FORMAT TSV", ""],
  ["insert into t (a, b) format TSV\n1\t2\n", "insert into t (a, b) FROM INFILE 'F' FORMAT TSV", "1\t2\n"],
  ["INSERT INTO t FORMAT TSV\n\n\nx\n", "INSERT INTO t FROM INFILE 'F' FORMAT TSV", "\n\nx\n"],
  [
    "INSERT INTO `a`.`values` (`format`) VALUES (1)",
    "INSERT INTO `a`.`values` (`format`) FROM INFILE 'F' FORMAT Values",
    "(1)"
  ],
  [
    "INSERT INTO t SETTINGS a = 'FORMAT x', b = 1 FORMAT CSV\n1",
    "INSERT INTO t FROM INFILE 'F' SETTINGS a = 'FORMAT x', b = 1 FORMAT CSV",
    "1"
  ],
  [
    "/* SELECT */ INSERT INTO FUNCTION file('x', 'TSV') VALUES (1)",
    "/* SELECT */ INSERT INTO FUNCTION file('x', 'TSV') FROM INFILE 'F' FORMAT Values",
    "(1)"
  ]
])("the rows of %j come from a file", (sql, expected, rows) => {
  const shape = insertShape(sql)
  expect([shape?.fromFile("F"), shape?.rows]).toEqual([expected, rows])
})

test.each([
  "INSERT INTO t SELECT 1",
  "INSERT INTO t (SELECT 1)",
  "INSERT INTO t FROM INFILE 'x' FORMAT TSV",
  "INSERT INTO t",
  "SELECT 1 FORMAT Values",
  "CREATE TABLE t (a Int8)"
])("%j brings no rows with it", (sql) => {
  expect(insertShape(sql)).toBeUndefined()
})

test("formats and further statements are not looked for in texts and comments", () => {
  expect(shapeOf("SELECT 1 FORMAT JSONEachRow").format).toBe("JSONEachRow")
  expect(shapeOf("SELECT ' FORMAT JSONEachRow'").format).toBeUndefined()
  expect(shapeOf("SELECT ';', `;`, \";\" /* ; */ -- ;\n;  ").several).toBe(false)
  expect(shapeOf("SELECT 1; 'x'").several).toBe(true)
  expect(shapeOf("SELECT 'it\\'s;'; DROP TABLE t").several).toBe(true)
})
