// What a user does with the packaged extension, and what the window shows then.
//   GCTF_TEST_CODE_SERVER=… GCTF_TEST_VSIX=… GCTF_TEST_GCTF=… node --test
// Each play goes on where the one before has ended. A picture of each end is in `shots`, or GCTF_TEST_SHOTS.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { clear, countingServer, freePort, installed, newDesk, project, sampleAt, startCode, startMock } from './desk.mjs';
import { Workbench, startBrowser } from './workbench.mjs';

/** A clock that ticks for minutes, a test with rows of which one fails, and a folder with settings. */
const more = (port) => ({
  'gctf.toml': `[mock]
listen = "localhost:${port}"
protos = ["server/chat.proto", "server/clock.proto"]
stubs = ["stubs"]
cert = "server/tls/server-cert.pem"
key = "server/tls/server-key.pem"
client_ca = "server/tls/ca-cert.pem"
`,
  // Without an ADDRESS: the folder's own settings tell where it calls.
  'plain/gctf.toml': `address = "localhost:${port}"\n`,
  'plain/plain.gctf': `--- ENDPOINT ---
chat.ChatService/GetMessages

--- REQUEST ---
{ "room_id": "room_001" }

--- ASSERTS ---
.total_count == 2
`,
  'server/clock.proto': `syntax = "proto3";
package clock;
service Clock { rpc Watch(Start) returns (stream Tick); }
message Start {}
message Tick { int32 number = 1; }
`,
  'stubs/clock.yaml': `service: clock.Clock
method: Watch
output:
  stream:
${Array.from({ length: 500 }, (_, at) => `    - { number: ${at + 1}, _gripmock: { delay: 200ms } }`).join('\n')}
`,
  'more/clock.gctf': `--- ADDRESS ---
localhost:${port}

--- ENDPOINT ---
clock.Clock/Watch

#[repeat(400)]
--- ASSERTS ---
.number > 0
`,
  'more/rows.gctf': `--- DATASET ---
- count: 2
- count: 3

--- ADDRESS ---
localhost:${port}

--- ENDPOINT ---
chat.ChatService/GetMessages

--- REQUEST ---
{ "room_id": "room_001" }

--- RESPONSE partial ---
{ "total_count": "{{ dataset.count }}" }
`,
});

const shots = path.resolve(process.env.GCTF_TEST_SHOTS ?? path.join(import.meta.dirname, 'shots'));
mkdirSync(shots, { recursive: true });

/** Makes plays: after one that fails nothing is where the next expects it. */
function plays(window) {
  let unfinished = '';
  return (name, does) =>
    it(name, async () => {
      assert.equal(unfinished, '', 'an earlier play has failed');
      unfinished = name;
      try {
        await does();
        unfinished = '';
      } finally {
        await window().shot(path.join(shots, `${name.replaceAll(/\W+/g, '-')}.png`));
      }
    });
}

