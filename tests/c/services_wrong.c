/* Wrong input to every call of both services. The calls that were sent are left in TEST_DIRECTORY/sent, by method and path:
 * tests/c_services.rs compares them with what arrived. */
#include "services.h"

#define LONG_SIZE 40000

static FILE *sent;
static char too_long[LONG_SIZE + 1];

/* The calls of one service. */
typedef struct service {
    vw_respeecher_client *respeecher;
    vw_palabra_client *palabra;
} service;

/* Makes a call in its own way, whatever that is. */
static vw_status make(const service *service, const vw_endpoint *row, const vw_json *parameters) {
    static const uint8_t NO_AUDIO[] = "This is a text, and no audio at all. It is here in place of a recording.";
    vw_status status;
    if (service->palabra != NULL) {
        status = vw_palabra_call(service->palabra, row->name, parameters, NULL, NULL);
    } else if (row->uploads) {
        vw_upload upload;
        CHECK_STATUS(vw_upload_init(&upload), VW_OK);
        upload.data = NO_AUDIO;
        upload.size = sizeof NO_AUDIO - 1;
        upload.name = "text.wav";
        status = vw_respeecher_upload(service->respeecher, row->name, parameters, &upload, NULL, NULL, NULL, NULL);
    } else if (row->downloads) {
        vw_save_to to;
        CHECK_STATUS(vw_save_to_init(&to), VW_OK);
        to.directory = environment("TEST_DIRECTORY");
        status = vw_respeecher_download(service->respeecher, row->name, parameters, &to, NULL, NULL, NULL, NULL);
    } else {
        status = vw_respeecher_call(service->respeecher, row->name, parameters, NULL, NULL);
    }
    if (status != VW_ERR_INVALID_ARGUMENT) fprintf(sent, "%s %s\n", row->method, row->path);
    return status;
}

/* What a parameter is called. */
typedef struct parameter {
    char name[64];
    int is_in_path;
} parameter;

/* Those that must be given. */
static size_t needed(const vw_endpoint *row, parameter *parameters) {
    const char *at = row->path;
    size_t found = 0;
    while ((at = strchr(at, '{')) != NULL) {
        size_t size = strcspn(++at, "}");
        sprintf(parameters[found].name, "%.*s", (int)size, at);
        parameters[found++].is_in_path = 1;
    }
    for (at = row->required; *at != '\0';) {
        size_t size = strcspn(at, ",");
        sprintf(parameters[found].name, "%.*s", (int)size, at);
        parameters[found++].is_in_path = 0;
        at += size + (at[size] == ',');
    }
    return found;
}

/* All that must be given, with this in one's place; NULL leaves it out. */
static vw_json *with(const parameter *parameters, size_t count, size_t which, const char *value) {
    vw_json *json = NULL;
    char pointer[80];
    size_t i;
    CHECK_STATUS(vw_json_new(&json), VW_OK);
    for (i = 0; i < count; i++) {
        const char *text = i == which ? value : "x";
        sprintf(pointer, "/%s", parameters[i].name);
        if (text != NULL) CHECK_STATUS(vw_json_set_str(json, pointer, text), VW_OK);
    }
    return json;
}

static void is_refused(const service *service, const vw_endpoint *row, vw_json *parameters, const char *field) {
    vw_status status = make(service, row, parameters);
    if (status != VW_ERR_INVALID_ARGUMENT || strcmp(vw_last_error()->field, field) != 0)
        fprintf(stderr, "%s, %s: %s\n", row->name, field, vw_last_error()->description);
    CHECK(status == VW_ERR_INVALID_ARGUMENT && strcmp(vw_last_error()->field, field) == 0);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
}

/* The service sees it: as what it is not, or as a text that it takes for one. */
static void is_seen(const service *service, const vw_endpoint *row, vw_json *parameters, int is_id) {
    vw_status status = make(service, row, parameters);
    int is_good = status == VW_ERR_NOT_FOUND || status == VW_ERR_REJECTED_INPUT || (!is_id && status == VW_OK);
    /* A login as somebody else, which there is not. */
    is_good |= strcmp(row->name, "login") == 0 && status == VW_ERR_UNAUTHORIZED;
    if (!is_good) fprintf(stderr, "%s: %d %s\n", row->name, status, vw_last_error()->description);
    CHECK(is_good);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
}

