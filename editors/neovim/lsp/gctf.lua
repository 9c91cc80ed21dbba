-- Read by `vim.lsp.enable('gctf')`.

--- Keeps the lenses of a buffer up to date. Neovim 0.11 lets no server ask for it, and its own
--- `vim.lsp.codelens.refresh` forgets a request that comes while another is under way, so that a lens would
--- stay behind the text. Here such a request is made up for when the answer is in.
local function keep_lenses(client, buffer)
  local waiting, again = false, false
  local function refresh()
    if waiting then
      again = true
      return
    end
    if not vim.api.nvim_buf_is_loaded(buffer) or client:is_stopped() then
      return
    end
    local params = { textDocument = vim.lsp.util.make_text_document_params(buffer) }
    waiting = client:request('textDocument/codeLens', params, function(err, lenses, context)
      waiting = false
      if not err then
        vim.lsp.codelens.on_codelens(nil, lenses, context)
      end
      if again then
        again = false
        refresh()
      end
    end, buffer)
  end

  local group = vim.api.nvim_create_augroup('gctf_lens_' .. buffer, { clear = true })
  vim.api.nvim_create_autocmd({ 'BufEnter', 'InsertLeave', 'TextChanged', 'TextChangedI', 'BufWritePost' }, {
    group = group,
    buffer = buffer,
    callback = refresh,
  })
  -- A run reports its beginning, each document and its end.
  vim.api.nvim_create_autocmd('LspProgress', {
    group = group,
    callback = function(event)
      if event.data.client_id == client.id then
        refresh()
      end
    end,
  })
  vim.api.nvim_create_autocmd('LspDetach', {
    group = group,
    buffer = buffer,
    callback = function(event)
      if event.data.client_id == client.id then
        vim.api.nvim_del_augroup_by_id(group)
      end
    end,
  })
  refresh()
end

return {
  cmd = { 'gctf', 'lsp' },
  filetypes = { 'gctf' },
  root_markers = { 'gctf.toml', 'buf.yaml', '.git' },
  capabilities = { experimental = { gctf = { copyText = true } } },
  handlers = {
    ['gctf/copyText'] = function(_, params)
      -- The unnamed register too: there may be no clipboard.
      vim.fn.setreg('"', params.text)
      if vim.fn.has('clipboard') == 1 then
        vim.fn.setreg('+', params.text)
      end
      -- Below what a menu has left on the screen it would wait for a key.
      vim.cmd.redraw()
      vim.notify('Copied')
    end,
  },
  on_attach = function(client, buffer)
    if vim.fn.has('nvim-0.12') == 0 then
      keep_lenses(client, buffer)
    end
  end,
}
