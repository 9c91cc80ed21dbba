-- A user's configuration: the lines that the plugin's README gives, as they stand there.
local plugin = assert(vim.env.GCTF_TEST_PLUGIN)
local readme = table.concat(vim.fn.readfile(plugin .. '/README.md'), '\n')
for block in readme:gmatch('```lua\n(.-)\n```') do
  assert(loadstring((block:gsub('/path/to/gctf%-lsp/editors/neovim', plugin)), 'README.md'))()
end
