-- nvim -l test.lua FILE: drives a second Neovim with a screen, by keys, as a user does.
-- FILE is the example's send_message.gctf, its server running. The exit code tells the verdict.

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local file = assert(arg[1], 'usage: nvim -l test.lua FILE')

-- How long something that never comes is waited for; no verdict depends on it.
local GIVE_UP = 120000

-- The editor runs in a terminal of this Neovim, whose buffer is the screen, and is asked over a socket.
-- Without a screen of its own only a floating window can be this large.
vim.o.columns, vim.o.lines = 110, 50
local terminal = vim.api.nvim_create_buf(false, true)
vim.api.nvim_open_win(terminal, true, { relative = 'editor', row = 0, col = 0, width = 110, height = 46 })
local socket = vim.fs.joinpath(vim.env.XDG_RUNTIME_DIR, 'editor')
local job = vim.fn.jobstart(
  { vim.v.progpath, '--listen', socket, '-n', '-i', 'NONE', '-u', here .. '/init.lua' },
  { term = true, env = { TERM = 'xterm-256color', COLORTERM = 'truecolor' } }
)
local editor
vim.wait(GIVE_UP, function()
  local ok, channel = pcall(vim.fn.sockconnect, 'pipe', socket, { rpc = true })
  editor = ok and channel ~= 0 and channel
  return editor
end, 20)
assert(editor, 'the editor does not start')

local function keys(typed)
  vim.rpcrequest(editor, 'nvim_input', typed)
end

--- Runs Lua in the editor.
local function lua(code, ...)
  return vim.rpcrequest(editor, 'nvim_exec_lua', code, { ... })
end

--- Whether the editor waits for a key and does nothing else, as at a "Press ENTER" prompt.
local function is_blocked()
  return vim.rpcrequest(editor, 'nvim_get_mode').blocking
end

local function lines()
  return lua('return vim.api.nvim_buf_get_lines(0, 0, -1, false)')
end

--- The rows of the screen.
local function screen()
  return vim.api.nvim_buf_get_lines(terminal, 0, -1, false)
end

--- The row of the screen that holds `text`, or nil.
local function row(text)
  return vim.iter(screen()):find(function(found)
    return found:find(text, 1, true) ~= nil
  end)
end

local function diagnostics()
  return lua([[
    return vim.tbl_map(function(found)
      return { line = found.lnum + 1, message = found.message, source = found.source }
    end, vim.diagnostic.get(0))
  ]])
end

local function wait(what, is_true)
  local ok = vim.wait(GIVE_UP, function()
    return not is_blocked() and is_true()
  end, 20)
  if ok then
    return
  end
  if is_blocked() then
    error(('the editor waits for a key, not for %s\n%s'):format(what, table.concat(screen(), '\n')))
  end
  error(('%s does not come\n%s\n%s'):format(what, table.concat(screen(), '\n'), vim.inspect(diagnostics())))
end

local function equal(found, wanted, what)
  assert(vim.deep_equal(found, wanted), ('%s: %s, not %s'):format(what or 'found', vim.inspect(found), vim.inspect(wanted)))
end

--- Puts the cursor on the first line that is `text` but for blanks.
local function go_to(text)
  local at = vim.iter(lines()):enumerate():find(function(_, line)
    return vim.trim(line) == text
  end)
  assert(at, 'no line ' .. text .. '\n' .. table.concat(screen(), '\n'))
  lua('vim.api.nvim_win_set_cursor(0, { ..., 0 })', at)
  return at
end

--- Waits for the completion menu and its words.
local function menu()
  local words
  wait('the completion menu', function()
    words = lua([[
      local shown = vim.fn.complete_info({ 'pum_visible', 'items' })
      local function label(item) return item.abbr ~= '' and item.abbr or item.word end
      return shown.pum_visible == 1 and vim.tbl_map(label, shown.items) or {}
    ]])
    return #words > 0
  end)
  return words
end

--- Opens the menu of actions and chooses one.
local function press_action(title)
  -- What is left of the menu before is not this one.
  keys('<C-l>')
  wait('a screen without a menu', function()
    return not row('Type number and <Enter>')
  end)
  keys('gra')
  local number
  wait('the actions', function()
    local found = row('Type number and <Enter>') and row(': ' .. title)
    number = found and found:match('(%d+): ' .. vim.pesc(title))
    return number
  end)
  keys(number .. '<CR>')
