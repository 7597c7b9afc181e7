/* JSON values: read by pointers, built, borrowed from by several threads. */
#include "check.h"

#include <pthread.h>

#define TEXT                                                                                                           \
    "{\"name\": \"Ophelia\", \"rating\": 4.5, \"count\": 3, \"whole\": 3.0, \"large\": 9223372036854775807,"           \
    " \"huge\": 18446744073709551615, \"is_new\": true, \"is_paid\": false, \"nothing\": null,"                        \
    " \"list\": [\"first\", {\"a/b\": 1, \"c~d\": 2, \"\": 3}], \"nul\": \"a\\u0000b\", \"kiss\": \"\\ud83d\\ude18\"}"

static vw_json *parsed(const char *text) {
    vw_json *json = NULL;
    CHECK_STATUS(vw_json_parse(text, strlen(text), &json), VW_OK);
    return json;
}

static void is_text(vw_json *json, const char *pointer, const char *expected) {
    const char *text = NULL;
    CHECK_STATUS(vw_json_text(json, pointer, &text), VW_OK);
    if (strcmp(text, expected) != 0) fprintf(stderr, "%s, not %s\n", text, expected);
    CHECK(strcmp(text, expected) == 0);
}

static void values_are_read(vw_json *json) {
    CHECK(strcmp(vw_json_str(json, "/name"), "Ophelia") == 0);
    CHECK(strcmp(vw_json_str(json, "/list/0"), "first") == 0);
    CHECK(strcmp(vw_json_str(json, "/nul"), "a\xef\xbf\xbd" "b") == 0);
    CHECK(strcmp(vw_json_str(json, "/kiss"), "\xf0\x9f\x98\x98") == 0);
    CHECK(vw_json_str(json, "/count") == NULL && vw_json_str(json, "/absent") == NULL && vw_json_str(json, NULL) == NULL);
    CHECK(vw_json_int(json, "/count", -1) == 3 && vw_json_int(json, "/whole", -1) == 3);
    CHECK(vw_json_int(json, "/large", -1) == INT64_MAX && vw_json_int(json, "/huge", -1) == -1);
    CHECK(vw_json_int(json, "/rating", -1) == -1 && vw_json_int(json, "/name", -1) == -1);
    CHECK(vw_json_number(json, "/rating", -1) == 4.5 && vw_json_number(json, "/count", -1) == 3);
    CHECK(vw_json_number(json, "/nothing", -1) == -1);
    CHECK(vw_json_bool(json, "/is_new") == VW_ON && vw_json_bool(json, "/is_paid") == VW_OFF);
    CHECK(vw_json_bool(json, "/nothing") == VW_UNSET && vw_json_bool(json, "/count") == VW_UNSET);
    CHECK(vw_json_int(json, "/list/1/a~1b", -1) == 1 && vw_json_int(json, "/list/1/c~0d", -1) == 2);
    CHECK(vw_json_int(json, "/list/1/", -1) == 3);
    CHECK(vw_json_size(json, NULL) == 12 && vw_json_size(json, "/list") == 2 && vw_json_size(json, "/list/1") == 3);
    CHECK(vw_json_size(json, "/name") == 0 && vw_json_size(json, "/absent") == 0);
}

static void types_are_told(vw_json *json) {
    CHECK(vw_json_type_of(json, "") == VW_JSON_OBJECT && vw_json_type_of(json, "/list") == VW_JSON_ARRAY);
    CHECK(vw_json_type_of(json, "/name") == VW_JSON_TEXT && vw_json_type_of(json, "/rating") == VW_JSON_NUMBER);
    CHECK(vw_json_type_of(json, "/is_new") == VW_JSON_BOOL && vw_json_type_of(json, "/nothing") == VW_JSON_NULL);
    CHECK(vw_json_type_of(json, "/absent") == VW_JSON_ABSENT && vw_json_type_of(json, "/list/2") == VW_JSON_ABSENT);
}

static void members_are_walked(vw_json *json) {
    int found = 0;
    size_t i;
    for (i = 0; i < vw_json_size(json, "/list/1"); i++) {
        const char *key = vw_json_key(json, "/list/1", i);
        CHECK(key != NULL);
        if (strcmp(key, "a/b") == 0) found |= 1;
        if (strcmp(key, "c~d") == 0) found |= 2;
        if (strcmp(key, "") == 0) found |= 4;
    }
    CHECK(found == 7);
    CHECK(vw_json_key(json, "/list/1", 3) == NULL && vw_json_key(json, "/list", 0) == NULL);
}

