/* SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * voicewire: streaming speech from cloud voices, for C and C++.
 *
 * Conventions, which hold for every function unless it says otherwise:
 *
 * Status     What can fail returns a vw_status; VW_OK is 0. vw_last_error() tells this thread the details.
 *            Results come through out-parameters, which are left as they were on failure.
 * Handles    Opaque pointers from a _new, _create or similar, given back with the _free of the same name.
 *            NULL, a handle that was freed, one of another type and a pointer that never was a handle are
 *            VW_ERR_INVALID_ARGUMENT, not a crash. A handle may be freed at any time, from any thread, also
 *            inside a callback and while another thread uses it. Freeing NULL does nothing.
 * Structs    Inputs begin with struct_size and are filled by their _init function, then changed: fields can be
 *            added later without breaking callers. They are read during the call and not kept.
 * Unset      NULL for text, VW_UNSET for toggles and integers, VW_UNSET_NUMBER for numbers, VW_UNSET_SEED for
 *            seeds: different from "", 0 and false.
 * Text       NUL-terminated UTF-8. Anything else is VW_ERR_INVALID_ARGUMENT. Bytes are a pointer and a size;
 *            NULL with a size that is not 0 is VW_ERR_INVALID_ARGUMENT.
 * Threads    Every function may be called from any thread, and one handle from several threads at once. Calls
 *            that wait for the network block the calling thread.
 * Callbacks  Get the user_data given with them. What they are handed is valid until they return. They may call
 *            this library; what waits for callbacks elsewhere does not wait inside of one. They may not unwind: no
 *            C++ exception, no longjmp out of them.
 * Forks      A session lives in the process that opened it. In a process that was forked from it the functions of its
 *            handles return VW_ERR_CLOSED or do nothing, and nothing is called back; free them as ever.
 */

#ifndef VOICEWIRE_H
#define VOICEWIRE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
/* A number (double) that is not given. Any NaN counts as this. */
#define VW_UNSET_NUMBER ((double)NAN)
/* A seed that is not given. */
#define VW_UNSET_SEED INT64_MIN

/**
 * Not given: for toggles, and for integers of which no negative value makes sense.
 */
#define VW_UNSET -1

/**
 * A time limit without end.
 */
#define VW_NO_TIMEOUT UINT32_MAX

/**
 * What a callback returns to go on. Anything that is not named here stops the call.
 */
#define VW_CONTINUE 0

/**
 * What a callback returns to stop the call.
 */
#define VW_STOP 1

/**
 * What a line's on_chunk returns to get no chunk until vw_deepdub_line_resume. What comes meanwhile is kept, up to
 * max_buffered_bytes.
 */
#define VW_PAUSE 2

/**
 * How a call ended. The numbers never change; new ones may be added.
 */
enum vw_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : int32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    /**
     * It succeeded.
     */
    VW_OK = 0,
    /**
     * A parameter was refused before anything was sent; vw_error.field names it.
     */
    VW_ERR_INVALID_ARGUMENT = 1,
    /**
     * The service does not accept the key (HTTP 401 or 403).
     */
    VW_ERR_UNAUTHORIZED = 2,
    /**
     * Too many requests (RateLimit, HTTP 429). Wait, then try again.
     */
    VW_ERR_RATE_LIMITED = 3,
    /**
     * The plan's generation minutes are used up (MaxExceeded).
     */
    VW_ERR_QUOTA_EXCEEDED = 4,
    /**
     * The account has no credits left (InsufficientCredits, HTTP 402).
     */
    VW_ERR_INSUFFICIENT_CREDITS = 5,
    /**
     * The service refused the request (InvalidInput, HTTP 400 and the like).
     */
    VW_ERR_REJECTED_INPUT = 6,
    /**
     * What the request names does not exist (HTTP 404 or 410).
     */
    VW_ERR_NOT_FOUND = 7,
    /**
     * The connection could not be made, or broke.
     */
    VW_ERR_NETWORK = 8,
    /**
     * The encrypted connection could not be made: most often a certificate that is not trusted.
     */
    VW_ERR_TLS = 9,
    /**
     * A time limit ran out; vw_error.field names the setting.
     */
    VW_ERR_TIMEOUT = 10,
    /**
     * The service closed the connection, in good form, before it had finished.
     */
    VW_ERR_CLOSED = 11,
    /**
     * The service sent something that the protocol does not allow.
     */
    VW_ERR_PROTOCOL = 12,
    /**
     * The service failed (HTTP 5xx, or an error type that is not known here).
     */
    VW_ERR_SERVER = 13,
    /**
     * The caller stopped the call.
     */
    VW_ERR_CANCELLED = 14,
    /**
     * A file could not be read or written.
     */
    VW_ERR_FILE = 15,
    /**
     * A defect in this library. Please report it.
     */
    VW_ERR_INTERNAL = 16,
    /**
     * The audio of a generation was taken too slowly, and the room for what waits ran out; vw_error.field names the
     * setting.
     */
    VW_ERR_BUFFER_FULL = 17,
    /**
     * Audio that cannot be decoded: broken, or of a form that is not known here.
     */
    VW_ERR_BAD_AUDIO = 18,
    /**
     * The directory of reports that wait to be sent has no room for another; vw_error.field names the setting.
     */
    VW_ERR_OUTBOX_FULL = 19,
    /**
     * Something else is being done to the same thing, such as a voice's sample being regenerated. Wait, then try again.
     */
    VW_ERR_LOCKED = 20,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum vw_status vw_status;
#else
typedef int32_t vw_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * A file being written from the chunks of one generation: one valid container with right lengths.
 */
typedef struct vw_audio_file vw_audio_file;

/**
 * Stops calls from outside of them: from another thread, a signal handler's thread, a user interface.
 */
typedef struct vw_cancel vw_cancel;

/**
 * A client of Deepdub: one key, one set of addresses. May be used by any number of threads at once.
 */
typedef struct vw_deepdub_client vw_deepdub_client;

/**
 * One generation of a session: something to cancel it by, and to look at it. May be used by any number of threads at
 * once.
 */
typedef struct vw_deepdub_line vw_deepdub_line;

/**
 * A connection that is kept open, and looks after itself; speaks any number of lines, several at once. May be used by any
 * number of threads at once.
 *
 * When the connection breaks it is made again, with growing pauses. A line that had received no audio by then is sent
 * again, with the same generation id; one that had fails with what arrived, unless it can resume. When the service asks
 * to wait (VW_ERR_RATE_LIMITED) a line waits and tries again within its limit for first audio. A line's time limits, which
 * are those of the client, run from when there is a place for it: what it waits in the queue does not count. While there is
 * no connection it counts for all lines: none waits for one longer than for first audio.
 */
typedef struct vw_deepdub_session vw_deepdub_session;

