/* JSON values: NULL, garbage and what cannot be right is a status, or the fallback. */
#include "check.h"

static void bad_handles(vw_cancel *other) {
    vw_json *freed = NULL, *out = NULL;
    const void *bad[4] = {NULL, (void *)8, (void *)-1, NULL};
    const char *text = "as it was";
    size_t i;
    CHECK_STATUS(vw_json_new(&freed), VW_OK);
    CHECK_STATUS(vw_json_free(freed), VW_OK);
    bad[3] = freed;
    for (i = 0; i <= 4; i++) {
        void *json = i < 4 ? (void *)bad[i] : (void *)other;
        CHECK_REFUSED(vw_json_get(json, "", &out), "vw_json");
        CHECK_REFUSED(vw_json_text(json, "", &text), "vw_json");
        CHECK_REFUSED(vw_json_set_str(json, "/a", "b"), "vw_json");
        CHECK_REFUSED(vw_json_set_int(json, "/a", 1), "vw_json");
        CHECK_REFUSED(vw_json_set_number(json, "/a", 1.0), "vw_json");
        CHECK_REFUSED(vw_json_set_bool(json, "/a", VW_ON), "vw_json");
        CHECK_REFUSED(vw_json_set_null(json, "/a"), "vw_json");
        CHECK_REFUSED(vw_json_set_json(json, "/a", json), "vw_json");
        if (json != NULL) CHECK_REFUSED(vw_json_free(json), "vw_json");
        CHECK(vw_json_type_of(json, "") == VW_JSON_ABSENT);
        CHECK(vw_json_str(json, "/a") == NULL && vw_json_key(json, "", 0) == NULL);
        CHECK(vw_json_int(json, "/a", -7) == -7 && vw_json_number(json, "/a", -0.5) == -0.5);
        CHECK(vw_json_bool(json, "/a") == VW_UNSET && vw_json_size(json, "") == 0);
        CHECK(strcmp(vw_last_error()->field, "vw_json") == 0);
    }
    CHECK_STATUS(vw_json_free(NULL), VW_OK);
    CHECK(out == NULL && strcmp(text, "as it was") == 0);
}

static void bad_texts(void) {
    static const char *const wrong[] = {"",       "{",     "}",     "[1,]",     "{\"a\":1,}", "'a'", "{} {}", "nul",
                                        "1e999",  "\"\\x\"", "\"\x80\"", "\"\n\"", "NaN",     "01",  "\"a"};
    char deep[129];
    char *large = malloc(16 * 1024 * 1024 + 1);
    vw_json *out = NULL;
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK_REFUSED(vw_json_parse(wrong[i], strlen(wrong[i]), &out), "text");
    CHECK_REFUSED(vw_json_parse(NULL, 0, &out), "text");
    CHECK_REFUSED(vw_json_parse(NULL, 5, &out), "text");
    CHECK_REFUSED(vw_json_parse("{}", (size_t)-1, &out), "text");
    CHECK_REFUSED(vw_json_parse("{}", 2, NULL), "out");
    CHECK_REFUSED(vw_json_new(NULL), "out");
    memset(deep, '[', 128);
    CHECK_REFUSED(vw_json_parse(deep, 128, &out), "text");
    CHECK(large != NULL);
    memset(large, ' ', 16 * 1024 * 1024 + 1);
    large[0] = '1';
    CHECK_REFUSED(vw_json_parse(large, 16 * 1024 * 1024 + 1, &out), "text");
    CHECK(out == NULL);
    CHECK_STATUS(vw_json_parse(large, 16 * 1024 * 1024, &out), VW_OK);
    CHECK_STATUS(vw_json_free(out), VW_OK);
    free(large);
}

