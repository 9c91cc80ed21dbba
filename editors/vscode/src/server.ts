// Where the language server's program is, and what it is told of the settings. Nothing is downloaded.

import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';

/** The program of the setting; without one that of the package, then the one on the search path. */
export function findServer(context: vscode.ExtensionContext): string | undefined {
  const chosen = chosenServer();
  if (chosen) {
    return isProgram(chosen) ? chosen : undefined;
  }
  const name = process.platform === 'win32' ? 'gctf.exe' : 'gctf';
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const places = [context.asAbsolutePath('server'), ...folders];
  return places.map((folder) => path.join(folder, name)).find(isProgram);
}

/** Says that there is no server and how to get one. */
export async function tellMissing(): Promise<void> {
  const chosen = chosenServer();
  const message = chosen
    ? `gctf.server.path names no program: ${chosen}`
    : 'The program gctf was found neither in this package nor on the PATH. Build it with cargo, then name it here.';
  const settings = 'Open Settings';
  if ((await vscode.window.showErrorMessage(message, settings)) === settings) {
    await vscode.commands.executeCommand('workbench.action.openSettings', 'gctf.server.path');
  }
}

/** The settings that somebody has made. */
export function settingsThatAreSet(names: string[], scope: vscode.Uri | undefined): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration(undefined, scope);
  const isSet = (name: string): boolean => {
    const { globalValue, workspaceValue, workspaceFolderValue } = configuration.inspect(name) ?? {};
    return [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
  };
  return Object.fromEntries(names.filter(isSet).map((name) => [name, configuration.get(name)]));
}

/** The whole names of the extension's settings. */
export function settingNames(context: vscode.ExtensionContext): string[] {
  const manifest = context.extension.packageJSON as { contributes: { configuration: { properties: object } } };
  return Object.keys(manifest.contributes.configuration.properties);
}

function chosenServer(): string {
  return vscode.workspace.getConfiguration('gctf').get<string>('server.path')?.trim() ?? '';
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
