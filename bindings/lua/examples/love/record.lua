-- Leaves what was heard: heard.wav, and subtitles.txt with a line for each change of them: the frame in heard.wav, the
-- number of the line, how much of it was heard by then, and the words. For tests, and for those without a loudspeaker.
local ffi = require("ffi")

local Record = {}
Record.__index = Record

function Record.new(directory, sample_rate)
    return setmetatable({ directory = directory, sample_rate = sample_rate, samples = {}, subtitles = {} }, Record)
end

function Record:sound(sound)
    self.samples[#self.samples + 1] = ffi.string(sound:getFFIPointer(), sound:getSize())
end

function Record:subtitle(frame, number, position, words)
    self.subtitles[#self.subtitles + 1] = ("%d\t%d\t%d\t%s\n"):format(frame, number, position, words)
end

local function little_endian(number, bytes)
    local out = {}
    for i = 1, bytes do
        out[i] = string.char(number % 256)
        number = math.floor(number / 256)
    end
    return table.concat(out)
end

local function write(path, data)
    local file = assert(io.open(path, "wb"))
    assert(file:write(data))
    assert(file:close())
end

function Record:save()
    local data = table.concat(self.samples)
    local header = "RIFF" .. little_endian(36 + #data, 4) .. "WAVEfmt " .. little_endian(16, 4)
        .. little_endian(1, 2) .. little_endian(1, 2) .. little_endian(self.sample_rate, 4)
        .. little_endian(self.sample_rate * 2, 4) .. little_endian(2, 2) .. little_endian(16, 2)
    write(self.directory .. "/heard.wav", header .. "data" .. little_endian(#data, 4) .. data)
    write(self.directory .. "/subtitles.txt", table.concat(self.subtitles))
end

return Record
