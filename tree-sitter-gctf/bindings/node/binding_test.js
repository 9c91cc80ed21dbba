const assert = require("node:assert");
const { test } = require("node:test");

test("the language loads", () => {
  const { name, language, nodeTypeInfo } = require(".");
  assert.strictEqual(name, "gctf");
  assert.ok(language);
  assert.ok(nodeTypeInfo.some(({ type }) => type === "section"));
});
