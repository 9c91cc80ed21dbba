--- `:checkhealth gctf`
local M = {}

local function check_binary(health)
  local command = (vim.lsp.config.gctf or {}).cmd
  local binary = type(command) == 'table' and command[1] or 'gctf'
  if vim.fn.executable(binary) == 0 then
    health.error(binary .. ' is not executable', { 'cargo install --path gctf-lsp', 'or set cmd in vim.lsp.config("gctf", …)' })
    return
  end
  local version = vim.trim(vim.system({ binary, '--version' }, { text = true }):wait().stdout or '')
  health.ok(('%s (%s)'):format(version, vim.fn.exepath(binary)))
end

local function check_server(health)
  if vim.lsp.is_enabled and not vim.lsp.is_enabled('gctf') then
    health.warn('the server is not enabled', { "vim.lsp.enable('gctf')" })
    return
  end
  local clients = vim.lsp.get_clients({ name = 'gctf' })
  if #clients == 0 then
    health.info('no gctf buffer is attached to a server')
  end
  for _, client in ipairs(clients) do
    health.ok(('server %s attached to %d buffer(s), positions in %s'):format(
      (client.server_info or {}).version or '?',
      vim.tbl_count(client.attached_buffers),
      client.offset_encoding
    ))
  end
end

local function check_parser(health)
  if not vim.treesitter.language.add('gctf') then
    health.info('no parser: colours come from the server. To build it: :lua require("gctf.parser").install()')
    return
  end
  health.ok('parser with ABI ' .. vim.treesitter.language.inspect('gctf').abi_version)
  for _, name in ipairs({ 'highlights', 'injections', 'folds', 'indents', 'locals', 'textobjects' }) do
    local ok, query = pcall(vim.treesitter.query.get, 'gctf', name)
    if ok and query then
      health.ok('query ' .. name)
    elseif ok then
      health.error('query ' .. name .. ' is not on the runtime path')
    else
      health.error('query ' .. name .. ' does not fit the parser', {
        'build the parser again: :lua require("gctf.parser").install()',
        tostring(query),
      })
    end
  end
end

function M.check()
  local health = vim.health
  health.start('gctf')
  if vim.fn.has('nvim-0.11') == 0 then
    health.error('Neovim 0.11 or newer is needed')
    return
  end
  health.ok('Neovim ' .. tostring(vim.version()))
  check_binary(health)
  check_server(health)
  check_parser(health)
end

return M
