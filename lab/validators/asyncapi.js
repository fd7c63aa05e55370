// Holds the AsyncAPI document on standard input to AsyncAPI's own parser: what it finds is
// written down, and ends it with 1. A hint (severity 2 and above) is no fault.
"use strict";
const path = require("path");
const { createRequire } = require("module");

const { Parser } = createRequire(path.join(process.argv[2], "package.json"))("@asyncapi/parser");
let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", async () => {
  const { document, diagnostics } = await new Parser().parse(text);
  const faults = diagnostics.filter((d) => d.severity < 2);
  for (const d of diagnostics) console.log(`${d.severity} ${d.code} at ${d.path.join("/")}: ${d.message}`);
  console.log(document ? `${document.version()}, ${document.allMessages().length} messages, ${document.allOperations().length} operations` : "no document");
  process.exitCode = faults.length > 0 || !document ? 1 : 0;
});
