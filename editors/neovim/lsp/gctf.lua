-- Read by `vim.lsp.enable('gctf')`.

--- Draws the lenses again. Neovim 0.11 announces no refresh of its own, so edits, saves and the end of a run ask for it.
local function refresh_lenses(client, buffer)
  local function refresh()
    if vim.api.nvim_buf_is_loaded(buffer) and not client:is_stopped() then
      vim.lsp.codelens.refresh({ bufnr = buffer })
    end
  end
  local group = vim.api.nvim_create_augroup('gctf_lens_' .. buffer, { clear = true })
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged', 'BufWritePost' }, {
    group = group,
    buffer = buffer,
    callback = refresh,
  })
  vim.api.nvim_create_autocmd('LspProgress', {
    group = group,
    pattern = { 'begin', 'end' },
    callback = function(event)
      if event.data.client_id == client.id then
        refresh()
      end
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    buffer = buffer,
    callback = function()
      vim.api.nvim_del_augroup_by_id(group)
    end,
    once = true,
  })
  refresh()
end

return {
  cmd = { 'gctf', 'lsp' },
  filetypes = { 'gctf' },
  root_markers = { 'gctf.toml', 'buf.yaml', '.git' },
  on_attach = function(client, buffer)
    if vim.fn.has('nvim-0.12') == 0 then
      refresh_lenses(client, buffer)
    end
  end,
}
