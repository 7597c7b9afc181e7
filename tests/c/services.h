/* What the tests of Respeecher and Palabra share: clients of the sandbox, and objects in one line. */
#ifndef SERVICES_H
#define SERVICES_H

#include "check.h"

#include <stdarg.h>

/* Clients do not try again, so that each call is one request. */
static inline vw_http_config once(void) {
    vw_http_config http;
    CHECK_STATUS(vw_http_config_init(&http), VW_OK);
    http.retries = 0;
    return http;
}

static inline vw_respeecher_client *respeecher_client(const char *key) {
    vw_http_config http = once();
    vw_respeecher_config config;
    vw_respeecher_client *client = NULL;
    CHECK_STATUS(vw_respeecher_config_init(&config), VW_OK);
    config.api_key = key;
    config.base_url = environment("TEST_SERVICES_URL");
    config.http = &http;
    CHECK_STATUS(vw_respeecher_client_new(&config, &client), VW_OK);
    return client;
}

static inline vw_palabra_client *palabra_client(void) {
    vw_http_config http = once();
    vw_palabra_config config;
    vw_palabra_client *client = NULL;
    CHECK_STATUS(vw_palabra_config_init(&config), VW_OK);
    config.api_key = environment("TEST_PALABRA_KEY");
    config.base_url = environment("TEST_SERVICES_URL");
    config.http = &http;
    CHECK_STATUS(vw_palabra_client_new(&config, &client), VW_OK);
    return client;
}

/* An object of texts: pointers and what is put there, to a NULL. */
static inline vw_json *object(const char *pointer, ...) {
    vw_json *json = NULL;
    va_list rest;
    CHECK_STATUS(vw_json_new(&json), VW_OK);
    va_start(rest, pointer);
    while (pointer != NULL) {
        CHECK_STATUS(vw_json_set_str(json, pointer, va_arg(rest, const char *)), VW_OK);
        pointer = va_arg(rest, const char *);
    }
    va_end(rest);
    return json;
}

/* The answer of a call that succeeds. Frees parameters. */
static inline vw_json *ask(vw_respeecher_client *client, const char *name, vw_json *parameters) {
    vw_json *answer = NULL;
    CHECK_STATUS(vw_respeecher_call(client, name, parameters, NULL, &answer), VW_OK);
    CHECK(answer != NULL);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    return answer;
}

/* A text that an answer has, kept. */
typedef struct kept {
    char text[512];
} kept;

static inline kept keep(const vw_json *json, const char *pointer) {
    const char *text = vw_json_str(json, pointer);
    kept kept;
    if (text == NULL) fprintf(stderr, "there is no %s\n", pointer);
    CHECK(text != NULL && strlen(text) < sizeof kept.text);
    strcpy(kept.text, text);
    return kept;
}

/* A text of the answer to a call. Frees parameters. */
static inline kept ask_for(vw_respeecher_client *client, const char *name, vw_json *parameters, const char *pointer) {
    vw_json *answer = ask(client, name, parameters);
    kept text = keep(answer, pointer);
    CHECK_STATUS(vw_json_free(answer), VW_OK);
    return text;
}

/* What is not looked at. */
static inline void just_ask(vw_respeecher_client *client, const char *name, vw_json *parameters) {
    CHECK_STATUS(vw_respeecher_call(client, name, parameters, NULL, NULL), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
}

/* How many items a list has. Frees parameters. */
static inline size_t count(vw_respeecher_client *client, const char *name, vw_json *parameters) {
    vw_respeecher_list *list = NULL;
    vw_json *item = NULL;
    size_t items = 0;
    CHECK_STATUS(vw_respeecher_list_open(client, name, parameters, NULL, &list), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    for (;;) {
        CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_OK);
        if (item == NULL) break;
        items++;
        CHECK_STATUS(vw_json_free(item), VW_OK);
    }
    CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_OK);
    CHECK(item == NULL);
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
    return items;
}

/* A voice that may be used, and what it has. */
typedef struct voice {
    kept id, name, style_id, accent_id;
} voice;

/* The first so many of them. */
static inline void find_voices(vw_respeecher_client *client, voice *voices, size_t wanted) {
    vw_respeecher_list *list = NULL;
    size_t found = 0;
    CHECK_STATUS(vw_respeecher_list_open(client, "list_voices", NULL, NULL, &list), VW_OK);
    while (found < wanted) {
        vw_json *item = NULL;
        CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_OK);
        CHECK(item != NULL);
        if (vw_json_bool(item, "/available") == VW_ON) {
            voices[found].id = keep(item, "/id");
            voices[found].name = keep(item, "/name");
            voices[found].style_id = keep(item, "/narration_styles/0/id");
            voices[found].accent_id = keep(item, "/accents/0/id");
            found++;
        }
        CHECK_STATUS(vw_json_free(item), VW_OK);
    }
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
}

/* Half a second of a square wave of 100 Hz, as a WAV file. Free it. */
static inline vw_audio_bytes *tone(void) {
    static int16_t samples[8000];
    vw_audio_bytes *bytes = NULL;
    size_t i;
    for (i = 0; i < 8000; i++) samples[i] = i / 80 % 2 ? 8000 : -8000;
    CHECK_STATUS(vw_audio_bytes_as_sent(VW_FORMAT_S16LE, 16000, (const uint8_t *)samples, sizeof samples, &bytes), VW_OK);
    return bytes;
}

static inline void write_file(const char *path, const uint8_t *data, size_t size) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
}

/* The path of a file in TEST_DIRECTORY. */
static inline kept in_directory(const char *name) {
    kept path;
    CHECK(snprintf(path.text, sizeof path.text, "%s/%s", environment("TEST_DIRECTORY"), name) < (int)sizeof path.text);
    return path;
}

static inline int begins_with(const char *path, const char *expected) {
    char head[16] = "";
    FILE *file = fopen(path, "rb");
    size_t size = strlen(expected);
    CHECK(file != NULL && fread(head, 1, size, file) == size && fclose(file) == 0);
    return memcmp(head, expected, size) == 0;
}

#endif
