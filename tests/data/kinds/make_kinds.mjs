// Makes the compound files that no free program writes: node make_kinds.mjs <folder of npm's cfb and xlsx>
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(join(process.argv[2], "x.js"));
const CFB = require("cfb");
const XLSX = require("xlsx");

function write(name, streams) {
  const cfb = CFB.utils.cfb_new();
  CFB.utils.cfb_del(cfb, "/\u0001Sh33tJ5");
  for (const stream of streams) CFB.utils.cfb_add(cfb, stream, Buffer.alloc(64, 1));
  writeFileSync(join(here, name), CFB.write(cfb, { type: "buffer" }));
}

const spaces = "/\u0006DataSpaces/";
write("rights.xlsx", [
  "/EncryptedPackage", `${spaces}Version`, `${spaces}DataSpaceMap`,
  `${spaces}DataSpaceInfo/DRMEncryptedDataSpace`, `${spaces}TransformInfo/DRMEncryptedTransform/\u0006Primary`,
]);
write("rights.xls", ["/Workbook", "/\u0009DRMContent", `${spaces}Version`]);
write("slides.ppt", ["/PowerPoint Document", "/Current User"]);
write("leaflet.pub", ["/Quill/QuillSub/CONTENTS", "/Contents"]);
write("other.db", ["/Something"]);

const book = { SheetNames: ["Sheet1"], Sheets: { Sheet1: XLSX.utils.aoa_to_sheet([["Ref", "Level"], ["EC1", 2]]) } };
for (const [name, bookType] of [["book.xlsb", "xlsb"], ["book5.xls", "biff5"]]) {
  writeFileSync(join(here, name), XLSX.write(book, { type: "buffer", bookType }));
}
