/* What the C tests share. */
#ifndef CHECK_H
#define CHECK_H

#include <voicewire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks = 0;

/* Callbacks check on threads of their own. */
#define COUNT() __atomic_add_fetch(&checks, 1, __ATOMIC_RELAXED)

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        COUNT();                                                                                                       \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s (last error: %s)\n", __FILE__, __LINE__, #condition,                    \
                    vw_last_error()->description);                                                                     \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

#define CHECK_STATUS(call, expected)                                                                                   \
    do {                                                                                                               \
        vw_status got_ = (call);                                                                                       \
        COUNT();                                                                                                       \
        if (got_ != (expected)) {                                                                                      \
            fprintf(stderr, "%s:%d: %s is %s, not %s (last error: %s)\n", __FILE__, __LINE__, #call,                   \
                    vw_status_name(got_), #expected, vw_last_error()->description);                                    \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* A call that is refused for what it was given, and the parameter that the error names. */
#define CHECK_REFUSED(call, name)                                                                                      \
    do {                                                                                                               \
        CHECK_STATUS(call, VW_ERR_INVALID_ARGUMENT);                                                                   \
        CHECK(vw_last_error()->field != NULL);                                                                         \
        if (strcmp(vw_last_error()->field, name) != 0) {                                                               \
            fprintf(stderr, "%s:%d: %s names %s, not %s\n", __FILE__, __LINE__, #call, vw_last_error()->field, name);  \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* Set by the test's runner. */
static inline const char *environment(const char *name) {
    const char *value = getenv(name);
    if (value == NULL) {
        fprintf(stderr, "%s is not set: this test is run by tests/c.rs\n", name);
        exit(1);
    }
    return value;
}

static inline vw_deepdub_config sandbox_config(void) {
    vw_deepdub_config config;
    CHECK_STATUS(vw_deepdub_config_init(&config), VW_OK);
    config.api_key = environment("TEST_KEY");
    config.rest_url = environment("TEST_REST_URL");
    config.websocket_url = environment("TEST_WEBSOCKET_URL");
    config.streaming_url = environment("TEST_STREAMING_URL");
    return config;
}

#endif
