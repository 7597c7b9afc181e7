/* The recordings of TEST_PROJECT, ten thousand of them, one after the other. Run without valgrind, which has memory of its
 * own. */
#define _XOPEN_SOURCE 500
#include "services.h"

#include <sys/resource.h>

/* The most that was in memory, in KiB. */
static long peak(void) {
    struct rusage usage;
    CHECK(getrusage(RUSAGE_SELF, &usage) == 0);
    return usage.ru_maxrss;
}

int main(void) {
    vw_respeecher_client *client = respeecher_client(environment("TEST_RESPEECHER_KEY"));
    vw_json *parameters = object("/project_id", environment("TEST_PROJECT"), NULL), *item = NULL;
    vw_respeecher_list *list = NULL;
    uint64_t offset = 0, seen = 0;
    long before = 0;
    CHECK_STATUS(vw_json_set_int(parameters, "/limit", 100), VW_OK);
    CHECK_STATUS(vw_respeecher_list_open(client, "list_recordings", parameters, NULL, &list), VW_OK);
    for (;;) {
        CHECK_STATUS(vw_respeecher_list_next(list, &item), VW_OK);
        if (item == NULL) break;
        CHECK(vw_json_str(item, "/id") != NULL);
        CHECK_STATUS(vw_json_free(item), VW_OK);
        seen++;
        CHECK_STATUS(vw_respeecher_list_offset(list, &offset), VW_OK);
        CHECK(offset == seen);
        if (seen == 500) before = peak();
    }
    CHECK(seen == 10000);
    printf("%ld KiB of growth\n", peak() - before);
    CHECK(peak() - before < 4 * 1024);
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
