/* The recordings of TEST_PROJECT, ten thousand of them, one after the other. Run without valgrind, which has memory of its
 * own. */
#include "services.h"

/* What is in memory, in pages; 0 where nobody says. (getrusage would say what the program had that started this one.) */
static long resident(void) {
    long all = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL) return 0;
    CHECK(fscanf(file, "%ld %ld", &all, &pages) == 2 && fclose(file) == 0);
    return pages;
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
        if (seen == 500) before = resident();
    }
    CHECK(seen == 10000);
    printf("%ld pages of growth\n", resident() - before);
    CHECK(resident() - before < 512);
    CHECK_STATUS(vw_respeecher_list_free(list), VW_OK);
    CHECK_STATUS(vw_json_free(parameters), VW_OK);
    CHECK_STATUS(vw_respeecher_client_free(client), VW_OK);
    printf("%d checks\n", checks);
    return 0;
}
