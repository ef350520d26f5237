// Open workbooks with ExcelJS, edit them, save them. Jobs come as JSON on standard input.
// Run from a folder whose node_modules holds exceljs.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const ExcelJS = createRequire(process.cwd() + "/")("exceljs");

const edits = {
  text: (book, sheet, cell, value) => (at(book, sheet, cell).value = value),
  boolean: (book, sheet, cell, value) => (at(book, sheet, cell).value = value),
  date: (book, sheet, cell, value) => (at(book, sheet, cell).value = new Date(`${value}T00:00:00Z`)),
  rich: (book, sheet, cell, ...runs) =>
    (at(book, sheet, cell).value = { richText: runs.map((text, n) => ({ text, font: { bold: n % 2 === 0 } })) }),
  error: (book, sheet, cell, value) => (at(book, sheet, cell).value = { error: value }),
  // ExcelJS works nothing out: a formula stands in the file without a result unless one is given.
  formula: (book, sheet, cell, value, result) => (at(book, sheet, cell).value = { formula: value, result }),
  delete_sheet: (book, sheet) => book.removeWorksheet(book.getWorksheet(sheet).id),
};

const at = (book, sheet, cell) => book.getWorksheet(sheet).getCell(cell);

for (const job of JSON.parse(readFileSync(0, "utf8"))) {
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(job.source);
  for (const [name, ...args] of job.edits) edits[name](book, ...args);
  await book.xlsx.writeFile(job.target);
}