describe('a trusted folder', () => {
  const programs = installed();
  const desk = newDesk();
  let mock, code, browser, window;

  before(async () => {
    const folder = path.join(desk, 'project');
    const port = await freePort();
    project(folder, port, more(port));
    mock = await startMock(programs.gctf, folder);
    code = await startCode(programs, desk);
    browser = await startBrowser();
    window = await Workbench.open(browser, code.url);
  });
  after(async () => {
    await browser?.close();
    await code?.stop();
    await mock?.stop();
    clear(desk);
  });

  const play = plays(() => window);

  play('the example opens with colours and without a problem', async () => {
    await window.openFile('send_message.gctf');
    await window.status('gctf');
    await window.status('schema: reflection');
    await window.lens('▶ Run');
    const colours = [await window.colour('ENDPOINT'), await window.colour('"room_id"'), await window.colour('"room_001"')];
    assert.equal(new Set(colours).size, colours.length, `${colours}`);
    await window.keys.press('Control+Shift+M');
    await window.see('.markers-panel', 'No problems have been detected');
    await window.keys.press('Control+Shift+M');
  });

  play('a field that there is not is marked and put right', async () => {
    await window.type(10, 12, 0, 'd');
    await window.squiggles().first().waitFor();
    await window.keys.press('Control+.');
    await window.see('.action-widget .monaco-list-row.focused', 'Change to "user_id"');
    await window.keys.press('Enter');
    await window.squiggles().first().waitFor({ state: 'hidden' });
    await window.line('"user_id": "user_123"');
  });

  play('a field is completed by keys', async () => {
    await window.goto(12, 1);
    await window.keys.press('End');
    await window.keys.type('\n"enc');
    await window.see('.suggest-widget.visible .monaco-list-row', 'encrypted');
    await window.keys.press('Enter');
    await window.line('"encrypted": ');
    await window.keys.press('Escape');
    await window.keys.press('Escape');
    await window.command('File: Revert File');
    await window.gone('.view-line', '"encrypted"');
  });

  play('the lens runs the test', async () => {
    await window.clickLens('▶ Run');
    await window.lens('▶ Run · ✓');
  });

  play('a wrong expectation shows what came', async () => {
    await window.type(22, 16, 4, 'lost');
    await window.clickLens('▶ Run · stale');
    await window.lens('▶ Run · ✗ 1 of');
    await window.squiggles().first().waitFor();
    await window.keys.press('Control+Shift+M');
    await window.see('.markers-panel .monaco-list-row', 'got "sent", expected "lost"');
    await window.keys.press('Control+Shift+M');
  });

  play('a failure shows what was expected and what came side by side', async () => {
    await window.page.getByText('"sent" != "lost"').first().click();
    await window.page.getByText('Accept Actual', { exact: true }).waitFor();
  });

  play('what came is taken over, and passes', async () => {
    await window.page.getByText('Accept Actual', { exact: true }).click();
    await window.confirm();
    await window.line('"status": "sent"');
    await window.clickLens('▶ Run · stale');
    await window.lens('▶ Run · ✓');
  });

  play('the response opens beside the test', async () => {
    await window.clickLens('Response');
    await window.line('"elapsed_ms"');
    await window.see('.tab.active.selected', 'send_message.gctf');
    await window.command('View: Close Editors in Other Groups');
  });

  play('the server is restarted', async () => {
    await window.command('gctf: Restart Server');
    await window.gone('.codelens-decoration a', '▶ Run · ✓');
    await window.clickLens('▶ Run');
    await window.lens('▶ Run · ✓');
  });

  play('the Testing view has the tests and their results', async () => {
    await window.command('Testing: Focus on Test Explorer View');
    await window.expand('tests');
    await window.testIs('send_message.gctf', 'passed');
    await window.expand('more');
    await window.expand('rows.gctf');
    await window.expand('chat.ChatService/GetMessages');
    await window.command('Test: Run All Tests');
    await window.testIs('[row=0', 'passed');
    await window.testIs('[row=1', 'failed');
    await window.testIs('get_messages.gctf', 'passed');
    await window.testIs('secure_chat.gctf', 'passed');
    await window.testIs('rows.gctf', 'failed');
  });

  play('a stream is cancelled in the Testing view', async () => {
    await window.see('.test-explorer .monaco-list-row:has-text("clock.gctf") .codicon-loading');
    await (await window.see('.pane-header .codicon-testing-cancel-icon, .title-actions .codicon-testing-cancel-icon')).click();
    await window.gone('.test-explorer .codicon-loading');
  });

  play('a stream is cancelled by the lens', async () => {
    await window.openFile('clock.gctf');
    await window.clickLens('▶ Run');
    await window.clickLens(/■ Cancel · \d+ received/);
    await window.lens('▶ Run · cancelled');
  });

  play('the settings of a folder are not hidden by defaults of the editor', async () => {
    await window.openFile('plain.gctf');
    await window.clickLens('▶ Run');
    await window.lens('▶ Run · ✓');
  });

  play('a look at the connection opens beside the test, which keeps the focus', async () => {
    await window.openFile('plain.gctf');
    await window.goto(2, 1);
    await window.act('Diagnose connection');
    await window.see('.editor-group-container:nth-child(1) .tab.active', 'plain.gctf');
    await window.see('.view-line', 'reflection');
    await window.see('.tab.active.selected', 'plain.gctf');
  });

  play('what the lens has run is in the Testing view', async () => {
    await window.openFile('send_message.gctf');
    await window.type(22, 16, 4, 'lost');
    await window.clickLens('▶ Run · stale');
    await window.testIs('send_message.gctf', 'failed');
    await window.type(22, 16, 4, 'sent');
    await window.clickLens(/▶ Run · (stale|✓)/);
    await window.testIs('send_message.gctf', 'passed');
  });
});

