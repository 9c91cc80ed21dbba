// Commands of the palette, which forward to the server's, and the clipboard.

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Failure, Tests } from './testing';

/** What the commands need of the extension. */
export interface Extension {
  log: vscode.LogOutputChannel;
  tests: Tests;
  restart: () => Promise<void>;
  server: () => string | undefined;
}

type Command = Parameters<typeof vscode.commands.registerCommand>[1];
type Argument = () => object | undefined;

export function registerCommands(context: vscode.ExtensionContext, extension: Extension): vscode.Disposable[] {
  const forward = (name: string, command: string, argument: Argument): vscode.Disposable =>
    register(name, async () => {
      const item = argument();
      return item && (await vscode.commands.executeCommand(command, item));
    });
  return [
    forward('runDocument', 'gctf.run', atCursor),
    forward('runAll', 'gctf.runAll', () => ({})),
    forward('cancel', 'gctf.cancel', () => ({})),
    forward('showResponse', 'gctf.showResponse', atCursor),
    forward('copyAsGrpcurl', 'gctf.copyAsGrpcurl', atCursor),
    forward('selectEnvironment', 'gctf.selectEnvironment', theFile),
    forward('startMock', 'gctf.mock', () => withMock(true)),
    forward('stopMock', 'gctf.mock', () => withMock(false)),
    forward('loadSchema', 'gctf.loadSchema', atCursor),
    register('runFile', async (uri?: vscode.Uri) => {
      const item = uri ? { uri: uri.toString() } : theFile();
      return item && (await vscode.commands.executeCommand('gctf.run', item));
    }),
    register('acceptActual', async (failure?: Failure) => {
      const item = failure ? extension.tests.itemOf(failure) : atCursor();
      return item && (await vscode.commands.executeCommand('gctf.acceptActual', item));
    }),
    register('manageTrust', manageTrust),
    register('restartServer', extension.restart),
    register('showLog', () => {
      extension.log.show();
    }),
    register('menu', menu),
    register('openSample', () => openSample(context, extension)),
  ];
}

/** Takes texts that the server wants to be copied. */
export function setUpClipboard(client: LanguageClient): void {
  client.onNotification('gctf/copyText', async ({ text }: { text: string }) => {
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage('Copied', 3000);
  });
}

function register(name: string, command: Command): vscode.Disposable {
  return vscode.commands.registerCommand(`gctf.ui.${name}`, command);
}

function theFile(): { uri: string } | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.languageId === 'gctf' ? { uri: editor.document.uri.toString() } : undefined;
}

function withMock(on: boolean): object | undefined {
  const file = theFile();
  return file && { ...file, on };
}

function atCursor(): object | undefined {
  const file = theFile();
  const position = vscode.window.activeTextEditor?.selection.active;
  return file && position && { ...file, position: { line: position.line, character: position.character } };
}

async function manageTrust(): Promise<void> {
  const choices = [
    { label: 'Trust the hosts that this file names', command: 'gctf.trust' },
    { label: 'Forget the hosts that are trusted in this folder', command: 'gctf.forgetTrust' },
    { label: 'Manage trust in this workspace', command: 'workbench.trust.manage' },
  ];
  const chosen = await vscode.window.showQuickPick(choices);
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command, theFile());
  }
}

async function menu(): Promise<void> {
  const choices = [
    { label: 'Load the schema again', command: 'gctf.ui.loadSchema' },
    { label: 'Select an environment', command: 'gctf.ui.selectEnvironment' },
    { label: 'Manage trust', command: 'gctf.ui.manageTrust' },
    { label: 'Restart the server', command: 'gctf.ui.restartServer' },
    { label: 'Show the log', command: 'gctf.ui.showLog' },
  ];
  const chosen = await vscode.window.showQuickPick(choices);
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

/** Opens a copy of the sample, and a terminal in which its mock server runs. */
async function openSample(context: vscode.ExtensionContext, extension: Extension): Promise<void> {
  const folder = path.join(context.globalStorageUri.fsPath, 'sample');
  await fs.cp(context.asAbsolutePath('sample'), folder, { recursive: true });
  const test = path.join(folder, 'tests', 'send_message.gctf');
  await vscode.window.showTextDocument(vscode.Uri.file(test), { preview: false });
  const terminal = 'gctf mock';
  const shellPath = extension.server();
  if (shellPath && !vscode.window.terminals.some(({ name, exitStatus }) => name === terminal && !exitStatus)) {
    vscode.window.createTerminal({ name: terminal, shellPath, shellArgs: ['mock'], cwd: folder }).show(true);
  }
}
