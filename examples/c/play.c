/* Plays while it is being spoken, through SDL2: lines join without a gap, and subtitles follow the sound.
 *
 *     build/play [-c CUSHION_MS] ["First line." "Second line." ...]
 *
 * With DEEPDUB_API_KEY set the service speaks; without it a local sandbox does. Ctrl-C falls silent at once. Where there is no
 * sound device: SDL_AUDIODRIVER=disk writes what would be heard, 32-bit float samples, into sdlaudio.raw. */
#include "local_sandbox.h"

#include <SDL.h>
#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_RATE 48000
#define MOST_LINES 32
/* Deepdub's "Storyteller", a voice that everyone may try. */
#define VOICE "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773"

typedef struct play {
    const char *texts[MOST_LINES];
    int lines;
    uint32_t cushion_ms;
    vw_player *player;
} play;

static int fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, vw_last_error()->description);
    return EXIT_FAILURE;
}

static int fail_sdl(const char *what) {
    fprintf(stderr, "%s: %s\n", what, SDL_GetError());
    return EXIT_FAILURE;
}

/* On SDL's audio thread: never waits, and always fills the stream. */
static void SDLCALL on_audio(void *player, Uint8 *stream, int bytes) {
    vw_player_read(player, (float *)(void *)stream, (size_t)bytes / sizeof(float));
}

static SDL_AudioDeviceID open_device(vw_player *player) {
    SDL_AudioSpec wanted, got;
    memset(&wanted, 0, sizeof wanted);
    wanted.freq = SAMPLE_RATE;
    wanted.format = AUDIO_F32SYS;
    wanted.channels = 1;
    wanted.samples = 512;
    wanted.callback = on_audio;
    wanted.userdata = player;
    /* No changes allowed: SDL converts where the device wants something else. */
    return SDL_OpenAudioDevice(NULL, 0, &wanted, &got, 0);
}

/* All are asked for now, and spoken at once; the player keeps their order. */
static int speak(const play *play, vw_deepdub_session *session) {
    int i;
    for (i = 0; i < play->lines; i++) {
        vw_deepdub_tts_request request;
        vw_deepdub_line_options options;
        vw_deepdub_tts_request_init(&request);
        request.text = play->texts[i];
        request.voice_prompt_id = VOICE;
        request.format = VW_FORMAT_MP3;
        request.sample_rate = SAMPLE_RATE;
        request.seed = 7;
        vw_deepdub_line_options_init(&options);
        options.player = play->player;
        options.track_id = (uint64_t)i;
        if (vw_deepdub_session_speak(session, &request, &options, NULL) != VW_OK) return fail(play->texts[i]);
    }
    return EXIT_SUCCESS;
}

/* Whether somebody wants it to end. */
static int interrupted(void) {
    SDL_Event event;
    while (SDL_PollEvent(&event)) {
        if (event.type == SDL_QUIT) return 1;
    }
    return 0;
}

/* What a game does once a frame. */
static int follow(const play *play) {
    int shown = -1, over = 0, exit_code = EXIT_SUCCESS;
    vw_player_state state;
    vw_track_end end;
    int32_t found;

    vw_player_state_init(&state);
    vw_track_end_init(&end);
    while (over < play->lines) {
        if (vw_player_get_state(play->player, &state) != VW_OK) return fail("player");
        if (state.activity == VW_PLAYER_PLAYING && (int)state.track_id != shown) {
            shown = (int)state.track_id;
            printf("%6.2f s  %s\n", (double)state.played_frames / SAMPLE_RATE, play->texts[shown]);
            fflush(stdout);
        }
        while (vw_player_next_end(play->player, &end, &found) == VW_OK && found) {
            over++;
            if (end.status != VW_OK && end.status != VW_ERR_CANCELLED) {
                fprintf(stderr, "%s: %s\n", play->texts[end.id], end.error->description);
                exit_code = EXIT_FAILURE;
            }
        }
        /* The lines that still come end as cancelled. */
        if (interrupted()) vw_player_flush(play->player);
        SDL_Delay(16);
    }
    vw_player_get_state(play->player, &state);
    printf("%6.2f s  the end; %d underruns\n", (double)state.played_frames / SAMPLE_RATE, (int)state.underruns);
    return exit_code;
}

static int run(play *play, const vw_deepdub_config *config) {
    vw_deepdub_client *client = NULL;
    vw_deepdub_session *session = NULL;
    vw_player_config player;
    SDL_AudioDeviceID device = 0;
    int exit_code = EXIT_SUCCESS;

    vw_player_config_init(&player);
    player.sample_rate = SAMPLE_RATE;
    player.cushion_ms = play->cushion_ms;
    if (player.max_cushion_ms < player.cushion_ms) player.max_cushion_ms = player.cushion_ms;
    if (vw_player_new(&player, &play->player) != VW_OK) return fail("player");
    if (vw_deepdub_client_new(config, &client) != VW_OK) exit_code = fail("client");
    else if (vw_deepdub_session_open(client, NULL, &session) != VW_OK) exit_code = fail("session");
    else if ((device = open_device(play->player)) == 0) exit_code = fail_sdl("sound device");
    if (exit_code == EXIT_SUCCESS) exit_code = speak(play, session);
    if (exit_code == EXIT_SUCCESS) {
        SDL_PauseAudioDevice(device, 0);
        exit_code = follow(play);
        /* What has been read is still on its way through the device. */
        SDL_Delay(100);
    }
    if (device != 0) SDL_CloseAudioDevice(device);
    vw_deepdub_session_free(session);
    vw_deepdub_client_free(client);
    vw_player_free(play->player);
    return exit_code;
}

int main(int argc, char **argv) {
    const char *key = getenv("DEEPDUB_API_KEY");
    play play = {{"Halt! Nobody enters the castle after dark.", "Nobody? Not even with fresh apples?"}, 2, 200, NULL};
    vw_deepdub_config config;
    local_sandbox sandbox;
    int exit_code, first = 1;

    if (argc > 2 && strcmp(argv[1], "-c") == 0) {
        play.cushion_ms = (uint32_t)atoi(argv[2]);
        first = 3;
    }
    if (argc > first) {
        for (play.lines = 0; first < argc && play.lines < MOST_LINES; first++) play.texts[play.lines++] = argv[first];
    }
    if (SDL_Init(SDL_INIT_AUDIO | SDL_INIT_EVENTS) != 0) return fail_sdl("SDL");
    vw_deepdub_config_init(&config);
    if (key != NULL && key[0] != '\0') {
        exit_code = run(&play, &config);
    } else {
        fprintf(stderr, "DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service\n");
        if (local_sandbox_start(&sandbox, argv[0]) != 0) return EXIT_FAILURE;
        config.api_key = LOCAL_SANDBOX_KEY;
        config.rest_url = sandbox.rest_url;
        config.websocket_url = sandbox.websocket_url;
        exit_code = run(&play, &config);
        local_sandbox_stop(&sandbox);
    }
    SDL_Quit();
    return exit_code;
}
