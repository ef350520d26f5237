// Validates workbooks and Word documents with the Open XML SDK (compiled to WebAssembly): prints the errors as JSON.
// node ooxml_validate.mjs FOLDER_OF_NODE_MODULES FILE...
import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [modules, ...files] = process.argv.slice(2);
const home = `${modules}/@ooxml-tools/validate/dist/npm/index.js`;
const { default: validate } = await import(pathToFileURL(home).href);
const found = {};
for (const file of files) {
  const kind = file.slice(file.lastIndexOf(".") + 1);
  found[file] = await validate(new Uint8Array(await readFile(file)), kind, "Office2016");
}
console.log(JSON.stringify(found));
process.exit(0);