static void wrong(const service *service, const vw_endpoint *row) {
    static const char *const TRICKS[] = {"../credits",     "%2e%2e/credits", "a/b",  "..%2fcredits", "x?y=z", "#",  "a\\..\\b",
                                         "..;/credits", "%00",            "/api", "...",          "*",     "\n.", "\xc3\xa9"};
    parameter parameters[8];
    size_t count = needed(row, parameters), i, j;
    vw_json *list = NULL;
    for (i = 0; i < count; i++) {
        const char *name = parameters[i].name;
        is_refused(service, row, with(parameters, count, i, NULL), name);
        is_refused(service, row, with(parameters, count, i, ""), name);
        is_refused(service, row, with(parameters, count, i, " \n"), name);
        if (parameters[i].is_in_path) {
            is_refused(service, row, with(parameters, count, i, "."), name);
            is_refused(service, row, with(parameters, count, i, ".."), name);
            is_refused(service, row, with(parameters, count, i, too_long), name);
        } else if (strcmp(row->method, "GET") == 0) {
            is_refused(service, row, with(parameters, count, i, too_long), name);
        } else {
            is_seen(service, row, with(parameters, count, i, too_long), 0);
        }
        for (j = 0; j < sizeof TRICKS / sizeof TRICKS[0]; j++)
            is_seen(service, row, with(parameters, count, i, TRICKS[j]), parameters[i].is_in_path);
    }
    CHECK_STATUS(vw_json_parse("[1]", 3, &list), VW_OK);
    is_refused(service, row, list, "parameters");
}

/* Files that are no audio, or not there. */
static void no_audio(const service *respeecher, const service *palabra) {
    kept text = in_directory("text.wav"), none = in_directory("none.wav"), other = in_directory("text.txt");
    vw_json *in_folder = NULL, *project = ask(respeecher->respeecher, "create_project", object("/name", "A", NULL));
    kept id = keep(project, "/id");
    vw_json *folder = ask(respeecher->respeecher, "create_folder", object("/name", "B", "/project_id", id.text, NULL));
    vw_palabra_waiting waiting;
    vw_palabra_new_voice voice;
    vw_upload upload;
    const vw_endpoint *row;
    size_t i;
    fprintf(sent, "POST /api/projects\nPOST /api/folders\n");
    write_file(text.text, (const uint8_t *)"no audio", 8);
    write_file(other.text, (const uint8_t *)"no audio", 8);
    in_folder = object("/parent_folder_id", vw_json_str(folder, "/id"), "/name", "C", NULL);
    CHECK_STATUS(vw_upload_init(&upload), VW_OK);
    for (i = 0; (row = vw_respeecher_endpoint(i)) != NULL; i++) {
        if (!row->uploads) continue;
        upload.path = text.text;
        CHECK_STATUS(vw_respeecher_upload(respeecher->respeecher, row->name, in_folder, &upload, NULL, NULL, NULL, NULL),
                     VW_ERR_REJECTED_INPUT);
        CHECK(strcmp(vw_last_error()->field, "data") == 0 && vw_last_error()->http_status == 422);
        fprintf(sent, "%s %s\n", row->method, row->path);
        upload.path = none.text;
        CHECK_STATUS(vw_respeecher_upload(respeecher->respeecher, row->name, in_folder, &upload, NULL, NULL, NULL, NULL),
                     VW_ERR_FILE);
    }
    CHECK_STATUS(vw_palabra_waiting_init(&waiting), VW_OK);
    waiting.first_ms = 1;
    CHECK_STATUS(vw_palabra_new_voice_init(&voice), VW_OK);
    voice.name = "D";
    voice.waiting = &waiting;
    voice.recording = none.text;
    CHECK_STATUS(vw_palabra_clone(palabra->palabra, &voice, NULL, NULL, NULL, NULL), VW_ERR_FILE);
    voice.recording = other.text;
    CHECK_REFUSED(vw_palabra_clone(palabra->palabra, &voice, NULL, NULL, NULL, NULL), "recording");
    CHECK_STATUS(vw_json_free(in_folder), VW_OK);
    CHECK_STATUS(vw_json_free(project), VW_OK);
    CHECK_STATUS(vw_json_free(folder), VW_OK);
}

int main(void) {
    service respeecher = {NULL, NULL}, palabra = {NULL, NULL};
    kept path = in_directory("sent");
    const vw_endpoint *row;
    size_t i;
    respeecher.respeecher = respeecher_client(environment("TEST_RESPEECHER_KEY"));
    palabra.palabra = palabra_client();
    sent = fopen(path.text, "w");
    CHECK(sent != NULL);
    memset(too_long, 'x', LONG_SIZE);
    for (i = 0; (row = vw_respeecher_endpoint(i)) != NULL; i++) wrong(&respeecher, row);
    CHECK(i == 47);
    for (i = 0; (row = vw_palabra_endpoint(i)) != NULL; i++) wrong(&palabra, row);
    CHECK(i == 9);
    no_audio(&respeecher, &palabra);
    CHECK(fclose(sent) == 0);
    CHECK_STATUS(vw_respeecher_client_free(respeecher.respeecher), VW_OK);
    CHECK_STATUS(vw_palabra_client_free(palabra.palabra), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
