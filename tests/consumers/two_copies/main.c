#define _POSIX_C_SOURCE 200809L
#include "../speak.h"

#include <voicewire.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void *symbol(void *plugin, const char *name) {
    void *found = dlsym(plugin, name);
    if (found == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

static void *speak_here(void *bytes) {
    *(size_t *)bytes = speak("This is the program.");
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    void *plugin = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (plugin == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    size_t (*plugin_speak)(const char *);
    const void *(*plugin_copy)(void);
    vw_status (*plugin_cancel_now)(vw_cancel *);
    *(void **)&plugin_speak = symbol(plugin, "plugin_speak");
    *(void **)&plugin_copy = symbol(plugin, "plugin_copy");
    *(void **)&plugin_cancel_now = symbol(plugin, "plugin_cancel_now");

    if ((const void *)vw_version() == plugin_copy()) {
        fprintf(stderr, "there is only one copy\n");
        return 1;
    }
    /* Both at once. */
    pthread_t thread;
    size_t here = 0, there;
    if (pthread_create(&thread, NULL, speak_here, &here) != 0) return 1;
    there = plugin_speak("This is the plug-in.");
    pthread_join(thread, NULL);

    /* Neither knows the other's handles: of the second, the other copy has had none. */
    vw_cancel *first = NULL, *second = NULL;
    if (vw_cancel_new(&first) != VW_OK || vw_cancel_new(&second) != VW_OK) return 1;
    vw_status foreign = plugin_cancel_now(second);
    vw_cancel_free(first);
    vw_cancel_free(second);
    printf("the program spoke %zu bytes, the plug-in %zu; a foreign handle is %s\n", here, there,
           vw_status_name(foreign));
    /* Its clients are freed: it may go, while this copy stays. */
    if (dlclose(plugin) != 0 || speak("This is the program again.") == 0) return 1;
    return here == 0 || there == 0 || foreign != VW_ERR_INVALID_ARGUMENT;
}