static void bad_pointers(vw_json *json) {
    static const char *const wrong[] = {"a", " ", "/~", "/~2", "/a~", "/\xff", "a/b"};
    const char *text = NULL, *after = NULL;
    vw_json *out = NULL;
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        CHECK(vw_json_str(json, wrong[i]) == NULL && vw_json_key(json, wrong[i], 0) == NULL);
        CHECK(strcmp(vw_last_error()->field, "pointer") == 0);
        CHECK(vw_json_type_of(json, wrong[i]) == VW_JSON_ABSENT && vw_json_size(json, wrong[i]) == 0);
        CHECK(vw_json_int(json, wrong[i], 3) == 3 && vw_json_number(json, wrong[i], 3.5) == 3.5);
        CHECK(vw_json_bool(json, wrong[i]) == VW_UNSET);
        CHECK_REFUSED(vw_json_get(json, wrong[i], &out), "pointer");
        CHECK_REFUSED(vw_json_text(json, wrong[i], &after), "pointer");
        CHECK_REFUSED(vw_json_set_int(json, wrong[i], 1), "pointer");
    }
    CHECK_REFUSED(vw_json_get(json, "/absent", &out), "pointer");
    CHECK_REFUSED(vw_json_get(json, "", NULL), "out");
    CHECK_REFUSED(vw_json_text(json, "/absent", &after), "pointer");
    CHECK_REFUSED(vw_json_text(json, "", NULL), "text");
    CHECK_REFUSED(vw_json_set_str(json, "/text/in", "x"), "pointer");
    CHECK_REFUSED(vw_json_set_number(json, "/number/0", 0.5), "pointer");
    CHECK_REFUSED(vw_json_set_null(json, "/list/3"), "pointer");
    CHECK_REFUSED(vw_json_set_bool(json, "/list/-1", VW_ON), "pointer");
    CHECK_REFUSED(vw_json_set_str(json, "/text", NULL), "value");
    CHECK_REFUSED(vw_json_set_str(json, "/text", "\xc0\xaf"), "value");
    CHECK_REFUSED(vw_json_set_number(json, "/number", VW_UNSET_NUMBER), "value");
    CHECK_REFUSED(vw_json_set_number(json, "/number", HUGE_VAL), "value");
    CHECK_REFUSED(vw_json_set_number(json, "/number", -HUGE_VAL), "value");
    CHECK_REFUSED(vw_json_set_bool(json, "/text", VW_UNSET), "value");
    CHECK_REFUSED(vw_json_set_bool(json, "/text", 2), "value");
    CHECK_REFUSED(vw_json_set_json(json, "/text", NULL), "vw_json");
    CHECK_REFUSED(vw_json_set_str(json, NULL, "x"), "pointer");
    CHECK_REFUSED(vw_json_set_int(json, NULL, 1), "pointer");
    CHECK_REFUSED(vw_json_set_number(json, NULL, 0.5), "pointer");
    CHECK_REFUSED(vw_json_set_bool(json, NULL, VW_ON), "pointer");
    CHECK_REFUSED(vw_json_set_null(json, NULL), "pointer");
    CHECK_REFUSED(vw_json_set_json(json, NULL, json), "pointer");
    CHECK(out == NULL && after == NULL);
    CHECK_STATUS(vw_json_text(json, NULL, &text), VW_OK);
    CHECK(strcmp(text, "{\"list\":[1,2],\"number\":1,\"text\":\"a\"}") == 0);
}

int main(void) {
    static const char TEXT[] = "{\"list\": [1, 2], \"number\": 1, \"text\": \"a\"}";
    vw_cancel *cancel = NULL;
    vw_json *json = NULL;
    CHECK_STATUS(vw_cancel_new(&cancel), VW_OK);
    CHECK_STATUS(vw_json_parse(TEXT, sizeof TEXT - 1, &json), VW_OK);
    bad_handles(cancel);
    bad_texts();
    bad_pointers(json);
    CHECK_STATUS(vw_json_free(json), VW_OK);
    CHECK_STATUS(vw_cancel_free(cancel), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
