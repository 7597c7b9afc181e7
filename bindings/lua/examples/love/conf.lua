function love.conf(t)
    t.identity = "voicewire-love"
    t.version = "11.4"
    t.window.title = "voicewire: two voices"
    t.window.width, t.window.height = 640, 360
    t.modules.joystick, t.modules.physics, t.modules.video = false, false, false
end