end

local lens = '--- ENDPOINT ---'

--- Presses a lens of the line where there are several, so that Neovim asks which.
local function choose_lens(number)
  keys('grx')
  vim.wait(GIVE_UP, function()
    return vim.rpcrequest(editor, 'nvim_get_mode').mode ~= 'n'
  end, 20)
  keys(number .. '<CR>')
end

--- Waits until the lens on the ENDPOINT header holds `text`; its row.
local function lens_shows(text)
  wait('the lens ' .. text, function()
    local found = row(lens)
    return found and found:find(text, 1, true)
  end)
  return row(lens)
end

local steps = {
  {
    'builds the parser',
    function()
      wait('the end of the start', function()
        return lua('return vim.v.vim_did_enter') == 1
      end)
      equal(lua([[return { require('gctf.parser').install() }]]), { true })
      equal(
        lua([[return { require('gctf.parser').install('no-such-compiler') }]]),
        { false, 'cannot start no-such-compiler' }
      )
    end,
  },
  {
    'opens the file',
    function()
      lua('vim.cmd.edit(...)', file)
      equal(lua('return vim.bo.filetype'), 'gctf')
      equal(lua('return vim.bo.commentstring'), '# %s')
      wait('the server', function()
        return lua([[local client = vim.lsp.get_clients({ bufnr = 0, name = 'gctf' })[1]
          return client ~= nil and client.initialized == true]])
      end)
      lens_shows('▶ Run')
      -- What is completed is read from the server: an editor does not ask again what came too early.
      wait('the schema', function()
        return lua([[local position = { textDocument = vim.lsp.util.make_text_document_params(),
            position = { line = 4, character = 20 } }
          local answers = vim.lsp.buf_request_sync(0, 'textDocument/hover', position, 1000) or {}
          for _, answer in pairs(answers) do
            if answer.result and answer.result ~= vim.NIL then return true end
          end
          return false]])
      end)
    end,
  },
  {
    'colours by the parser',
    function()
      assert(lua('return vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()] ~= nil'), 'not active')
      assert(not lua('return vim.treesitter.get_parser():parse()[1]:root():has_error()'), 'the tree has an error')
      for _, name in ipairs({ 'highlights', 'injections', 'folds', 'indents', 'locals', 'textobjects' }) do
        assert(lua([[return vim.treesitter.query.get('gctf', ...) ~= nil]], name), 'no query ' .. name)
      end
      local at = go_to('"room_id": "room_001",')
      local captures = [[return vim.tbl_map(function(found) return found.capture end,
        vim.treesitter.get_captures_at_pos(0, ...))]]
      assert(vim.list_contains(lua(captures, at - 1, 5), 'property'), 'a key is no property')
      assert(vim.list_contains(lua(captures, at - 1, 17), 'string'), 'a value is no string')
    end,
  },
  {
    'colours by the server',
    function()
      local at = go_to('"room_id": "room_001",')
      wait('the semantic tokens', function()
        return #lua('return vim.lsp.semantic_tokens.get_at_pos(0, ..., 5) or {}', at - 1) > 0
      end)
    end,
  },
  {
    'completes the endpoint',
    function()
      go_to('chat.ChatService/SendMessage')
      keys('ccchat.ChatService/')
      equal(menu(), { 'chat.ChatService/SendMessage', 'chat.ChatService/GetMessages' }, 'the menu')
      keys('<C-n><C-n><C-y>')
      wait('the second method', function()
        return vim.list_contains(lines(), 'chat.ChatService/GetMessages')
      end)
      keys('<Esc>u')
      wait('the first method', function()
        return vim.list_contains(lines(), 'chat.ChatService/SendMessage')
      end)
    end,
  },
  {
    'finds nothing wrong',
    function()
      -- The schema is there, since methods were offered.
      wait('a clean file', function()
        return #diagnostics() == 0
      end)
    end,
  },
  {
    'finds a misspelt method',
    function()
      go_to('chat.ChatService/SendMessage')
      keys('A1<Esc>')
      wait('a finding', function()
        local found = diagnostics()[1]
        return found and found.line == 5 and found.source == 'gctf'
      end)
      keys('u')
      wait('a clean file', function()
        return #diagnostics() == 0
      end)
    end,
  },
  {
    'completes a field of the request',
    function()
      go_to('"timestamp": "2024-01-01T12:00:00Z"')
      keys('O"')
      equal(menu(), { 'encrypted' }, 'the menu')
      keys('<C-n><C-y>')
      equal(menu(), { 'true', 'false' }, 'the values')
      keys('<C-n><C-y><Esc>')
      wait('the field', function()
        return vim.list_contains(lines(), '    "encrypted": true,')
      end)
      keys('u')
      wait('the text as it was', function()
        return not table.concat(lines(), '\n'):find('encrypted', 1, true)
      end)
    end,
  },
  {
    'marks a wrong field and cures it',
    function()
      local at = go_to('"user_id": "user_123",')
      keys('f"lcwusr_id<Esc>')
      wait('the mark', function()
        local found = diagnostics()[1]
        return found and found.line == at and found.message:find('did you mean "user_id"?', 1, true)
      end)
      press_action('Change to "user_id"')
      wait('a clean file', function()
        return #diagnostics() == 0 and vim.trim(lines()[at]) == '"user_id": "user_123",'
      end)
    end,
  },
  {
    'goes to the declaration of a field and back',
    function()
      go_to('"user_id": "user_123",')
      keys('f"l<C-]>')
      wait('the proto', function()
        return lines()[1]:find('Generated from reflection of localhost:', 1, true)
          and vim.trim(lua('return vim.api.nvim_get_current_line()')) == 'string user_id = 2;'
      end)
      assert(not lua('return vim.bo.modifiable and not vim.bo.readonly'), 'it can be changed')
      keys('<C-o>')
      wait('the file', function()
        return vim.list_contains(lines(), lens)
      end)
    end,
  },
  {
    'tells what a field is',
    function()
      go_to('"timestamp": "2024-01-01T12:00:00Z"')
      keys('f"K')
      wait('the hover', function()
        return row('When it was written, as RFC 3339 text.')
      end)
      keys('h')
    end,
  },
  {
    'folds sections',
    function()
      local at = go_to('--- REQUEST ---')
      wait('the folds', function()
        return lua('return vim.fn.foldlevel(...)', at) > 0
      end)
      equal(lua('return vim.fn.foldclosed(...)', at), -1, 'at first')
      keys('zc')
      wait('a closed fold', function()
        return lua('return vim.fn.foldclosed(...)', at) == at
      end)
      keys('zR')
      lua('vim.wo.foldexpr = "v:lua.vim.treesitter.foldexpr()"')
      wait('the folds of the parser', function()
        return lua('return vim.fn.foldlevel(...)', at) > 0
      end)
    end,
  },
  {
    'runs by the lens',
    function()
      go_to(lens)
      keys('grx')
      local shown = lens_shows('✓')
      assert(shown:find('▶ Run · ✓ %d+ ms | Response *$'), shown)
      equal(diagnostics(), {})
    end,
  },
  {
    'forgets the outcome of another text and finds it again',
    function()
      go_to('"status": "sent"')
      keys('$ci"received<Esc>')
      lens_shows('stale')
      keys('u')
      lens_shows('✓')
      keys('<C-r>')
      lens_shows('stale')
    end,
  },
  {
    'shows the failing value on its line',
    function()
      local line = go_to('"status": "received"')
      go_to(lens)
      choose_lens(1)
      lens_shows('✗ 1 of 5')
      local message = 'got "sent", expected "received"'
      wait('the failure', function()
        return #diagnostics() == 1
      end)
      equal(diagnostics(), { { line = line, message = message, source = 'gctf run' } })
      wait('the message beside its line', function()
        local shown = row(message)
        return shown and shown:find('"status": "received"', 1, true)
      end)
    end,
  },
  {
    'accepts what came, and takes it back',
    function()
      press_action('Accept actual response')
      wait('the value that came', function()
        return vim.list_contains(lines(), '    "status": "sent"')
      end)
      lens_shows('stale')
      keys('u')
      wait('the value that was expected', function()
        return vim.list_contains(lines(), '    "status": "received"')
      end)
      lens_shows('✗ 1 of 5')
    end,
  },
  {
    'shows the response beside the file',
    function()
      press_action('Show response')
      wait('the response', function()
        return row('"elapsed_ms"') and row('"message_id": "msg_456"')
      end)
      local shown = [[return vim.iter(vim.api.nvim_list_wins()):map(function(window)
        local buffer = vim.api.nvim_win_get_buf(window)
        return vim.bo[buffer].readonly or not vim.bo[buffer].modifiable
      end):totable()]]
      assert(vim.list_contains(lua(shown), true), 'it can be changed')
      keys(':only<CR>')
      wait('the file', function()
        return vim.list_contains(lines(), lens)
      end)
    end,
  },
  {
    'runs by the action',
    function()
      go_to('"status": "received"')
      keys('$ci"sent<Esc>')
      lens_shows('stale')
      wait('the end of the findings of another text', function()
        return #diagnostics() == 0
      end)
      go_to('.status == "sent"')
      press_action('Run this document')
      lens_shows('✓')
    end,
  },
  {
    'copies the call, and tries an expression',
    function()
      press_action('Copy as grpcurl')
      wait('the command', function()
        local copied = lua([[return vim.fn.getreg('"')]])
        return copied:find('^grpcurl %-plaintext ') and copied:find(' chat.ChatService/SendMessage', 1, true)
      end)
      press_action('Try expression')
      -- It ends with a line end, so that Neovim waits for a key.
      local shown = vim.wait(GIVE_UP, function()
        return row('] true')
      end, 20)
      assert(shown, 'the value does not come\n' .. table.concat(screen(), '\n'))
      keys('<CR>')
    end,
  },
  {
    'indents what is typed',
    function()
      -- Not a file, so no server is started for it.
      keys(':enew | setlocal buftype=nofile | setfiletype gctf<CR>i--- REQUEST ---<CR>{<CR>"a": [<CR>1<CR>]<CR>}<CR>--- ASSERTS ---<Esc>')
      wait('the text', function()
        return #lines() == 7
      end)
      equal(lines(), { '--- REQUEST ---', '{', '  "a": [', '    1', '  ]', '}', '--- ASSERTS ---' })
      keys(':bdelete!<CR>')
      wait('the file', function()
        return vim.list_contains(lines(), lens)
      end)
    end,
  },
  {
    'is in good health',
    function()
      keys(':checkhealth gctf<CR>')
      wait('the report', function()
        return vim.list_contains(lines(), '- ✅ OK query textobjects')
      end)
      local report = table.concat(lines(), '\n')
      assert(report:find('server [%d.]+ attached to 1 buffer'), report)
      assert(report:find('OK gctf [%d.]+ %('), report)
      assert(not report:find('ERROR') and not report:find('WARNING'), report)
      keys(':bdelete<CR>')
    end,
  },
  {
    'says nothing that was not asked for',
    function()
      wait('the file', function()
        return lua('return vim.bo.filetype') == 'gctf'
      end)
      local messages = lua([[return vim.api.nvim_exec2('messages', { output = true }).output]])
      assert(not messages:find('E%d+:') and not messages:find('rror'), messages)
    end,
  },
  {
    'ends its server',
    function()
      lua([[vim.iter(vim.lsp.get_clients({ name = 'gctf' })):each(function(client) client:stop() end)]])
      wait('the end of the server', function()
        return lua([[return #vim.lsp.get_clients({ name = 'gctf' })]]) == 0
      end)
    end,
  },
}

-- A question to an editor that waits for a key is never answered; even then the test ends.
vim.uv.new_timer():start(10 * GIVE_UP, 0, function()
  io.stderr:write('the editor does not answer\n')
  vim.uv.kill(vim.uv.os_getpid(), 'sigkill')
end)

-- Each step builds on those before it, so the first failure ends the test.
local failed
for _, step in ipairs(steps) do
  local ok, message = xpcall(step[2], debug.traceback)
  io.write(('%s %s%s\n'):format(ok and 'ok  ' or 'FAIL', step[1], ok and '' or '\n' .. message))
  if not ok then
    failed = true
    break
  end
end
vim.fn.jobstop(job)
vim.fn.jobwait({ job }, GIVE_UP)
os.exit(failed and 1 or 0)
