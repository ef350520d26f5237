// Open workbooks with SheetJS, edit them, save them as their names end. Jobs come as JSON on standard input.
// Run from a folder whose node_modules holds xlsx.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const XLSX = createRequire(process.cwd() + "/")("xlsx");

const edits = {
  text: (book, sheet, cell, v) => put(book, sheet, cell, { t: "s", v }),
  boolean: (book, sheet, cell, v) => put(book, sheet, cell, { t: "b", v }),
  error: (book, sheet, cell, v) => put(book, sheet, cell, { t: "e", v }),
  date: (book, sheet, cell, v) => put(book, sheet, cell, { t: "n", v: serial(v), z: "dd/mm/yyyy" }),
  delete_sheet: (book, sheet) => {
    const place = book.SheetNames.indexOf(sheet);
    book.SheetNames.splice(place, 1);
    book.Workbook.Sheets.splice(place, 1);
    delete book.Sheets[sheet];
    delete book.Workbook.Names; // they may name the sheet
  },
};

const put = (book, sheet, cell, value) => {
  book.Sheets[sheet][cell] = value;
  XLSX.utils.sheet_add_aoa(book.Sheets[sheet], [], { origin: cell });
};

const serial = (day) => Math.round((Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86400000);

for (const job of JSON.parse(readFileSync(0, "utf8"))) {
  const book = XLSX.readFile(job.source, { cellNF: true, cellStyles: true });
  for (const [name, ...args] of job.edits) edits[name](book, ...args);
  XLSX.writeFile(book, job.target, { compression: true });
}
