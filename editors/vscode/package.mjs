// Makes installable packages in dist/:
//   node package.mjs                       one without a server, one with the release build for this machine
//   node package.mjs --universal           the one without
//   node package.mjs --target T --server F one for the platform T, with the program F
import { createVSIX } from '@vscode/vsce';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const MOST_BYTES = 500 * 1024;
const here = import.meta.dirname;
const root = path.join(here, '../..');
const { version } = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8'));

const { values: asked } = parseArgs({
  options: { universal: { type: 'boolean' }, target: { type: 'string' }, server: { type: 'string' } },
});

await import('./esbuild.mjs');
const { size } = statSync(path.join(here, 'dist/extension.js'));
if (size > MOST_BYTES) {
  throw new Error(`the bundle has ${size} bytes, more than ${MOST_BYTES}`);
}
console.log(`dist/extension.js: ${Math.ceil(size / 1024)} KiB`);
copyShared();
if (asked.target) {
  await pack(asked.target, asked.server);
} else {
  await pack();
  if (!asked.universal) {
    const cargo = ['build', '--release', '--locked', '-p', 'gctf-lsp', '--bin', 'gctf'];
    execFileSync('cargo', cargo, { cwd: root, stdio: 'inherit' });
    const program = process.platform === 'win32' ? 'gctf.exe' : 'gctf';
    await pack(`${process.platform}-${process.arch}`, path.join(root, 'target/release', program));
  }
}

/** What the package shares with the repository. */
function copyShared() {
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE', 'CHANGELOG.md']) {
    copyFileSync(path.join(root, name), path.join(here, name));
  }
  const sample = path.join(here, 'sample');
  const example = path.join(root, 'examples/basic-examples/real-time-chat');
  rmSync(sample, { recursive: true, force: true });
  // Without keys, which have no place in a package.
  for (const name of ['server/chat.proto', 'stubs']) {
    cpSync(path.join(example, name), path.join(sample, name), { recursive: true });
  }
  // Beside gctf.toml: in no workspace folder only that is looked at.
  for (const name of ['get_messages.gctf', 'send_message.gctf']) {
    copyFileSync(path.join(example, 'tests', name), path.join(sample, name));
  }
  const settings = readFileSync(path.join(example, 'gctf.toml'), 'utf8');
  writeFileSync(path.join(sample, 'gctf.toml'), settings.replace(/^(cert|key|client_ca) = .*\n/gm, ''));
}

/** The package for `target` with the program `server`, or without either. */
async function pack(target, server) {
  const folder = path.join(here, 'server');
  rmSync(folder, { recursive: true, force: true });
  if (server) {
    const program = path.join(folder, target.startsWith('win32') ? 'gctf.exe' : 'gctf');
    mkdirSync(folder);
    copyFileSync(server, program);
    chmodSync(program, 0o755);
  }
  const packagePath = path.join(here, 'dist', `gctf-${target ? `${target}-` : ''}${version}.vsix`);
  const options = { cwd: here, packagePath, dependencies: false, allowMissingRepository: true, skipLicense: true };
  await createVSIX(target ? { ...options, target } : options);
  rmSync(folder, { recursive: true, force: true });
  console.log(`${path.relative(root, packagePath)}: ${Math.ceil(statSync(packagePath).size / 1024)} KiB`);
}
