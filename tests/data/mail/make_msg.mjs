// Makes the messages in Outlook's format (see README.md): node make_msg.mjs <folder of npm's cfb> <workbook.xlsx>
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const CFB = createRequire(join(process.argv[2], "x.js"))("cfb");
const workbook = readFileSync(process.argv[3]);

const UNICODE = 0x001f, BYTES = 0x001e, BINARY = 0x0102, LONG = 0x0003, FLAG = 0x000b, OBJECT = 0x000d;
const CLASS = 0x001a, SUBJECT = 0x0037, BODY = 0x1000, STORE_MASK = 0x340d, CODEPAGE = 0x3ffd;
const SENDER = 0x0c1f, RECIPIENT = 0x3003, DISPLAY = 0x3001, RECIPIENT_TYPE = 0x0c15;
const DATA = 0x3701, METHOD = 0x3705, LONG_NAME = 0x3707, SHORT_NAME = 0x3704, MIME = 0x370e;
const CONTENT_ID = 0x3712, FLAGS = 0x3714, HIDDEN = 0x7ffe, ATTACH_PATH = 0x370d;
const SIZES = { message: 32, embedded: 24, other: 8 };

const hex = (number, digits) => number.toString(16).toUpperCase().padStart(digits, "0");

function encoded(type, value) {
  if (type === UNICODE) return Buffer.from(value, "utf16le");
  return type === BYTES ? Buffer.from(value, "latin1") : value;
}

// The table of properties of one object, and a stream for each that does not fit into it.
function add(cfb, folder, properties, header) {
  const rows = [];
  for (const [number, type, value] of properties) {
    const row = Buffer.alloc(16);
    row.writeUInt16LE(type, 0);
    row.writeUInt16LE(number, 2);
    row.writeUInt32LE(6, 4);
    if (type === LONG || type === FLAG) {
      row.writeUInt32LE(Number(value), 8);
    } else if (type === OBJECT) {
      row.writeUInt32LE(0xffffffff, 8);
      row.writeUInt32LE(value, 12);
    } else {
      const bytes = encoded(type, value);
      row.writeUInt32LE(bytes.length + (type === UNICODE ? 2 : type === BYTES ? 1 : 0), 8);
      CFB.utils.cfb_add(cfb, `${folder}__substg1.0_${hex(number, 4)}${hex(type, 4)}`, bytes);
    }
    rows.push(row);
  }
  CFB.utils.cfb_add(cfb, `${folder}__properties_version1.0`, Buffer.concat([header, ...rows]));
}

function header(size, attachments) {
  const bytes = Buffer.alloc(size);
  if (size > 8) [1, attachments, 1, attachments].forEach((count, at) => bytes.writeUInt32LE(count, 8 + 4 * at));
  return bytes;
}

function addMessage(cfb, folder, message, size) {
  const text = message.old ? BYTES : UNICODE;
  const attachments = message.attachments ?? [];
  const properties = [
    [CLASS, text, message.kind ?? "IPM.Note"],
    [SUBJECT, text, "Return"],
    [BODY, text, "Please find the return attached."],
    [SENDER, text, "officer@example.org"],
    ...(message.old ? [[CODEPAGE, LONG, 1252]] : [[STORE_MASK, LONG, 0x40000]]),
  ];
  add(cfb, folder, properties, header(size, attachments.length));
  const recipient = [[RECIPIENT, text, "returns@example.org"], [RECIPIENT_TYPE, LONG, 1]];
  add(cfb, `${folder}__recip_version1.0_#00000000/`, recipient, header(SIZES.other));
  attachments.forEach((attachment, number) => {
    const place = `${folder}__attach_version1.0_#${hex(number, 8)}/`;
    add(cfb, place, attachment.properties, header(SIZES.other));
    if (attachment.message) addMessage(cfb, `${place}__substg1.0_3701000D/`, attachment.message, SIZES.embedded);
    if (attachment.package) {
      CFB.utils.cfb_add(cfb, `${place}__substg1.0_3701000D/Package`, attachment.package);
      CFB.utils.cfb_add(cfb, `${place}__substg1.0_3701000D/\u0001CompObj`, Buffer.alloc(20));
    }
  });
}

function write(name, message) {
  const cfb = CFB.utils.cfb_new();
  CFB.utils.cfb_del(cfb, "/\u0001Sh33tJ5");
  addMessage(cfb, "/", message, SIZES.message);
  for (const number of ["0002", "0003", "0004"]) {
    CFB.utils.cfb_add(cfb, `/__nameid_version1.0/__substg1.0_${number}0102`, Buffer.alloc(16));
  }
  writeFileSync(join(here, name), CFB.write(cfb, { type: "buffer" }));
}

const file = (name, data, ...more) => ({
  properties: [[METHOD, LONG, 1], [LONG_NAME, UNICODE, name], [DATA, BINARY, data], ...more],
});
const returned = file("return.xlsx", workbook);
const logo = file("image001.png", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), [MIME, UNICODE, "image/png"],
  [CONTENT_ID, UNICODE, "logo@example.org"], [HIDDEN, FLAG, 1], [FLAGS, LONG, 4]);
const card = file("officer.vcf", Buffer.from("BEGIN:VCARD\r\nEND:VCARD\r\n"));
const embedded = (message, ...more) => ({ properties: [[METHOD, LONG, 5], [DATA, OBJECT, 1], ...more], message });

write("return.msg", { attachments: [logo, returned, card, returned] });
write("bare.msg", { attachments: [logo, card] });
write("forwarded.msg", {
  attachments: [embedded({ attachments: [logo, returned] }, [DISPLAY, UNICODE, "Return of a council"])],
});
write("deep.msg", Array.from({ length: 12 }).reduce(
  (inner) => ({ attachments: [embedded(inner)] }), { attachments: [returned] },
));
write("linked.msg", {
  attachments: [{ properties: [[METHOD, LONG, 7], [LONG_NAME, UNICODE, "return.xlsx"],
    [ATTACH_PATH, UNICODE, "https://example.org/return.xlsx"]] }],
});
write("encrypted.msg", {
  kind: "IPM.Note.SMIME",
  attachments: [file("smime.p7m", Buffer.from("3080", "hex"), [MIME, UNICODE, "application/pkcs7-mime"])],
});
const mime = [
  'Content-Type: multipart/signed; micalg=sha-256; boundary="a"', "", "--a",
  'Content-Type: application/octet-stream; name="return.xlsx"', "Content-Transfer-Encoding: base64", "",
  workbook.toString("base64").replace(/(.{76})/g, "$1\r\n"), "--a",
  'Content-Type: application/pkcs7-signature; name="smime.p7s"', "", "x", "--a--", "",
].join("\r\n");
write("signed.msg", {
  kind: "IPM.Note.SMIME.MultipartSigned",
  attachments: [file("smime.p7m", Buffer.from(mime), [MIME, UNICODE, "multipart/signed"])],
});
write("old.msg", {
  old: true,
  attachments: [
    { properties: [[METHOD, LONG, 1], [LONG_NAME, BYTES, "R\u00e9turn.xlsx"], [DATA, BINARY, workbook]] },
    { properties: [[METHOD, LONG, 1], [SHORT_NAME, BYTES, "RETURN~1.XLS"], [DATA, BINARY, workbook]] },
  ],
});
write("pasted.msg", {
  attachments: [{ properties: [[METHOD, LONG, 6], [DATA, OBJECT, 4]], package: workbook }],
});
