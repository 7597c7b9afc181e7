#include "../speak.h"

#include <voicewire.h>

size_t plugin_speak(const char *text) {
    return speak(text);
}

/* Where this copy of the library is. */
const void *plugin_copy(void) {
    return (const void *)vw_version();
}

/* What this copy thinks of a handle. */
vw_status plugin_cancel_now(vw_cancel *cancel) {
    return vw_cancel_now(cancel);
}