/**
 * A connection into which text is streamed while it is being produced, by a language model say, and which is kept open
 * from turn to turn. May be used by any number of threads at once, and with the vw_session functions.
 *
 * Audio begins when the service has a sentence. Turns are spoken one after the other, in the order in which they were
 * begun: the text of one is sent when the one before it is over or has been cancelled. When the connection breaks it is
 * made again, with growing pauses. A turn that had received no audio by then is sent again; one that had fails with what
 * arrived. The limits total_timeout_ms and first_chunk_timeout_ms of the client run from the end of a turn's text:
 * whoever writes may take his time.
 */
typedef struct vw_deepdub_text_session vw_deepdub_text_session;

/**
 * A turn, in the hands of who writes it. May be used by any number of threads at once.
 */
typedef struct vw_deepdub_turn vw_deepdub_turn;

/**
 * What is known about an error. No text in it ever contains a key.
 */
typedef struct vw_error {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The status that the failed call returned.
     */
    vw_status status;
    /**
     * What happened, in words; the service's own words where it gave any. Never NULL.
     */
    const char *message;
    /**
     * One line with everything below in it, for a log or a person. Never NULL.
     */
    const char *description;
    /**
     * What is concerned; NULL when nothing is. A parameter of a request as the service spells it ("targetText",
     * "problemAudioFile"), a setting of the client without its unit ("api_key", "connect_timeout"), a parameter of a
     * function ("out", "path"), or the type of a handle or struct ("vw_cancel").
     */
    const char *field;
    /**
     * The address concerned, without its query; NULL when none is.
     */
    const char *url;
    /**
     * The service's own name for the error, such as "RateLimit"; NULL when it gave none.
     */
    const char *vendor_type;
    /**
     * The generation concerned, also when its id was made here; NULL when none is.
     */
    const char *generation_id;
    /**
     * The HTTP status of the answer, which may be a proxy's that made no tunnel; 0 when there was none.
     */
    int32_t http_status;
    /**
     * Seconds that the service asked to wait before the next try; negative when it did not say.
     */
    double retry_after_seconds;
    /**
     * Chunks with audio that had been delivered before the generation failed. They stay good.
     */
    uint64_t chunks_received;
    /**
     * Bytes of audio in them.
     */
    uint64_t bytes_received;
    /**
     * How often a REST call was tried, this being the last try's error; 0 for what is never tried again, and when
     * nothing was tried.
     */
    uint32_t attempts;
} vw_error;

/**
 * How much is logged: everything up to this.
 */
typedef int32_t vw_log_level;

/**
 * Gets one line of the log: its level, and its text without a line break. Called on whatever thread does the work,
 * on several at once if several work.
 */
typedef void (*vw_log_fn)(vw_log_level level, const char *message, void *user_data);

/**
 * How audio is encoded. Always one channel (mono).
 */
typedef int32_t vw_format;

/**
 * One of the vendor's sites, or VW_UNSET.
 */
typedef int32_t vw_region;

/**
 * Yes, no, or VW_UNSET.
 */
typedef int32_t vw_toggle;

/**
 * The settings of a client. Fill it with vw_deepdub_config_init, then change what should differ.
 */
typedef struct vw_deepdub_config {
    /**
     * Set by vw_deepdub_config_init.
     */
    size_t struct_size;
    /**
     * The key; begins with "dd-". Default: the environment variable DEEPDUB_API_KEY.
     */
    const char *api_key;
    /**
     * Where REST calls go. Default: DEEPDUB_BASE_URL, else the region's own.
     */
    const char *rest_url;
    /**
     * Where texts are spoken. Default: DEEPDUB_BASE_WEBSOCKET_URL, else the region's own.
     */
    const char *websocket_url;
    /**
     * Which site serves the client where no address is given. Default: VW_REGION_EU when DD_EU=1, else VW_REGION_US.
     */
    vw_region region;
    /**
     * Time to open a connection: name look-up, TCP, TLS, WebSocket handshake. Default 10000 ms.
     */
    uint32_t connect_timeout_ms;
    /**
     * The wait for the first audio. Default 30000 ms.
     */
    uint32_t first_chunk_timeout_ms;
    /**
     * The wait for each further chunk; the time that the callback takes does not count. Default 15000 ms.
     */
    uint32_t between_chunks_timeout_ms;
    /**
     * Time for a whole generation, connecting included; the time that the callback takes does not count. Default
     * 300000 ms.
     */
    uint32_t total_timeout_ms;
    /**
     * Time for a whole REST call, such as one about an issue, with all its tries. Default 60000 ms. Each of the five is
     * 1 or more, or VW_NO_TIMEOUT.
     */
    uint32_t rest_timeout_ms;
    /**
     * Whether ws:// and http:// are allowed to other hosts than this machine, the key then being readable on the way.
     * Default VW_OFF.
     */
    vw_toggle allow_plaintext;
    /**
     * Whether the WebSocket handshake carries the key in its URL rather than in a header. URLs end up in logs.
     * Default VW_OFF.
     */
    vw_toggle key_in_query;
    /**
     * Certificates that are trusted besides the platform's, as the text of a PEM file. Default none.
     */
    const char *ca_pem;
    /**
     * The largest message or answer that is taken, in bytes; 1024 or more. Default 16 MiB. What a call holds in memory
     * is at most about three times this, and in practice a few times the largest chunk.
     */
    size_t max_message_bytes;
    /**
     * The proxy that connections go through: "http://[user:password@]host[:port]" (port 80 where none is given), or
     * "https://…" for a proxy that speaks TLS (port 443); "" is none. Default NULL: for encrypted addresses beyond this
     * machine that of HTTPS_PROXY, else of ALL_PROXY, except for the hosts in NO_PROXY.
     */
    const char *proxy;
    /**
     * How often a REST call is tried again: reading, changing and deleting an issue after failures of the connection
     * and of the service and when it is too busy (HTTP 429); filing one only when the connection could not be made or
     * the service was too busy. All tries are within rest_timeout_ms. 0 is never. Default 3, as is VW_UNSET.
     */
    int32_t retries;
    /**
     * The longest wait before the first of them; each further one may be twice as long as the one before. A wait is
     * half of that or more, at random, or what the service asks for, if that is longer. Default 250 ms.
     */
    uint32_t retry_first_delay_ms;
    /**
     * The longest wait that the service did not ask for. Default 8000 ms.
     */
    uint32_t retry_max_delay_ms;
    /**
     * Where text is streamed in. Default: DEEPDUB_BASE_WEBSOCKET_STREAMING_URL, else the region's own.
     */
    const char *streaming_url;
} vw_deepdub_config;

/**
 * One text to be spoken. Fill it with vw_deepdub_tts_request_init, then set text, voice_prompt_id and what should
 * differ. The fields follow Deepdub's WebSocket page, "Request format".
 */
