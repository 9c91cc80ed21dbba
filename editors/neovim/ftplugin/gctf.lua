vim.bo.commentstring = '# %s'
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.bo.softtabstop = 2
vim.bo.indentexpr = "v:lua.require'gctf.indent'.expr()"
vim.bo.indentkeys = '0},0],!^F,o,O'

-- Without the parser the language server's colours serve.
if vim.treesitter.language.add('gctf') then
  vim.treesitter.start()
end
