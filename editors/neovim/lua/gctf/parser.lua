--- Builds the tree-sitter parser from the sources of this repository. Needs no other plugin.
local M = {}

--- The folder of this plugin.
function M.plugin_folder()
  return vim.fs.dirname(vim.fs.dirname(vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))))
end

--- The folder that holds `parser.c` and `scanner.c`.
function M.source_folder()
  return vim.fs.normalize(M.plugin_folder() .. '/../../tree-sitter-gctf/src')
end

--- Where the parser is written: a `parser` folder of the runtime path.
function M.target()
  return M.plugin_folder() .. '/parser/gctf.so'
end

--- Compiles the parser.
---@param compiler? string C compiler, `cc` by default
---@return boolean ok
---@return string? error what went wrong
function M.install(compiler)
  local source = M.source_folder()
  if vim.fn.filereadable(source .. '/parser.c') == 0 then
    return false, 'no parser.c in ' .. source
  end
  vim.fn.mkdir(vim.fs.dirname(M.target()), 'p')
  local command = { compiler or 'cc', '-O2', '-fPIC', '-shared', '-I', source, '-o', M.target() }
  vim.list_extend(command, { source .. '/parser.c', source .. '/scanner.c' })
  local started, process = pcall(vim.system, command, { text = true })
  if not started then
    return false, 'cannot start ' .. command[1]
  end
  local result = process:wait()
  if result.code ~= 0 then
    return false, result.stderr
  end
  return true
end

return M
