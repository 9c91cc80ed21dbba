// The colours of the TextMate grammar against those of the server: what the one takes for a key, a string or a word of
// the language is so for the other too.
//   GCTF_TEST_GCTF=… node --test

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

const root = path.resolve(import.meta.dirname, '../../..');
const FOLDERS = ['examples', 'tree-sitter-gctf/test/highlight', '../../shared/corpus'];

/** The scopes that a token of the server may have, by its type. */
const SCOPES = {
  class: /entity\.name\.type/,
  comment: /comment/,
  decorator: /decorator/,
  enumMember: /constant|string/,
  function: /support\.(function|type)|entity\.name\.function/,
  keyword: /keyword\.(control|operator\.word)|constant\.language/,
  method: /entity\.name\.function/,
  namespace: /entity\.name\.namespace/,
  number: /constant\.numeric/,
  operator: /keyword\.operator|punctuation/,
  parameter: /variable\.parameter/,
  property: /property/,
  regexp: /string\.regexp/,
  string: /string/,
  type: /support\.type/,
  variable: /variable|template/,
};

/** A language server, asked one thing after the other. */
class Server {
  constructor(program) {
    this.child = spawn(program, ['lsp'], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.waiting = new Map();
    let pending = Buffer.alloc(0);
    this.child.stdout.on('data', (bytes) => {
      pending = Buffer.concat([pending, bytes]);
      for (;;) {
        const end = pending.indexOf('\r\n\r\n');
        const length = end < 0 ? 0 : Number(/Content-Length: (\d+)/.exec(pending.toString('utf8', 0, end))[1]);
        if (end < 0 || pending.length < end + 4 + length) {
          return;
        }
        const message = JSON.parse(pending.toString('utf8', end + 4, end + 4 + length));
        pending = pending.subarray(end + 4 + length);
        this.waiting.get(message.id)?.(message.result);
      }
    });
  }

  tell(method, params, id) {
    const text = JSON.stringify({ jsonrpc: '2.0', method, params, id });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  ask(method, params) {
    const id = this.waiting.size + 1;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.tell(method, params, id);
    });
  }
}

async function loadGrammar() {
  const wasm = readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm'));
  await oniguruma.loadWASM(wasm);
  const file = path.join(root, 'editors/vscode/syntaxes/gctf.tmLanguage.json');
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    // YAML has a grammar of its own.
    loadGrammar: async (scope) => (scope === 'source.gctf' ? textmate.parseRawGrammar(readFileSync(file, 'utf8'), file) : null),
  });
  return registry.loadGrammar('source.gctf');
}

/** A function that tells the scopes at a place of `text`. */
function scopesOf(grammar, text) {
  let state = textmate.INITIAL;
  const lines = text.split(/\r?\n/).map((line) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, state);
    state = ruleStack;
    return tokens;
  });
  return (line, column) => lines[line].findLast(({ startIndex }) => startIndex <= column).scopes.join(' ');
}

/** The server's tokens, with their places. */
function* tokens(data, legend) {
  let [line, column] = [0, 0];
  for (let at = 0; at < data.length; at += 5) {
    column = data[at] === 0 ? column + data[at + 1] : data[at + 1];
    line += data[at];
    yield { line, column, length: data[at + 2], type: legend[data[at + 3]] };
  }
}

const files = FOLDERS.map((folder) => path.join(root, folder))
  .filter((folder) => existsSync(folder))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name)))
  .filter((file) => file.endsWith('.gctf'));

it(`${files.length} files have the colours that the server gives them`, async () => {
  const grammar = await loadGrammar();
  const server = new Server(process.env.GCTF_TEST_GCTF);
  const initialized = await server.ask('initialize', { processId: null, rootUri: null, capabilities: {} });
  const legend = initialized.capabilities.semanticTokensProvider.legend.tokenTypes;
  server.tell('initialized', {});
  const faults = [];
  let compared = 0;
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const uri = pathToFileURL(file).href;
    server.tell('textDocument/didOpen', { textDocument: { uri, languageId: 'gctf', version: 1, text } });
    const { data } = await server.ask('textDocument/semanticTokens/full', { textDocument: { uri } });
    const scopes = scopesOf(grammar, text);
    const lines = text.split(/\r?\n/);
    for (const { line, column, length, type } of tokens(data, legend)) {
      const found = scopes(line, column);
      compared += 1;
      if (!SCOPES[type].test(found)) {
        const word = lines[line].slice(column, column + length);
        faults.push(`${path.relative(root, file)}:${line + 1}:${column + 1}: ${word} is ${type}, but ${found}`);
      }
    }
  }
  server.child.kill();
  assert.ok(compared > 100, `${compared} tokens`);
  assert.equal(faults.length, 0, `${faults.length} of ${compared}:\n${faults.slice(0, 40).join('\n')}`);
});
