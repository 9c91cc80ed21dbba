--- Builds the tree-sitter parser from the sources of this repository. Needs no other plugin.
local M = {}

--- The folder that holds `parser.c` and `scanner.c`.
function M.source_folder()
  local here = vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2))
  local plugin = vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(here)))
  return vim.fs.normalize(plugin .. '/../../tree-sitter-gctf/src')
end

--- Where the parser is written: the user's own `parser` folder on the runtime path, so that this plugin's
--- folder need not be writable.
function M.target()
  return vim.fs.joinpath(vim.fn.stdpath('data'), 'site', 'parser', 'gctf.so')
end

--- Compiles the parser; files that are opened from then on use it.
---@param compiler? string C compiler, `cc` by default
---@return boolean ok
---@return string? error what went wrong
function M.install(compiler)
  local source = M.source_folder()
  if vim.fn.filereadable(source .. '/parser.c') == 0 then
    return false, 'no parser.c in ' .. source
  end
  vim.fn.mkdir(vim.fs.dirname(M.target()), 'p')
  -- Written beside the target and moved there: a parser that is loaded must not change under Neovim.
  local fresh = M.target() .. '.new'
  local command = { compiler or 'cc', '-O2', '-fPIC', '-shared', '-I', source, '-o', fresh }
  vim.list_extend(command, { source .. '/parser.c', source .. '/scanner.c' })
  local started, process = pcall(vim.system, command, { text = true })
  if not started then
    return false, 'cannot start ' .. command[1]
  end
  local result = process:wait()
  if result.code ~= 0 then
    return false, result.stderr
  end
  local moved, message = vim.uv.fs_rename(fresh, M.target())
  if not moved then
    return false, message
  end
  -- Neovim looks only into folders that were there when the option was set last.
  vim.o.runtimepath = vim.o.runtimepath
  return true
end

return M
