// Commands of the palette, which forward to the server's, and the clipboard.

import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Messages } from './messages';
import type { Failure, Tests } from './testing';

/** What the commands need of the extension. */
export interface Extension {
  log: vscode.LogOutputChannel;
  messages: Messages;
  tests: Tests;
  restart: () => Promise<void>;
  /** Settles once there are commands to forward to. */
  ready: () => Promise<void>;
}

type Command = Parameters<typeof vscode.commands.registerCommand>[1];
type Argument = () => object | undefined;

export function registerCommands(context: vscode.ExtensionContext, extension: Extension): vscode.Disposable[] {
  const forward = (name: string, command: string, argument: Argument): vscode.Disposable =>
    register(name, async () => {
      const item = argument();
      return item ? await send(command, item) : await vscode.window.showInformationMessage('Open a .gctf file first.');
    });
  const send = async (command: string, item: object): Promise<unknown> => {
    await extension.ready();
    return await vscode.commands.executeCommand(command, item);
  };
  remember(vscode.window.activeTextEditor);
  return [
    vscode.window.onDidChangeActiveTextEditor(remember),
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
      return item && (await send('gctf.run', item));
    }),
    register('acceptActual', async (failure?: Failure) => {
      const item = failure ? extension.tests.itemOf(failure) : atCursor();
      return item && (await send('gctf.acceptActual', item));
    }),
    register('manageTrust', manageTrust),
    register('restartServer', extension.restart),
    register('showLog', () => {
      extension.log.show();
    }),
    register('showMessages', () => extension.messages.show()),
    register('menu', menu),
    register('openSample', () => openSample(context)),
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

let last: vscode.TextEditor | undefined;

function remember(editor: vscode.TextEditor | undefined): void {
  if (editor?.document.languageId === 'gctf') {
    last = editor;
  }
}

/** The editor of a test: the active one or, while no text is active but a walkthrough, the last one. */
function theEditor(): vscode.TextEditor | undefined {
  const editor = vscode.window.activeTextEditor ?? last;
  return editor?.document.languageId === 'gctf' && !editor.document.isClosed ? editor : undefined;
}

function theFile(): { uri: string } | undefined {
  const editor = theEditor();
  return editor && { uri: editor.document.uri.toString() };
}

function withMock(on: boolean): object | undefined {
  const file = theFile();
  return file && { ...file, on };
}

function atCursor(): object | undefined {
  const file = theFile();
  const position = theEditor()?.selection.active;
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
    { label: 'Show the messages of calls', command: 'gctf.ui.showMessages' },
    { label: 'Manage trust', command: 'gctf.ui.manageTrust' },
    { label: 'Restart the server', command: 'gctf.ui.restartServer' },
    { label: 'Show the log', command: 'gctf.ui.showLog' },
  ];
  const chosen = await vscode.window.showQuickPick(choices);
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

/** Opens a test of a copy of the sample. */
async function openSample(context: vscode.ExtensionContext): Promise<void> {
  const folder = path.join(context.globalStorageUri.fsPath, 'sample');
  await fs.cp(context.asAbsolutePath('sample'), folder, { recursive: true });
  const test = vscode.Uri.file(path.join(folder, 'send_message.gctf'));
  await vscode.window.showTextDocument(test, { preview: false });
}
