-- Every request enters another buyer under a key of its own.
local number = 0
local body = '{"name":"SIAM VALVE & PUMP CO., LTD.","country":"TH","country_code":"111",' ..
  '"kind":"BUYER","rating":"EA"}'

function request()
  number = number + 1
  local headers = {
    ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "bench-" .. number .. "-" .. os.time(),
    ["Authorization"] = wrk.headers["Authorization"],
  }
  return wrk.format("PUT", wrk.path .. string.format("%07d", os.time() % 60 * 100000 + number),
    headers, body)
end