typedef struct vw_deepdub_tts_request {
    /**
     * Set by vw_deepdub_tts_request_init.
     */
    size_t struct_size;
    /**
     * What to say; not empty. Required.
     */
    const char *text;
    /**
     * Who says it: the id of a voice prompt; "asset:" before it names a built-in voice. Required.
     */
    const char *voice_prompt_id;
    /**
     * Default "dd-etts-3.0".
     */
    const char *model;
    /**
     * The language, such as "fr-FR". Default "en-US".
     */
    const char *locale;
    /**
     * A UUID for the generation. Default: a new one.
     */
    const char *generation_id;
    /**
     * Default VW_FORMAT_MP3.
     */
    vw_format format;
    /**
     * 8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default: the service's.
     */
    int32_t sample_rate;
    /**
     * How long the audio should last, in seconds; more than 0. Not together with tempo. Default: as it comes.
     */
    double target_duration;
    /**
     * 0.5 (slow) to 2.0 (fast). Not together with target_duration. Default: the service's.
     */
    double tempo;
    /**
     * How much the voice varies: 0.0 to 1.0. Default: the service's.
     */
    double variance;
    /**
     * How freely it is generated: 0.0 to 1.0. Default: the service's.
     */
    double temperature;
    /**
     * The same seed gives the same audio for the same request. Default: VW_UNSET_SEED.
     */
    int64_t seed;
    /**
     * More of the voice prompt's character. Default: the service's, as for the next four.
     */
    vw_toggle prompt_boost;
    /**
     * Allows longer audio.
     */
    vw_toggle super_stretch;
    /**
     * Priority for live use.
     */
    vw_toggle realtime;
    /**
     * Audio clean-up.
     */
    vw_toggle clean_audio;
    /**
     * Level adjustment.
     */
    vw_toggle auto_gain;
    /**
     * The accent's base, such as "en-US". All three accent fields, or none.
     */
    const char *accent_base_locale;
    /**
     * The accent to blend in, such as "fr-FR".
     */
    const char *accent_locale;
    /**
     * 0.0 (base only) to 1.0 (the other only).
     */
    double accent_ratio;
    /**
     * A prompt whose delivery is imitated. Default none.
     */
    const char *performance_reference_prompt_id;
    /**
     * Stops the call, or the line, from outside. Default none.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_tts_request;

/**
 * What a generation came to.
 */
typedef struct vw_deepdub_tts_result {
    /**
     * Set by vw_deepdub_tts_result_init.
     */
    size_t struct_size;
    /**
     * The generation's id, a UUID, NUL-terminated: what a report about it names.
     */
    char generation_id[40];
    /**
     * Chunks with audio that were delivered.
     */
    uint64_t chunks;
    /**
     * Bytes of audio in them, as the service sent them.
     */
    uint64_t bytes;
    /**
     * Chunks that came twice and were dropped.
     */
    uint64_t duplicates;
    /**
     * How long it waited for the connection, in milliseconds: next to nothing in a session that was open already.
     */
    double connect_ms;
    /**
     * From the call to the first audio, everything included, in milliseconds; negative when none came.
     */
    double first_chunk_ms;
    /**
     * From the call to its end, or until now, in milliseconds.
     */
    double total_ms;
    /**
     * How long it waited in a session's queue until there was a place for it, in milliseconds. 0 outside of sessions.
     */
    double queued_ms;
    /**
     * The longest wait for a chunk after the one before it, in milliseconds.
     */
    double longest_gap_ms;
    /**
     * How often a session sent it again: because the connection broke, or the service asked to wait.
     */
    uint64_t retries;
} vw_deepdub_tts_result;

/**
 * A piece of a generation's audio. Everything in it is valid until the callback returns.
 */
typedef struct vw_deepdub_chunk {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The bytes as the service sent them. With VW_FORMAT_WAV each chunk is a WAV file of its own: to join them use
     * samples, or vw_audio_file.
     */
    const uint8_t *data;
    /**
     * Bytes in data. 0 only in a last chunk.
     */
    size_t size;
    /**
     * The samples in data: past its header for WAV, all of it for s16le and mulaw; NULL for mp3 and opus.
     */
    const uint8_t *samples;
    /**
     * Bytes in samples.
     */
    size_t samples_size;
    /**
     * The chunk's place in the generation; counts from 0, with no gaps.
     */
    uint64_t index;
    /**
     * The generation's id: a UUID.
     */
    const char *generation_id;
    /**
     * 1 for the last chunk, else 0. Every generation that succeeds has exactly one, perhaps with no data.
     */
    int32_t is_final;
} vw_deepdub_chunk;

/**
 * Gets the chunks of a generation, in order, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
 */
typedef int32_t (*vw_deepdub_chunk_fn)(const struct vw_deepdub_chunk *chunk, void *user_data);

/**
 * How a session stands with the service.
 */
typedef int32_t vw_session_state;

/**
 * Where a session calls back.
 */
typedef int32_t vw_delivery;

/**
 * A session's state has changed. Everything in it is valid until the callback returns.
 */
typedef struct vw_session_state_change {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * The new state.
     */
    vw_session_state state;
    /**
     * Why the connection was lost, or could not be made; NULL when there is nothing to say.
     */
    const struct vw_error *error;
    /**
     * How long until the next try, in milliseconds. Negative when there is none; a session that is lost then tries again
     * with the next line or turn.
     */
    double retry_in_ms;
} vw_session_state_change;

/**
 * Is told of each change of a session's state, where the session calls back.
 */
typedef void (*vw_session_state_fn)(const struct vw_session_state_change *change, void *user_data);

/**
 * How a session is kept. Fill it with vw_deepdub_session_options_init, then change what should differ.
 */
typedef struct vw_deepdub_session_options {
    /**
     * Set by vw_deepdub_session_options_init.
     */
    size_t struct_size;
    /**
     * How many lines the service speaks at once; the others wait for their turn. 1 or more. Default 5, which is what the
     * vendor allows a customer.
     */
    uint32_t max_running;
    /**
     * Where it calls back. Default VW_DELIVERY_IO_THREAD.
     */
    vw_delivery delivery;
    /**
     * After so long a silence the other side is pinged, and after as long again without a sign of life the connection is
     * given up and made anew. 10 or more; VW_NO_TIMEOUT never pings. Default 20000 ms.
     */
    uint32_t keep_alive_ms;
    /**
     * Is told of each change of state, VW_SESSION_CLOSED being the last. Default NULL.
     */
    vw_session_state_fn on_state;
    /**
     * Given to on_state. Default NULL.
     */
    void *user_data;
} vw_deepdub_session_options;

/**
 * Gets the chunks of a line, in order, one at a time, where the session calls back. Returns VW_CONTINUE; VW_PAUSE; or
 * VW_STOP, which is as vw_deepdub_line_cancel.
 */
typedef int32_t (*vw_deepdub_line_chunk_fn)(const struct vw_deepdub_chunk *chunk, void *user_data);

/**
 * How a line, or a turn, ended. Everything in it is valid until the callback returns.
 */
typedef struct vw_deepdub_line_end {
    /**
     * The size of this struct in the library that filled it.
     */
    size_t struct_size;
    /**
     * VW_OK when it went well; VW_ERR_CANCELLED after a cancel, also by freeing the session or the client;
     * VW_ERR_BUFFER_FULL when it was taken too slowly; any status that vw_deepdub_stream_tts has.
     */
    vw_status status;
    /**
     * Why it failed; NULL when it went well.
     */
    const struct vw_error *error;
    /**
     * What it came to, also when it failed. Never NULL.
     */
    const struct vw_deepdub_tts_result *result;
} vw_deepdub_line_end;

/**
 * Gets the end of a line, where the session calls back.
 */
typedef void (*vw_deepdub_line_end_fn)(const struct vw_deepdub_line_end *end, void *user_data);

/**
 * How one line is spoken, and who gets it. Fill it with vw_deepdub_line_options_init, then set on_chunk and what should
 * differ.
 */
typedef struct vw_deepdub_line_options {
    /**
     * Set by vw_deepdub_line_options_init.
     */
    size_t struct_size;
    /**
     * Before all lines that wait for their turn, rather than after them; of several the last one is first. Default VW_OFF.
     */
    vw_toggle front;
    /**
     * When the connection breaks after some audio has come, the line is requested again, and what had been delivered is
     * skipped once it is found to be the same. Takes a seed and the format s16le or mulaw. Default VW_OFF: such a line
     * fails with what arrived.
     */
    vw_toggle resume;
    /**
     * How many bytes of audio may wait for an on_chunk that is not called often enough or has returned VW_PAUSE; 1 or
     * more. Beyond that the line ends with VW_ERR_BUFFER_FULL, after what waits. Default 64 MiB: 11 minutes of s16le at
     * 48000 Hz.
     */
    size_t max_buffered_bytes;
    /**
     * Gets the chunks. Required.
     */
    vw_deepdub_line_chunk_fn on_chunk;
    /**
     * Gets the end: exactly once, whether the line went well, failed or was cancelled, and after the last on_chunk. When
     * it has returned user_data is the caller's again. A line that is paused gets its end after what waits, or when it
     * is cancelled. Default NULL: nobody is told.
     */
    vw_deepdub_line_end_fn on_end;
    /**
     * Given to on_chunk and on_end. Default NULL.
     */
    void *user_data;
} vw_deepdub_line_options;

/**
 * How streamed text is spoken. Fill it with vw_deepdub_text_config_init, then set voice_prompt_id and what should differ.
 * The fields follow Deepdub's WebSocket streaming page, "stream-config".
 */
typedef struct vw_deepdub_text_config {
    /**
     * Set by vw_deepdub_text_config_init.
     */
    size_t struct_size;
    /**
     * Who says it: the id of a voice prompt. Required.
     */
    const char *voice_prompt_id;
    /**
     * Default "dd-etts-3.0".
     */
    const char *model;
    /**
     * The language, such as "fr-FR". Default "en-US".
     */
    const char *locale;
    /**
     * VW_FORMAT_S16LE, VW_FORMAT_WAV or VW_FORMAT_MULAW. Default VW_FORMAT_S16LE.
     */
    vw_format format;
    /**
     * 8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default 16000, as is VW_UNSET.
     */
    int32_t sample_rate;
    /**
     * Whether emojis in the text have an effect on how it is spoken. Default VW_OFF.
     */
    vw_toggle accept_emojis;
    /**
     * The gender of who is spoken to, for languages that need it. Default: the service's.
     */
    const char *target_gender;
    /**
     * How soon the first audio of a turn is wanted, in seconds, even of an incomplete sentence; more than 0. Default: the
     * service's.
     */
    double first_audio_timeout;
    /**
     * Priority for live use. Default: the service's.
     */
    vw_toggle realtime;
} vw_deepdub_text_config;

/**
 * How a text session is kept. Fill it with vw_deepdub_text_session_options_init, then change what should differ.
 */
typedef struct vw_deepdub_text_session_options {
    /**
     * Set by vw_deepdub_text_session_options_init.
     */
    size_t struct_size;
    /**
     * Where it calls back. Default VW_DELIVERY_IO_THREAD.
     */
    vw_delivery delivery;
    /**
     * As in vw_deepdub_session_options: 10 or more; VW_NO_TIMEOUT never pings. Default 20000 ms.
     */
    uint32_t keep_alive_ms;
    /**
     * How many bytes of written text may wait to be sent, for each turn; 1 or more. Default 65536.
     */
    size_t max_unsent_bytes;
    /**
     * Is told of each change of state, VW_SESSION_CLOSED being the last. Default NULL.
     */
    vw_session_state_fn on_state;
    /**
     * Given to on_state. Default NULL.
     */
    void *user_data;
} vw_deepdub_text_session_options;

/**
 * Who gets the audio of one turn. Fill it with vw_deepdub_turn_options_init, then set on_chunk and what should differ.
 */
typedef struct vw_deepdub_turn_options {
    /**
     * Set by vw_deepdub_turn_options_init.
     */
    size_t struct_size;
    /**
     * How many bytes of audio may wait for an on_chunk that is not called often enough or has returned VW_PAUSE; 1 or
     * more. Beyond that the turn ends with VW_ERR_BUFFER_FULL, after what waits. Default 64 MiB: 34 minutes of s16le at
     * 16000 Hz.
     */
    size_t max_buffered_bytes;
    /**
     * Cancels the turn from outside, with all others that have it. Default none.
     */
    const struct vw_cancel *cancel;
    /**
     * Gets the chunks; returns VW_CONTINUE, VW_PAUSE (until vw_deepdub_turn_resume), or VW_STOP, which is as
     * vw_deepdub_turn_cancel. Required.
     */
    vw_deepdub_line_chunk_fn on_chunk;
    /**
     * Gets the end: exactly once, whether the turn went well, failed or was cancelled, and after the last on_chunk. When
     * it has returned user_data is the caller's again. Default NULL: nobody is told.
     */
    vw_deepdub_line_end_fn on_end;
    /**
     * Given to on_chunk and on_end. Default NULL.
     */
    void *user_data;
} vw_deepdub_turn_options;

/**
 * What to report, or what to change in a report. Fill it with vw_deepdub_issue_request_init, then set what is known.
 */
typedef struct vw_deepdub_issue_request {
    /**
     * Set by vw_deepdub_issue_request_init.
     */
    size_t struct_size;
    /**
     * The generation that came out wrong. Required for a new report.
     */
    const char *generation_id;
    /**
     * The exact text that was spoken. Required for a new report.
     */
    const char *generated_text;
    /**
     * The word or phrase that came out wrong. Required for a new report.
     */
    const char *problem_word;
    /**
     * The voice that spoke. Required for a new report.
     */
    const char *voice_prompt_id;
    /**
     * Anything that helps.
     */
    const char *additional_comments;
    /**
     * The audio concerned: the bytes of an audio file, 20 MiB at most. They are encoded here.
     */
    const uint8_t *problem_audio;
    /**
     * Bytes in problem_audio.
     */
    size_t problem_audio_size;
    /**
     * Instead of problem_audio: the path of an audio file, which is read during the call.
     */
    const char *problem_audio_path;
    /**
     * Where in the audio, in seconds from its beginning; 0 or more.
     */
    double problem_seconds;
    /**
     * Stops the call from outside.
     */
    const struct vw_cancel *cancel;
} vw_deepdub_issue_request;

/**
 * A report as the service has it. Made by this library and read only; free it with vw_deepdub_issue_free. Texts are NULL
 * where the service gave none.
 */
typedef struct vw_deepdub_issue {
    /**
     * The size of this struct in the library that made it.
     */
    size_t struct_size;
    /**
     * Names the report in later calls. Never NULL.
     */
    const char *id;
    /**
     * Such as "open", "in progress" or "resolved".
     */
    const char *state;
    /**
     * When it was filed: RFC 3339.
     */
    const char *created_at;
    /**
     * When it last changed: RFC 3339.
     */
    const char *updated_at;
    /**
     * The generation it is about.
     */
    const char *generation_id;
    /**
     * The text that was spoken.
     */
    const char *generated_text;
    /**
     * The word that came out wrong.
     */
    const char *problem_word;
    /**
     * The voice that spoke.
     */
    const char *voice_prompt_id;
    /**
     * Comments.
     */
    const char *additional_comments;
    /**
     * Where in the audio, in seconds; VW_UNSET_NUMBER (test it with isnan) where the service gave none.
     */
    double problem_seconds;
    /**
     * The whole answer as a JSON object, with the fields that are not known here. Never NULL.
     */
    const char *json;
} vw_deepdub_issue;

/**
 * No.
 */
#define VW_OFF 0

/**
 * Yes.
 */
#define VW_ON 1

/**
 * Nothing.
 */
#define VW_LOG_OFF 0

/**
 * What went wrong and is not also a status.
 */
#define VW_LOG_ERROR 1

/**
 * What may be going wrong.
 */
#define VW_LOG_WARN 2

/**
 * What a person running the program may want to know.
 */
#define VW_LOG_INFO 3

/**
 * What a developer may want to know: connections, requests, how they ended.
 */
#define VW_LOG_DEBUG 4

/**
 * MPEG audio layer III.
 */
#define VW_FORMAT_MP3 1

/**
 * RIFF/WAVE with 16-bit samples; in a stream each chunk is a WAV file of its own.
 */
#define VW_FORMAT_WAV 2

/**
 * Opus in an Ogg container; decodes to 48 kHz whatever the sample rate asked for.
 */
#define VW_FORMAT_OPUS 3

/**
 * G.711 mu-law: 8 bits a sample, no header.
 */
#define VW_FORMAT_MULAW 4

/**
 * 16-bit signed little-endian samples, no header.
 */
#define VW_FORMAT_S16LE 5

/**
 * United States.
 */
#define VW_REGION_US 0

/**
 * European Union.
 */
#define VW_REGION_EU 1

/**
 * On the I/O thread of its client, the moment that something comes. All sessions of a client share that thread: a
 * callback that takes long holds up every one of them, so hand the audio on, or return VW_PAUSE.
 */
#define VW_DELIVERY_IO_THREAD 0

/**
 * Only inside vw_session_poll, on the thread that calls it, and inside the function that frees the session.
 */
#define VW_DELIVERY_POLL 1

/**
 * A connection is being opened.
 */
#define VW_SESSION_CONNECTING 0

/**
 * The connection is open.
 */
#define VW_SESSION_READY 1

/**
 * There is no connection.
 */
#define VW_SESSION_LOST 2

/**
 * The session has been freed, or its client. Nothing comes after it.
 */
#define VW_SESSION_CLOSED 3

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The details of the last call on this thread that failed. A call that succeeds leaves them as they are, so look
 * only after a failure. Never NULL; before any failure its status is VW_OK, and so it is while the thread ends (in
 * destructors of its thread-specific data). Valid until the next call fails on this thread, or the thread ends.
 */
const struct vw_error *vw_last_error(void);

/**
 * This library's version, such as "0.1.0". Static.
 */
const char *vw_version(void);

/**
 * A status's name, such as "VW_ERR_TIMEOUT"; "unknown" for a number that is none. Static.
 */
const char *vw_status_name(int32_t status);

/**
 * What a status means, in a few words; "unknown" for a number that is none. Static.
 */
const char *vw_status_text(int32_t status);

/**
 * Sends the log to callback, up to level, in place of wherever it went. The log is off until this is called. NULL, or
 * VW_LOG_OFF, turns it off. No key is ever in it.
 *
 * What the library has to say while callback itself calls it is left out. When vw_set_log returns, the callback that was set before is not running and will not be called again.
 * VW_ERR_INVALID_ARGUMENT for a level that is none, when called from inside the log callback, and in a Rust
 * program that has a logger of its own.
 */
vw_status vw_set_log(vw_log_level level,
                     vw_log_fn callback,
                     void *user_data);

/**
 * Makes a token that can be given to any number of calls.
 *
 * *out is the token; free it with vw_cancel_free, which does not stop the calls that have it.
 * VW_ERR_INVALID_ARGUMENT when out is NULL.
 */
vw_status vw_cancel_new(struct vw_cancel **out);

/**
 * Ends every call that has this token, now and in future, with VW_ERR_CANCELLED; a call that waits for the network
 * wakes up. Does not wait for them to return.
 *
 * VW_ERR_INVALID_ARGUMENT when cancel is no live token.
 */
vw_status vw_cancel_now(struct vw_cancel *cancel);

/**
 * Frees a token. Calls that have it go on.
 *
 * VW_ERR_INVALID_ARGUMENT when cancel is neither NULL nor a live token.
 */
vw_status vw_cancel_free(struct vw_cancel *cancel);

/**
 * The format to ask for in order to write path, by its ending: .mp3; .wav; .opus, .ogg; .au, .snd, .ul, .ulaw, .mulaw
 * (mulaw); .pcm, .raw, .s16le (s16le). Upper case counts the same.
 *
 * VW_ERR_INVALID_ARGUMENT for any other ending.
 */
vw_status vw_format_for_path(const char *path, vw_format *out);

/**
 * Begins a file for chunks of format at sample_rate Hz. It is written beside path and takes its name in
 * vw_audio_file_finish; a file that has that name stays until then.
 *
 * Joined WAV chunks get one header. A path in .wav also takes s16le, one in .au or .snd mulaw: the header then states
 * sample_rate, which for WAV comes from its own first header. *out is the file; free it with vw_audio_file_free.
 * VW_ERR_INVALID_ARGUMENT when the ending of path is for another format; VW_ERR_FILE when it cannot be made, or there is
 * something else than a plain file. It has the permissions of a file that it replaces.
 */
vw_status vw_audio_file_create(const char *path,
                               vw_format format_code,
                               int32_t sample_rate,
                               struct vw_audio_file **out);

/**
 * Adds the bytes of one chunk: its data and size, as the service sent them.
 *
 * VW_ERR_FILE when they cannot be written; every further call for this file then fails in the same way, so that it is
 * enough to look at what vw_audio_file_finish says. VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
 */
vw_status vw_audio_file_write(struct vw_audio_file *file, const uint8_t *data, size_t size);

/**
 * Seconds of audio written so far, in *out. VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
 */
vw_status vw_audio_file_seconds(const struct vw_audio_file *file, double *out);

/**
 * Completes the file and gives it its name, replacing one that had it. The handle is still to be freed. Waits until the
 * system has it on its disk: nothing for a callback on the I/O thread, nor for a frame of a game.
 *
 * VW_ERR_FILE when that fails; nothing is left of the file then. VW_ERR_INVALID_ARGUMENT the second time.
 */
vw_status vw_audio_file_finish(struct vw_audio_file *file);

/**
 * Frees a file. One that was not finished is removed.
 *
 * VW_ERR_INVALID_ARGUMENT when file is neither NULL nor a live file.
 */
vw_status vw_audio_file_free(struct vw_audio_file *file);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_deepdub_config_init(struct vw_deepdub_config *config);

/**
 * Makes a client. Nothing is sent, and no connection is opened, before the first call.
 *
 * config may be NULL: everything by default, the key from the environment. *out is the client; free it with
 * vw_deepdub_client_free. VW_ERR_INVALID_ARGUMENT when there is no key or it does not begin with "dd-", an address is
 * none or would send the key unencrypted, a time limit is 0, or a field has no sense; vw_error.field names it.
 */
vw_status vw_deepdub_client_new(const struct vw_deepdub_config *config, struct vw_deepdub_client **out);

/**
 * Frees a client. Calls that are using it, on whatever threads, end soon with VW_ERR_CANCELLED.
 *
 * Its sessions are closed, as vw_deepdub_session_free says; their handles are still to be freed. It waits for a callback
 * that its I/O thread is just running, unless it is called from inside a callback of a session.
 * VW_ERR_INVALID_ARGUMENT when client is neither NULL nor a live client.
 */
vw_status vw_deepdub_client_free(struct vw_deepdub_client *client);

/**
 * Fills a request with its defaults. VW_ERR_INVALID_ARGUMENT when request is NULL.
 */
vw_status vw_deepdub_tts_request_init(struct vw_deepdub_tts_request *request);

/**
 * Prepares a place for a result. VW_ERR_INVALID_ARGUMENT when result is NULL.
 */
vw_status vw_deepdub_tts_result_init(struct vw_deepdub_tts_result *result);

/**
 * Speaks one text: on_chunk gets each chunk as it arrives. Returns when the generation has ended.
 *
 * result may be NULL. VW_ERR_INVALID_ARGUMENT before anything is sent, with the field, what it got and what it takes;
 * VW_ERR_CANCELLED when on_chunk returned anything but VW_CONTINUE before the last chunk, when the request's cancel was
 * used, or when the client was freed; every other status but VW_ERR_FILE too. What on_chunk had got before stays good,
 * and a vw_audio_file with it may be finished: vw_error.chunks_received and bytes_received say how much that was, and
 * vw_error.generation_id of which generation. result is filled on VW_OK only, which is also what stopping at the last
 * chunk comes to.
 */
vw_status vw_deepdub_stream_tts(const struct vw_deepdub_client *client,
                                const struct vw_deepdub_tts_request *request,
                                vw_deepdub_chunk_fn on_chunk,
                                void *user_data,
                                struct vw_deepdub_tts_result *result);

/**
 * Makes the callbacks that are due, on this thread, for a session that was opened with VW_DELIVERY_POLL. session is a
 * vw_deepdub_session or a vw_deepdub_text_session.
 *
 * Waits up to timeout_ms for the first: 0 does not wait, VW_NO_TIMEOUT waits without end; inside a callback of this
 * library it never waits. VW_OK also when nothing was due. When several threads poll one session, one of them calls
 * back at a time. VW_ERR_CLOSED when the session's client has been freed and every callback has been made;
 * VW_ERR_INVALID_ARGUMENT when the session calls back on the I/O thread, and inside a callback that a poll of the same
 * session is making.
 */
vw_status vw_session_poll(const void *session, uint32_t timeout_ms);

/**
 * What an event loop can wait for, in *out: it becomes readable when there is something to poll for, and stays so until
 * that has been polled. A file descriptor on Unix, a SOCKET on Windows. It is the session's: do not read from it, do not
 * close it, and do not wait for it when the session has been freed. session is a vw_deepdub_session or a
 * vw_deepdub_text_session.
 *
 * VW_ERR_INVALID_ARGUMENT when the session calls back on the I/O thread; VW_ERR_INTERNAL when the system gives none.
 */
vw_status vw_session_poll_handle(const void *session,
                                 intptr_t *out);

/**
 * Waits until the session's connection is open: nothing that is spoken has to wait for it then. There is no need to:
 * lines wait by themselves. session is a vw_deepdub_session or a
 * vw_deepdub_text_session.
 *
 * Waits up to timeout_ms; VW_NO_TIMEOUT waits without end; inside a callback of this library it never waits.
 * VW_ERR_TIMEOUT when it is not open yet, with the field "timeout_ms"; VW_ERR_CLOSED when the session's client has been
 * freed, or the session meanwhile; any other status is why it cannot be opened, when trying again by itself is no use.
 */
vw_status vw_session_wait_ready(const void *session, uint32_t timeout_ms);

/**
 * How the session stands with the service, in *out. session is a vw_deepdub_session or a
 * vw_deepdub_text_session.
 */
vw_status vw_session_get_state(const void *session, vw_session_state *out);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_session_options_init(struct vw_deepdub_session_options *options);

/**
 * Opens a session. Returns at once: the connection is made meanwhile, by the client's I/O thread, which all its sessions
 * share and which its first one starts. That the service cannot be reached is told by vw_session_wait_ready, by on_state,
 * and as the end of lines.
 *
 * options may be NULL: everything by default. *out is the session; free it with vw_deepdub_session_free. on_state may be
 * called before this returns. VW_ERR_INVALID_ARGUMENT for options that cannot be right; VW_ERR_CLOSED when the client is
 * being freed; VW_ERR_INTERNAL or VW_ERR_NETWORK when the system gives no thread, or no event queue.
 */
vw_status vw_deepdub_session_open(const struct vw_deepdub_client *client,
                                  const struct vw_deepdub_session_options *options,
                                  struct vw_deepdub_session **out);

/**
 * Frees a session: cancels every line and closes the connection.
 *
 * When it returns, every line has had its on_end, and nothing is called back any more. With VW_DELIVERY_POLL the rest is
 * called back here, on this thread. It waits for a callback that another thread is just running, so do not hold a lock
 * which that callback takes. From inside a callback of this library it waits for nothing: what is left to call back may
 * come after that callback has returned, and each line's on_end says when its user_data is the caller's again.
 *
 * Freeing the client closes all its sessions in the same way, except that those with VW_DELIVERY_POLL have the rest
 * called back by the next vw_session_poll, or here. Their handles are still to be freed.
 * VW_ERR_INVALID_ARGUMENT when session is neither NULL nor a live session.
 */
vw_status vw_deepdub_session_free(struct vw_deepdub_session *session);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_line_options_init(struct vw_deepdub_line_options *options);

/**
 * Speaks one text in a session. Returns at once; the chunks and the end go to the callbacks in options. The request's
 * cancel stops the line, too.
 *
 * *out is the line; free it with vw_deepdub_line_free. It is set before the first callback for it, which may come before
 * this returns. out may be NULL: the line is spoken all the same.
 * VW_ERR_INVALID_ARGUMENT when the request or the options cannot be right, or the generation id is that of a line which
 * has not ended; VW_ERR_CLOSED when the session's client has been freed. Then no callback is called. Everything else that
 * goes wrong comes as the line's end.
 */
vw_status vw_deepdub_session_speak(const struct vw_deepdub_session *session,
                                   const struct vw_deepdub_tts_request *request,
                                   const struct vw_deepdub_line_options *options,
                                   struct vw_deepdub_line **out);

/**
 * Stops a line. When this returns, its on_chunk is not running and is not called again; only on_end still comes. What
 * waits for a poll or a resume is dropped. Does nothing to a line that has ended and of which nothing waits.
 *
 * It waits for an on_chunk that another thread is just running, so do not hold a lock which that takes. From inside a
 * callback of this library it waits for nothing: on_chunk is not called again, and a call that runs on another thread may
 * still be running.
 *
 * The service has no way to stop a line: it goes on speaking it, unheard. That takes no place among max_running, but one of
 * the five that the service allows: to interrupt without waiting, leave one of these free (max_running 4), or cancel all
 * that is being spoken.
 *
 * To put another line in its place, speak that one at the front first, and then cancel: the other way round, the next line
 * of the queue may be faster.
 */
vw_status vw_deepdub_line_cancel(struct vw_deepdub_line *line);

/**
 * Lets chunks come again after VW_PAUSE, beginning with those that wait. While on_chunk is running it takes back the
 * VW_PAUSE that it may return. Does nothing to a line that is not paused.
 */
vw_status vw_deepdub_line_resume(struct vw_deepdub_line *line);

/**
 * Whether a line has ended, 1 or 0, in *out. Chunks and on_end may still be waiting for their callbacks.
 */
vw_status vw_deepdub_line_is_ended(const struct vw_deepdub_line *line, int32_t *out);

/**
 * What a line has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are what
 * has arrived; some of it may still be waiting for on_chunk.
 */
vw_status vw_deepdub_line_get_result(const struct vw_deepdub_line *line,
                                     struct vw_deepdub_tts_result *result);

/**
 * Frees a line's handle. The line goes on, and its callbacks with it.
 *
 * VW_ERR_INVALID_ARGUMENT when line is neither NULL nor a live line.
 */
vw_status vw_deepdub_line_free(struct vw_deepdub_line *line);

/**
 * Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
 */
vw_status vw_deepdub_text_config_init(struct vw_deepdub_text_config *config);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_text_session_options_init(struct vw_deepdub_text_session_options *options);

/**
 * Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
 */
vw_status vw_deepdub_turn_options_init(struct vw_deepdub_turn_options *options);

/**
 * Opens a text session. Returns at once: the connection is made meanwhile, by the client's I/O thread, which all its
 * sessions share and which its first one starts. That the service cannot be reached is told by vw_session_wait_ready, by
 * on_state, and as the end of turns.
 *
 * options may be NULL: everything by default. *out is the session; free it with vw_deepdub_text_session_free. on_state may
 * be called before this returns. VW_ERR_INVALID_ARGUMENT for a configuration or options that cannot be right;
 * VW_ERR_CLOSED when the client is being freed; VW_ERR_INTERNAL or VW_ERR_NETWORK when the system gives no thread, or no
 * event queue.
 */
vw_status vw_deepdub_text_session_open(const struct vw_deepdub_client *client,
                                       const struct vw_deepdub_text_config *config,
                                       const struct vw_deepdub_text_session_options *options,
                                       struct vw_deepdub_text_session **out);

/**
 * Frees a text session: cancels every turn and closes the connection. A vw_deepdub_turn_write or
 * vw_deepdub_text_session_ping that waits on another thread ends with VW_ERR_CANCELLED.
 *
 * When it returns, every turn has had its on_end, and nothing is called back any more; what vw_deepdub_session_free says
 * of waiting, of callbacks, of VW_DELIVERY_POLL and of freeing the client holds here, too. The handles of turns are
 * still to be freed. VW_ERR_INVALID_ARGUMENT when session is neither NULL nor a live text session.
 */
vw_status vw_deepdub_text_session_free(struct vw_deepdub_text_session *session);

/**
 * Changes how turns are spoken that begin from now on. For the middle of a turn there is vw_deepdub_turn_switch.
 *
 * VW_ERR_INVALID_ARGUMENT for a configuration that cannot be right; the one before stays then.
 */
vw_status vw_deepdub_text_session_configure(const struct vw_deepdub_text_session *session,
                                            const struct vw_deepdub_text_config *config);

/**
 * Asks the service for a sign of life, and waits for it up to timeout_ms; VW_NO_TIMEOUT waits without end. *out_ms is how
 * long that took, in milliseconds; out_ms may be NULL.
 *
 * VW_ERR_TIMEOUT when none came, with the field "timeout_ms"; VW_ERR_INVALID_ARGUMENT inside a callback of this library,
 * where it would wait for itself; VW_ERR_CLOSED when the session's client has been freed, VW_ERR_CANCELLED when it or the
 * session is freed meanwhile; any other status is why there is no connection, VW_ERR_NETWORK when there is none yet.
 */
vw_status vw_deepdub_text_session_ping(const struct vw_deepdub_text_session *session,
                                       uint32_t timeout_ms,
                                       double *out_ms);

/**
 * Begins the next turn. Returns at once; the chunks and the end go to the callbacks in options. The ids in chunks and
 * results are the service's: one that is told before the first audio, by vw_deepdub_turn_get_result or by on_end, is "".
 *
 * *out is the turn, to be written with vw_deepdub_turn_write; free it with vw_deepdub_turn_free. It is set before the
 * first callback for it, which may come before this returns.
 * VW_ERR_INVALID_ARGUMENT when the options cannot be right; VW_ERR_CLOSED when the session's client has been freed. Then
 * no callback is called. Everything else that goes wrong comes as the turn's end.
 */
vw_status vw_deepdub_text_session_begin_turn(const struct vw_deepdub_text_session *session,
                                             const struct vw_deepdub_turn_options *options,
                                             struct vw_deepdub_turn **out);

/**
 * Adds to a turn's text: a sentence, a word, a token of a language model, any piece of UTF-8. "" adds nothing.
 *
 * Does not wait for the network: the text is taken while no more than max_unsent_bytes wait to be sent (a longer one when
 * nothing else waits), else it waits for room, up to timeout_ms and never longer; VW_NO_TIMEOUT waits without end. 0, and
 * any call inside a callback of this library, does not wait at all. Of several threads that write one turn each text stays
 * in one piece.
 * VW_ERR_TIMEOUT when there was no room, with the field "max_unsent_bytes": nothing of the text was taken, so it may be
 * written again. VW_ERR_CLOSED when the text has been ended, or the turn is over; VW_ERR_CANCELLED when it was cancelled,
 * also by freeing the session or the client; any other status is what the turn failed with.
 */
vw_status vw_deepdub_turn_write(const struct vw_deepdub_turn *turn,
                                const char *text,
                                uint32_t timeout_ms);

/**
 * Switches language, voice or both for the text that is written after it, up to the next switch or the turn's end. Each
 * may be NULL, and stays as it is then. Writes the tag of vw_deepdub_config_tag, and so waits and fails as
 * vw_deepdub_turn_write does.
 */
vw_status vw_deepdub_turn_switch(const struct vw_deepdub_turn *turn,
                                 const char *locale,
                                 const char *voice_prompt_id,
                                 uint32_t timeout_ms);

/**
 * Ends a turn's text: the rest of it is spoken now, and after the last of it the turn is over. Does not wait, also not for
 * what has been written before. Does nothing the second time, and to a turn that is over.
 */
vw_status vw_deepdub_turn_end(const struct vw_deepdub_turn *turn);

/**
 * Stops a turn, and tells the service to: barge-in. When this returns, its on_chunk is not running and is not called
 * again; only on_end still comes. What waits for a poll or a resume is dropped, and so is text that has not been sent.
 * The next turn need not wait for the service to confirm. Does nothing to a turn that has ended and of which nothing
 * waits.
 *
 * It waits for an on_chunk that another thread is just running, so do not hold a lock which that takes. From inside a
 * callback of this library it waits for nothing: on_chunk is not called again, and a call that runs on another thread may
 * still be running.
 */
vw_status vw_deepdub_turn_cancel(const struct vw_deepdub_turn *turn);

/**
 * Lets chunks come again after VW_PAUSE, as vw_deepdub_line_resume does.
 */
vw_status vw_deepdub_turn_resume(const struct vw_deepdub_turn *turn);

/**
 * Whether a turn is over, 1 or 0, in *out: not only its text. Chunks and on_end may still be waiting for their callbacks.
 */
vw_status vw_deepdub_turn_is_ended(const struct vw_deepdub_turn *turn,
                                   int32_t *out);

/**
 * What a turn has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are what
 * has arrived; some of it may still be waiting for on_chunk. Its times run from vw_deepdub_text_session_begin_turn on.
 */
vw_status vw_deepdub_turn_get_result(const struct vw_deepdub_turn *turn,
                                     struct vw_deepdub_tts_result *result);

/**
 * Frees a turn's handle, and ends its text if that has not been ended: the next turn can come. Its audio goes on, and its
 * callbacks with it; to stop them there is vw_deepdub_turn_cancel. A vw_deepdub_turn_write that waits on another thread
 * ends with VW_ERR_CLOSED.
 *
 * VW_ERR_INVALID_ARGUMENT when turn is neither NULL nor a live turn.
 */
vw_status vw_deepdub_turn_free(struct vw_deepdub_turn *turn);

/**
 * The tag that switches language, voice or both in the middle of a text, such as `<config locale="es-MX" />`, for whoever
 * puts texts together before they are written. What the values hold cannot end the tag; "" when both are NULL. Text from
 * elsewhere may hold such tags, too, and they have their effect in it.
 *
 * Writes it into buffer, which has size bytes, with its NUL. *out_needed is how many bytes that takes, NUL included, also
 * when buffer is too small; it may be NULL. NULL as buffer with a size of 0 only asks for that.
 * VW_ERR_INVALID_ARGUMENT when buffer is too small; it is left as it was.
 */
vw_status vw_deepdub_config_tag(const char *locale,
                                const char *voice_prompt_id,
                                char *buffer,
                                size_t size,
                                size_t *out_needed);

/**
 * Fills a request with its defaults: nothing set. VW_ERR_INVALID_ARGUMENT when request is NULL.
 */
vw_status vw_deepdub_issue_request_init(struct vw_deepdub_issue_request *request);

/**
 * Files a report. *out is the report as the service has it; its id is for the other calls.
 *
 * There is no way to tell the service that two reports are one: after VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the
 * report may have been filed all the same. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE before anything is sent; every
 * other status after, with the service's words in vw_error.message.
 */
vw_status vw_deepdub_create_issue(const struct vw_deepdub_client *client,
                                  const struct vw_deepdub_issue_request *request,
                                  struct vw_deepdub_issue **out);

/**
 * Reads a report, with its present state, into *out.
 *
 * cancel may be NULL. VW_ERR_NOT_FOUND when there is none of that id, or it was deleted.
 */
vw_status vw_deepdub_get_issue(const struct vw_deepdub_client *client,
                               const char *id,
                               const struct vw_cancel *cancel,
                               struct vw_deepdub_issue **out);

/**
 * Changes the fields of a report that are set in changes (with none it changes nothing); the whole report as it then is goes into *out.
 *
 * Statuses as for vw_deepdub_create_issue and vw_deepdub_get_issue.
 */
vw_status vw_deepdub_update_issue(const struct vw_deepdub_client *client,
                                  const char *id,
                                  const struct vw_deepdub_issue_request *changes,
                                  struct vw_deepdub_issue **out);

/**
 * Withdraws a report: the service archives it, and reading it afterwards is VW_ERR_NOT_FOUND.
 *
 * cancel may be NULL. VW_ERR_NOT_FOUND when there is none of that id, or it was deleted before.
 */
vw_status vw_deepdub_delete_issue(const struct vw_deepdub_client *client,
                                  const char *id,
                                  const struct vw_cancel *cancel);

/**
 * Frees a report's memory; the service keeps the report. VW_ERR_INVALID_ARGUMENT when issue is neither NULL nor live.
 */
vw_status vw_deepdub_issue_free(struct vw_deepdub_issue *issue);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* VOICEWIRE_H */
