-- What is declared is what the library has: every function, and every struct at its size. The names of all functions of the
-- header are in the file that is the argument.
local check = require("check")
local ffi = require("ffi")
local equal, yes = check.equal, check.yes
local library = ffi.load(os.getenv("VOICEWIRE_LIBRARY"))

check.run({
    { "every function of the header can be called", function()
        local functions = 0
        for name in io.lines(arg[1]) do
            yes(library[name] ~= nil, name)
            functions = functions + 1
        end
        yes(functions > 80, functions)
    end },

    { "structs have the size that the library knows", function()
        local structs = 0
        for name in io.lines(arg[1]) do
            local struct = name:match("^(vw_.*)_init$")
            if struct then
                local filled = ffi.new(struct)
                equal(library[name](filled), 0)
                equal(tonumber(filled.struct_size), ffi.sizeof(struct))
                structs = structs + 1
            end
        end
        yes(structs > 10, structs)
        equal(tonumber(library.vw_last_error().struct_size), ffi.sizeof("vw_error"))
    end },

    { "constants are numbers, and the unset ones are told apart", function()
        local voicewire = check.voicewire
        equal(voicewire.VW_OK, 0)
        equal(voicewire.VW_ERR_LOCKED, 20)
        equal(voicewire.VW_NO_TIMEOUT, 4294967295)
        yes(voicewire.VW_UNSET_NUMBER ~= voicewire.VW_UNSET_NUMBER)
        local request = ffi.new("vw_deepdub_tts_request")
        library.vw_deepdub_tts_request_init(request)
        equal(request.seed, voicewire.VW_UNSET_SEED)
    end },
})
