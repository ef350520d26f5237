// Open workbooks with xlsx-populate, edit them, save them. Jobs come as JSON on standard input.
// Run from a folder whose node_modules holds xlsx-populate.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const XlsxPopulate = createRequire(process.cwd() + "/")("xlsx-populate");

const edits = {
  text: (book, sheet, cell, value) => at(book, sheet, cell).value(value),
  date: (book, sheet, cell, value) => at(book, sheet, cell).value(serial(value)),
  formula: (book, sheet, cell, value) => at(book, sheet, cell).formula(value),
};

const at = (book, sheet, cell) => book.sheet(sheet).cell(cell);
const serial = (day) => Math.round((Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86400000);

for (const job of JSON.parse(readFileSync(0, "utf8"))) {
  const book = await XlsxPopulate.fromFileAsync(job.source);
  for (const [name, ...args] of job.edits) edits[name](book, ...args);
  await book.toFileAsync(job.target, job.password ? { password: job.password } : {});
}