describe('a folder with a mock and environments', () => {
  const programs = installed();
  const desk = newDesk();
  let port, code, browser, window;

  before(async () => {
    port = await freePort();
    const files = more(port);
    files['gctf.toml'] += '\n[environments]\nstaging = "staging.env"\n\n[run]\nonSave = true\n';
    files['staging.env'] = 'ROOM=room_001\n';
    files['more/saved.gctf'] = `--- ADDRESS ---
localhost:${port}

--- ENDPOINT ---
chat.ChatService/GetMessages

--- REQUEST ---
{ "room_id": "{{ env.ROOM }}" }

--- ASSERTS ---
.total_count == 2
`;
    project(path.join(desk, 'project'), port, files);
    code = await startCode(programs, desk);
    browser = await startBrowser();
    window = await Workbench.open(browser, code.url);
  });
  after(async () => {
    await browser?.close();
    await code?.stop();
    clear(desk);
  });

  const play = plays(() => window);

  play('VS Code tells how long the extension took to start', async () => {
    await window.openFile('send_message.gctf');
    await window.lens('▶ Run');
    await window.command('Developer: Startup Performance');
    await window.see('.tab.active', 'Startup Performance');
    await window.focusEditor();
    const row = /^\| *gctf-lsp\.gctf.*$/m;
    // The text is written anew as more becomes known.
    const copy = async () => {
      await window.keys.press('Control+A');
      await window.keys.press('Control+C');
      return await window.clipboard();
    };
    const text = await window.until(copy, (text) => row.test(text));
    const head = /^\| *Extension .*$/m.exec(text)?.[0];
    console.log(`${head}\n${row.exec(text)[0]}`);
    await window.command('View: Close All Editors');
  });

  play('a mock is started by the lens, and the test passes', async () => {
    await window.openFile('send_message.gctf');
    await window.clickLens('▶ Run');
    await window.lens('▶ Run · ✗ UNAVAILABLE');
    await window.clickLens('Start mock');
    await window.status(`mock: localhost:${port}`);
    await window.clickLens('▶ Run');
    await window.lens('▶ Run · ✓');
  });

  play('a mock that was started is stopped and started by actions', async () => {
    await window.goto(5, 1);
    await window.act('Stop mock');
    await window.gone('.statusbar-item', 'mock: ');
    await window.act('Start mock');
    await window.status(`mock: localhost:${port}`);
  });

  play('an expression is tried on the last response', async () => {
    await window.goto(29, 1);
    await window.line('.status == "sent"');
    await window.act('Try expression');
    await window.see('.notification-list-item-message', 'true');
    await window.command('Notifications: Clear All Notifications');
  });

  play('a call is copied as a command of grpcurl', async () => {
    await window.goto(5, 1);
    await window.act('Copy as grpcurl');
    const command = await window.until(window.clipboard, (text) => text.startsWith('grpcurl'));
    assert.match(command, new RegExp(`-plaintext[^]*localhost:${port} chat.ChatService/SendMessage`));
  });

  play('the messages of a stream are shown', async () => {
    await window.openFile('clock.gctf');
    await window.clickLens('▶ Run');
    await window.lens(/■ Cancel · \d+ received/);
    await window.command('gctf: Show Messages');
    await window.until(() => window.output(), (lines) => lines.some((line) => /Watch #\d+ after/.test(line)));
    await window.see('.editor-instance .monaco-editor.focused');
  });

  play('a stream that is cancelled says so in its messages', async () => {
    await window.clickLens(/■ Cancel · \d+ received/);
    await window.lens('▶ Run · cancelled');
    const last = (lines) => lines.findLast((line) => line.trim() !== '');
    const lines = await window.until(() => window.output(), (lines) => / cancelled$/.test(last(lines)));
    // Every message once, in order, and none after the end.
    const numbers = lines.flatMap((line) => /clock\.Clock\/Watch #(\d+) after \d+ ms \{"number":(\d+)\}$/.exec(line)?.slice(1) ?? []);
    const first = Number(numbers[0]);
    const wanted = numbers.map((_, at) => String(first + Math.floor(at / 2)));
    assert.ok(numbers.length >= 4);
    assert.deepEqual(numbers, wanted);
  });

  play('messages are filtered', async () => {
    await window.filter('#2 ');
    await window.until(
      () => window.output(),
      (lines) => lines.some((line) => line.includes('#2 ')) && !lines.some((line) => /#[13] /.test(line)),
    );
    await window.filter('');
    await window.command('View: Hide Panel');
  });

  play('an environment is selected, and its values are read', async () => {
    await window.openFile('saved.gctf');
    await window.command('gctf: Select Environment');
    await (await window.see('.notification-list-item .monaco-button', 'staging')).click();
    await window.status('environment: staging');
    await window.clickLens('▶ Run');
    await window.lens('▶ Run · ✓');
  });

  play('a test runs again whenever it is saved', async () => {
    await window.command('Testing: Focus on Test Explorer View');
    await window.expand('more');
    await window.command('Test: Start Continuous Run');
    await window.see('.pane-header .codicon-testing-turn-continuous-run-off, .title-actions .codicon-testing-turn-continuous-run-off');
    await window.type(11, 17, 1, '3');
    await window.keys.press('Control+S');
    await window.testIs('saved.gctf', 'failed');
    await window.lens('▶ Run · ✗ 1 of 1');
    await window.type(11, 17, 1, '2');
    await window.keys.press('Control+S');
    await window.testIs('saved.gctf', 'passed');
    await window.lens('▶ Run · ✓');
    // Once for each save, and once by the lens before.
    await window.command('gctf: Show Messages');
    await window.filter('saved.gctf');
    const ends = (lines) => lines.flatMap((line) => / (passed|failed|cancelled)$/.exec(line)?.[1] ?? []);
    const lines = await window.until(() => window.output(), (lines) => ends(lines).length >= 3);
    assert.deepEqual(ends(lines), ['passed', 'failed', 'passed']);
    await window.filter('');
    await window.command('View: Hide Panel');
  });

  play('a test that is new runs whenever it is saved as well', async () => {
    const more = path.join(desk, 'project/more');
    cpSync(path.join(more, 'saved.gctf'), path.join(more, 'late.gctf'));
    await window.test('late.gctf');
    await window.openFile(path.join(more, 'late.gctf'));
    await window.type(11, 17, 1, '3');
    await window.keys.press('Control+S');
    await window.testIs('late.gctf', 'failed');
    await window.command('Test: Stop Continuous Run');
  });

  play('the walkthrough leads from the sample to a test that is put right', async () => {
    const port = await freePort();
    sampleAt(desk, port);
    await window.command('View: Close All Editors');
    await window.command('View: Toggle Primary Side Bar Visibility');
    await window.page.setViewportSize({ width: 1700, height: 900 });
    await window.command('Welcome: Open Walkthrough...');
    await window.answer('Test a gRPC service');
    await window.step('Open a test', 'Open the Sample');
    await window.see('.tab.active', 'send_message.gctf');
    await window.step('Start its service', 'Start the Mock');
    window.group = 2;
    await window.focusEditor();
    await window.status(`mock: localhost:${port}`);
    await window.step('Type a field');
    await window.goto(12, 1);
    await window.keys.press('End');
    await window.keys.type(',\n"enc');
    await window.see('.suggest-widget.visible .monaco-list-row', 'encrypted');
    await window.keys.press('Escape');
    await window.command('File: Revert File');
    await window.step('Run it', 'Run the Document');
    await window.lens('▶ Run · ✓');
    await window.type(22, 16, 4, 'lost');
    await window.step('Break it', 'Run the Document');
    await window.lens('▶ Run · ✗ 1 of');
    await window.step('Accept what came', 'Accept Actual');
    await window.confirm();
    await window.line('"status": "sent"');
    await window.clickLens('▶ Run · stale');
    await window.lens('▶ Run · ✓');
  });
});

describe('a folder that is not trusted', () => {
  const programs = installed();
  const desk = newDesk();
  let counting, code, browser, window;

  before(async () => {
    counting = await countingServer();
    project(path.join(desk, 'project'), counting.port);
    code = await startCode(programs, desk, { trust: false });
    browser = await startBrowser();
    window = await Workbench.open(browser, code.url);
  });
  after(async () => {
    await browser?.close();
    await code?.stop();
    counting?.stop();
    clear(desk);
  });

  const play = plays(() => window);

  play('an untrusted folder is read, but nothing runs and nobody is called', async () => {
    await window.status('Restricted Mode');
    await window.openFile('send_message.gctf');
    await window.clickLens('▶ Run');
    const refusal = 'Nothing is run, served or dialled in Restricted Mode';
    await window.see('.notification-list-item-message', refusal);
    await window.command('Notifications: Clear All Notifications');
    await window.command('gctf: Start Mock');
    await window.see('.notification-list-item-message', refusal);
    await window.goto(22, 1);
    await window.keys.type('?');
    await window.squiggles().first().waitFor();
    await window.keys.press('Backspace');
    await window.squiggles().first().waitFor({ state: 'hidden' });
    assert.equal(counting.connections, 0);
  });

  play('once it is trusted its tests run', async () => {
    await window.trust();
    await window.openFile('send_message.gctf');
    await window.clickLens('▶ Run');
    await window.lens(/▶ Run · ✗/);
    assert.notEqual(counting.connections, 0);
  });
});
