function love.conf(t)
    for _, name in ipairs({ "audio", "graphics", "joystick", "window" }) do
        t.modules[name] = false
    end
end
