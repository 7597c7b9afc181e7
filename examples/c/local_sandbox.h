/* A sandbox of one's own: the program voicewire-sandbox as a child process, for examples that run with no account.
 *
 * It ends with this program, however that ends: it watches its standard input, which closes then. */
#ifndef LOCAL_SANDBOX_H
#define LOCAL_SANDBOX_H

#ifdef __cplusplus
extern "C" {
#endif

/* A key that every sandbox accepts: the vendor's public one. */
#define LOCAL_SANDBOX_KEY "dd-00000000000000000000000065c9cbfe"
/* And for the other two services. */
#define LOCAL_SANDBOX_RESPEECHER_KEY "rs-local-sandbox"
#define LOCAL_SANDBOX_PALABRA_KEY "pl-local-sandbox"

typedef struct local_sandbox {
    char base_url[64]; /* Respeecher's and Palabra's */
    char rest_url[64];
    char websocket_url[64];
    char streaming_url[64];
    long process;
    int standard_input;
} local_sandbox;

/* Starts it: the program that VOICEWIRE_SANDBOX names, else the one beside this program (argv0), else the one on the
 * PATH. 0 on success; else it has said why on stderr. */
int local_sandbox_start(local_sandbox *sandbox, const char *argv0);

void local_sandbox_stop(local_sandbox *sandbox);

#ifdef __cplusplus
}
#endif

#endif
