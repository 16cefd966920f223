-- Does what somebody would do, and writes down what was seen. Its arguments are global: FILE to edit, TRANSCRIPT to write.
local out = {}
local function say(text)
  for line in (text .. '\n'):gmatch('(.-)\n') do table.insert(out, line) end
end
local function finish(code)
  vim.fn.writefile(out, TRANSCRIPT)
  vim.cmd(code == 0 and 'qall!' or 'cquit!')
end
local function wait(what, ready)
  if vim.wait(20000, ready, 20) then return end
  say('gave up waiting for ' .. what)
  finish(1)
end
local function put(line, column) vim.api.nvim_win_set_cursor(0, { line, column }) end
local function line_of(text)
  local found = vim.fn.search(text, 'w')
  return found, vim.api.nvim_buf_get_lines(0, found - 1, found, true)[1]
end
local function ask(method)
  local answers = vim.lsp.buf_request_sync(0, method, vim.lsp.util.make_position_params(), 20000) or {}
  for _, answer in pairs(answers) do return answer.result end
end

local ok, problem = pcall(function()
  vim.cmd('edit ' .. FILE)
  say('filetype ' .. vim.bo.filetype)
  wait('the server', function()
    local clients = vim.lsp.buf_get_clients(0)
    return next(clients) ~= nil and select(2, next(clients)).initialized
  end)

  wait('diagnostics', function() return #vim.diagnostic.get(0) > 0 end)
  for _, each in ipairs(vim.diagnostic.get(0)) do
    say(string.format('diagnostic %d:%d %s %s', each.lnum + 1, each.col + 1, vim.diagnostic.severity[each.severity], each.message))
  end

  -- The unit that is missing is typed, and the squiggle goes.
  local number = line_of('slow = 400')
  vim.api.nvim_buf_set_lines(0, number - 1, number, true, { 'let slow = 400ms' })
  wait('the end of the diagnostic', function()
    return #vim.tbl_filter(function(each) return each.severity == vim.diagnostic.severity.ERROR end, vim.diagnostic.get(0)) == 0
  end)
  say('mended: ' .. vim.api.nvim_buf_get_lines(0, number - 1, number, true)[1])

  local at, text = line_of('GetAds).p99')
  put(at, text:find('p99') - 1)
  local completion = ask('textDocument/completion') or {}
  local labels = {}
  for _, item in ipairs(completion.items or completion) do table.insert(labels, item.label) end
  say('completion behind the dot: ' .. table.concat(labels, ' '))

  put(at, text:find('p99') - 1)
  vim.lsp.buf.hover()
  local hover
  wait('the hover window', function()
    for _, window in ipairs(vim.api.nvim_list_wins()) do
      if vim.api.nvim_win_get_config(window).relative ~= '' then hover = window end
    end
    return hover ~= nil
  end)
  say('hover: ' .. table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(hover), 0, 3, false), ' '))
  vim.api.nvim_win_close(hover, true)

  local before = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
  vim.lsp.buf.formatting_sync(nil, 20000)
  local after = vim.api.nvim_buf_get_lines(0, 0, -1, true)
  say('format: ' .. (table.concat(after, '\n') == before and 'nothing changed' or 'laid out'))

  put((line_of('let slow')), 4)
  vim.lsp.buf.rename('patience')
  wait('the rename', function() return vim.fn.search('> patience', 'wn') > 0 end)
  say('rename slow to patience')
  say(table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n'))

  local state
  wait('the settings', function()
    for _, answer in pairs(vim.lsp.buf_request_sync(0, 'scale/catalogState', { uri = vim.uri_from_bufnr(0) }, 20000) or {}) do state = answer.result end
    return state ~= nil and state.source ~= nil
  end)
  say(string.format('catalog: %s, %d services', state.source, state.services))
end)
if not ok then
  say('failed: ' .. tostring(problem))
  finish(1)
end
finish(0)
