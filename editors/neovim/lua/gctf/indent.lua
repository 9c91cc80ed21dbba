--- Indentation of JSON bodies, by lines: good enough while typing, and needs neither parser nor server.
local M = {}

--- For 'indentexpr': the indent of line `vim.v.lnum`.
function M.expr()
  local line = vim.fn.getline(vim.v.lnum)
  local above = vim.fn.prevnonblank(vim.v.lnum - 1)
  if above == 0 or line:find('^%s*%-%-%-') then
    return 0
  end
  local indent = vim.fn.indent(above)
  if vim.fn.getline(above):find('[{%[]%s*$') then
    indent = indent + vim.fn.shiftwidth()
  end
  if line:find('^%s*[}%]]') then
    indent = indent - vim.fn.shiftwidth()
  end
  return math.max(indent, 0)
end

return M
