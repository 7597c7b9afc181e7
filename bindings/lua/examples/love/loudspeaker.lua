-- From the player to LÖVE's audio, and what of it is heard just now.
--
-- LÖVE has no callback for samples: a queueable source is kept filled, once a frame. What was queued last is heard when the
-- buffers before it have been played, so subtitles and lips go by the buffer that is heard, not by the player's state.
local Loudspeaker = {}
Loudspeaker.__index = Loudspeaker

-- 85 ms at 48000 Hz: enough for five frames of a game.
local BUFFERS, FRAMES = 4, 1024

--- Plays a player. on_queue (or nil) gets each SoundData that is queued.
function Loudspeaker.new(player, on_queue)
    return setmetatable({
        player = player,
        on_queue = on_queue,
        source = love.audio.newQueueableSource(player.sample_rate, 16, player.channels, BUFFERS),
        sound = love.sound.newSoundData(FRAMES, player.sample_rate, 16, player.channels),
        buffers = {}, -- what is in each: those that may still be heard
        queued = 0,
        before = player:state(),
        after = player:state(),
    }, Loudspeaker)
end

--- How loud a buffer is, 0 to 1: for the lips.
local function loudness(sound)
    local peak = 0
    for i = 0, FRAMES - 1, 8 do
        peak = math.max(peak, math.abs(sound:getSample(i)))
    end
    return peak
end

--- Keeps the source filled. Once a frame.
function Loudspeaker:update()
    for _ = 1, self.source:getFreeBufferCount() do
        -- What is played before the read is what the buffer begins with.
        local before = self.player:state(self.before)
        self.player:read_into(self.sound)
        local state = before.activity == "playing" and before or self.player:state(self.after)
        self.buffers[self.queued] = {
            first_frame = self.queued * FRAMES,
            track_id = state.activity == "playing" and state.track_id or 0,
            position = state == before and state.track_position or 0,
            frames = state.track_frames,
            is_complete = state.track_is_complete == 1,
            loudness = loudness(self.sound),
        }
        self.buffers[self.queued - 2 * BUFFERS] = nil
        self.queued = self.queued + 1
        self.source:queue(self.sound)
        if self.on_queue then
            self.on_queue(self.sound)
        end
    end
    -- It stops when a frame of the game took longer than what was queued.
    if not self.source:isPlaying() then
        self.source:play()
    end
end

--- The buffer that is heard now: track_id (0 for none), position and frames of the track, loudness. nil before the first.
function Loudspeaker:heard()
    return self.buffers[self.queued - (BUFFERS - self.source:getFreeBufferCount())]
end

--- Whether everything that was queued has been heard but for silence.
function Loudspeaker:is_silent()
    for number = self.queued - BUFFERS, self.queued - 1 do
        local buffer = self.buffers[number]
        if buffer and (buffer.track_id ~= 0 or buffer.loudness > 0) then
            return false
        end
    end
    return true
end

return Loudspeaker
