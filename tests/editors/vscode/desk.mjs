// A desk to test at: VS Code served to a browser with the packaged extension, a folder of tests, and a mock server.
// Everything that is written lies below one temporary folder.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const root = path.resolve(import.meta.dirname, '../../..');
const PATIENCE = 180_000;

/** What the environment has to name: code-server's program, the package, the program `gctf`. */
export function installed() {
  const names = ['GCTF_TEST_CODE_SERVER', 'GCTF_TEST_VSIX', 'GCTF_TEST_GCTF'];
  const [codeServer, vsix, gctf] = names.map((name) => {
    const file = process.env[name];
    if (!file || !existsSync(file)) {
      throw new Error(`${name} names no file: ${file}`);
    }
    return path.resolve(file);
  });
  return { codeServer, vsix, gctf };
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A server that only counts who comes. */
export async function countingServer() {
  const counted = { connections: 0, port: 0, stop: () => server.close() };
  const server = createServer((socket) => {
    counted.connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  counted.port = server.address().port;
  return counted;
}

/** The example's folder with its tests calling `port`, and what `more` adds: texts by path. */
export function project(folder, port, more = {}) {
  cpSync(path.join(root, 'examples/basic-examples/real-time-chat'), folder, { recursive: true });
  const texts = { ...more };
  for (const name of ['gctf.toml', 'tests/send_message.gctf', 'tests/get_messages.gctf', 'tests/secure_chat.gctf']) {
    texts[name] ??= readFileSync(path.join(folder, name), 'utf8').replaceAll('4770', String(port));
  }
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

/** Has the sample of the installed package call `port`. */
export function sampleAt(desk, port) {
  const extensions = path.join(desk, 'extensions');
  const name = readdirSync(extensions).find((name) => name.startsWith('gctf-lsp.gctf-'));
  const sample = path.join(extensions, name, 'sample');
  for (const name of ['gctf.toml', 'get_messages.gctf', 'send_message.gctf']) {
    const file = path.join(sample, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('4770', String(port)));
  }
}

/** The mock server of a project. */
export async function startMock(gctf, folder) {
  const child = spawn(gctf, ['mock'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdout.resume();
  return { stop: () => stop(child, child.pid) };
}

const SETTINGS = {
  'chat.commandCenter.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.cursorBlinking': 'solid',
  'editor.minimap.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'files.autoSave': 'off',
  'git.enabled': false,
  'security.workspace.trust.startupPrompt': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
};

/** Starts VS Code on the folder `project` of `desk`. With `trust: false` the folder is not trusted. */
export async function startCode({ codeServer, vsix, gctf }, desk, { trust = true } = {}) {
  const [user, extensions, home] = ['user', 'extensions', 'home'].map((name) => path.join(desk, name));
  // The machine that serves has settings of its own; only those say which program is started there.
  for (const [name, values] of [
    ['User', SETTINGS],
    ['Machine', { 'gctf.server.path': gctf }],
  ]) {
    mkdirSync(path.join(user, name), { recursive: true });
    writeFileSync(path.join(user, name, 'settings.json'), JSON.stringify(values));
  }
  writeFileSync(path.join(desk, 'config.yaml'), '');
  const env = {
    ...process.env,
    HOME: home,
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_STATE_HOME: path.join(home, 'state'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    // Nothing is looked up in a gallery.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
  };
  delete env.GCTF_ADDRESS;
  const own = ['--config', path.join(desk, 'config.yaml'), '--user-data-dir', user, '--extensions-dir', extensions];
  const install = spawnSync(codeServer, [...own, '--install-extension', vsix], { env, encoding: 'utf8' });
  if (!/successfully installed/.test(install.stdout)) {
    throw new Error(`the package is not installed: ${install.stdout}${install.stderr}`);
  }
  const port = await freePort();
  const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
  const trusted = trust ? ['--disable-workspace-trust'] : [];
  const args = [...own, '--bind-addr', `127.0.0.1:${port}`, '--auth', 'none', ...quiet, ...trusted];
  const folder = path.join(desk, 'project');
  const log = openSync(path.join(desk, 'code-server.log'), 'w');
  // It forks; a group of its own ends with all that it has started.
  const child = spawn(codeServer, [...args, folder], { env, stdio: ['ignore', log, log], detached: true });
  const start = Date.now();
  while (!(await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok) {
    if (child.exitCode !== null || Date.now() - start > PATIENCE) {
      throw new Error(`code-server does not start:\n${readFileSync(path.join(desk, 'code-server.log'), 'utf8')}`);
    }
    await sleep(100);
  }
  const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`;
  return { url, stop: () => stop(child, -child.pid) };
}

export const newDesk = () => mkdtempSync(path.join(tmpdir(), 'gctf-vscode-'));

export const clear = (desk) => rmSync(desk, { recursive: true, force: true });

/** Ends a process that was started here, or its group. */
async function stop(child, pid) {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = once(child, 'exit');
  process.kill(pid, 'SIGTERM');
  const hard = setTimeout(() => process.kill(pid, 'SIGKILL'), 10_000);
  await gone;
  clearTimeout(hard);
  if (pid < 0) {
    try {
      // What the first process has left behind.
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      assert.equal(error.code, 'ESRCH');
    }
  }
}