static void borrowed_texts_stay(vw_json *json) {
    const char *name = vw_json_str(json, "/name");
    vw_json *copy = NULL;
    CHECK_STATUS(vw_json_get(json, "/list/1", &copy), VW_OK);
    CHECK(vw_json_str(json, "/name") == name);
    CHECK_STATUS(vw_json_free(json), VW_OK);
    is_text(copy, "/a~1b", "1");
    CHECK_STATUS(vw_json_free(copy), VW_OK);
}

static void requests_are_built(void) {
    vw_json *order = NULL, *one = NULL;
    CHECK_STATUS(vw_json_new(&order), VW_OK);
    is_text(order, NULL, "{}");
    CHECK_STATUS(vw_json_set_str(order, "/original_id", "say \"hi\"\n"), VW_OK);
    CHECK_STATUS(vw_json_set_str(order, "/conversions/-/voice_id", "a"), VW_OK);
    CHECK_STATUS(vw_json_set_int(order, "/conversions/0/semitones_correction", -12), VW_OK);
    CHECK_STATUS(vw_json_get(order, "/conversions/0", &one), VW_OK);
    CHECK_STATUS(vw_json_set_str(one, "/voice_id", "b"), VW_OK);
    CHECK_STATUS(vw_json_set_json(order, "/conversions/1", one), VW_OK);
    CHECK_STATUS(vw_json_free(one), VW_OK);
    CHECK_STATUS(vw_json_set_bool(order, "/use_calibration", VW_OFF), VW_OK);
    CHECK_STATUS(vw_json_set_number(order, "/share", 0.1), VW_OK);
    CHECK_STATUS(vw_json_set_null(order, "/calibration_id"), VW_OK);
    is_text(order, "/conversions",
            "[{\"semitones_correction\":-12,\"voice_id\":\"a\"},{\"semitones_correction\":-12,\"voice_id\":\"b\"}]");
    is_text(order, "/original_id", "\"say \\\"hi\\\"\\n\"");
    is_text(order, "/share", "0.1");
    CHECK(vw_json_bool(order, "/use_calibration") == VW_OFF && vw_json_size(order, "") == 5);
    CHECK(vw_json_type_of(order, "/calibration_id") == VW_JSON_NULL);
    /* What was borrowed before a change is asked for again after it. */
    CHECK_STATUS(vw_json_set_str(order, "/original_id", "other"), VW_OK);
    CHECK(strcmp(vw_json_str(order, "/original_id"), "other") == 0);
    is_text(order, "/original_id", "\"other\"");
    CHECK_STATUS(vw_json_set_json(order, "/itself", order), VW_OK);
    CHECK(strcmp(vw_json_str(order, "/itself/original_id"), "other") == 0);
    CHECK_STATUS(vw_json_set_null(order, ""), VW_OK);
    CHECK_STATUS(vw_json_set_int(order, "/-", 1), VW_OK);
    CHECK_STATUS(vw_json_set_int(order, "/1", 2), VW_OK);
    is_text(order, "", "[1,2]");
    CHECK_STATUS(vw_json_free(order), VW_OK);
}

static void *borrow(void *json) {
    size_t i;
    for (i = 0; i < 500; i++) {
        CHECK(strcmp(vw_json_str(json, "/name"), "Ophelia") == 0);
        is_text(json, "/list/0", "\"first\"");
    }
    return NULL;
}

static void threads_read_at_once(void) {
    vw_json *json = parsed(TEXT);
    pthread_t threads[4];
    size_t i;
    for (i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, borrow, json) == 0);
    for (i = 0; i < 4; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK_STATUS(vw_json_free(json), VW_OK);
}

int main(void) {
    vw_json *json = parsed(TEXT);
    values_are_read(json);
    types_are_told(json);
    members_are_walked(json);
    borrowed_texts_stay(json);
    requests_are_built();
    threads_read_at_once();
    printf("%d checks\n", checks);
    return 0;
}
