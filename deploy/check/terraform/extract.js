// Writes the part of the AWS provider's schema that deploy/terraform uses, as schema.json.
// The source is HashiCorp's own @cdktf/provider-aws (MPL-2.0), which was generated from
// the provider's schema; the registry that has the provider itself is not needed.
//   npm pack @cdktf/provider-aws@21.22.1 && tar xzf cdktf-provider-aws-21.22.1.tgz
//   node extract.js package ../../terraform > schema.json
"use strict";
const fs = require("fs");
const path = require("path");

const [, , pack, module_] = process.argv;
const lib = path.join(pack, "lib");
const source = fs.readdirSync(module_).filter((f) => f.endsWith(".tf")).map((f) => fs.readFileSync(path.join(module_, f), "utf8")).join("\n");

const camel = (snake) => snake.replace(/_([a-z0-9])/g, (_, c) => c.toUpperCase());
const simple = { string: "string", number: "number", boolean: "bool", stringList: "string", numberList: "number", stringMap: "string" };

// required names the properties of an interface that have no question mark.
function required(types, name) {
  const found = types.match(new RegExp(`export interface ${name}(?: extends [^{]+)? \\{\\n([\\s\\S]*?)\\n\\}`));
  return new Set([...(found ? found[1] : "").matchAll(/^    readonly (\w+):/gm)].map((m) => m[1]));
}

function block(js, types, body, interfaceName) {
  const must = required(types, interfaceName);
  const out = { attributes: {}, blocks: {} };
  const entry = /^ {8,12}(\w+): \{\n\s+value: (.*),\n\s+isBlock: (\w+),\n\s+type: "(\w+)",\n\s+storageClassType: "(\w+)",/gm;
  for (const [, name, value, isBlock, kind, stored] of body.matchAll(entry)) {
    if (!(stored in simple) && !new RegExp(`\\b${name}\\b`).test(source)) continue; // a block that the module has not
    const converter = (value.match(/(\w+)ToHclTerraform/) || [])[1];
    if (!(stored in simple)) {
      const at = js.indexOf(`function ${converter}ToHclTerraform(`);
      const inner = js.slice(at, js.indexOf("\n}", at));
      out.blocks[name] = { nesting: kind === "struct" ? "single" : kind, attribute: isBlock !== "true", required: must.has(camel(name)),
        block: block(js, types, inner, converter[0].toUpperCase() + converter.slice(1)) };
      continue;
    }
    const element = simple[stored];
    out.attributes[name] = { type: kind === "simple" ? element : [kind, element], [must.has(camel(name)) ? "required" : "optional"]: true };
  }
  return out;
}

function resource(lib, folder) {
  const js = fs.readFileSync(path.join(lib, folder, "index.js"), "utf8");
  const types = fs.readFileSync(path.join(lib, folder, "index.d.ts"), "utf8");
  const at = js.indexOf("    synthesizeHclAttributes() {");
  const config = types.match(/export interface (\w+Config) extends cdktf\.TerraformMetaArguments/);
  const out = block(js, types, js.slice(at), config[1]);
  const main = js.slice(js.indexOf("extends cdktf.Terraform"));
  for (const [, kind, name] of main.matchAll(/this\.get(String|Number|Boolean)Attribute\('(\w+)'\)/g)) {
    out.attributes[name] ??= { type: { String: "string", Number: "number", Boolean: "bool" }[kind], computed: true };
  }
  return out;
}

const version = fs.readFileSync(path.join(pack, "README.md"), "utf8").match(/provider version ([\d.]+)/)[1];
const out = { provider: `hashicorp/aws ${version}`, resources: {}, data: {} };
for (const [, kind, type] of [...source.matchAll(/^(resource|data) "(aws_\w+)"/gm)].sort((a, b) => (a[2] < b[2] ? -1 : 1))) {
  const folder = (kind === "data" ? `data-${type}` : type.slice("aws_".length)).replace(/_/g, "-");
  out[kind === "data" ? "data" : "resources"][type] = resource(lib, folder);
}
process.stdout.write(JSON.stringify(out, null, 1) + "\n");
